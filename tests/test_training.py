"""The training loop, against one written out by hand with `torch.optim` on the model's own parameters."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import mu
from mu import storage
from mu.data import Samples
from mu.models import Normalise, batch_norms, predict
from mu.selection import Layout, Selection
from mu.training import augment

OPTIMIZERS = {
    "sgd": {"optimizer": "sgd", "lr": 0.1},
    "momentum": {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-2},
    "adam": {"optimizer": "adam", "lr": 1e-2},
    "adam-decay": {"optimizer": "adam", "lr": 1e-2, "weight_decay": 1e-2},
}


def loop(model, samples, recipe, seed=0, rates=None, partial=None):
    """What `mu.train` says it does, in the plain way. `partial`: gradients -> bool masks, one per parameter."""
    model = copy.deepcopy(model).train()
    parameters = list(model.parameters())
    if recipe.optimizer == "adam":
        optimizer = torch.optim.Adam(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay)
    else:
        optimizer = torch.optim.SGD(
            parameters, lr=recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay
        )
    draw = torch.Generator().manual_seed(seed)
    step = 0
    for _ in range(recipe.epochs):
        order = torch.randperm(len(samples), generator=draw)
        for k in range(0, len(samples), recipe.batch_size):
            batch = order[k : k + recipe.batch_size]
            optimizer.zero_grad()
            functional.cross_entropy(model(samples.images[batch]), samples.labels[batch]).backward()
            optimizer.param_groups[0]["lr"] = rates[step] if rates else recipe.lr
            before = [p.detach().clone() for p in parameters]
            optimizer.step()
            if partial:
                masks = partial([p.grad for p in parameters])
                for p, old, mask in zip(parameters, before, masks):
                    p.data[~mask] = old[~mask]
            step += 1
    return model.eval()


class Bias(nn.Module):
    """Logits are ten free numbers, whatever the image."""

    def __init__(self, dtype=torch.float64):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(10, dtype=dtype))

    def forward(self, images):
        return self.bias.expand(len(images), -1)


def mean_logit(logits, labels):
    """A loss whose gradient in every bias is 1, so that a step of SGD moves it by the learning rate."""
    return logits.mean(0).sum()


# ---- the loop ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("model", ["small", "normed"])
def test_training_is_the_plain_loop(task, flat, request, model, name):
    """In float64 the flat vector, fused optimiser and ragged last batch give the plain loop's weights to 1e-9.

    Another batch order, gradients that accumulate over steps, or a shared optimiser state fail this.
    """
    start = request.getfixturevalue(model)(3).double()
    recipe = mu.Recipe(epochs=3, batch_size=32, **OPTIMIZERS[name])
    trained, expected = mu.train(start, task.train, recipe, seed=7), loop(start, task.train, recipe, seed=7)
    assert (flat(trained) - flat(start)).abs().max() > 0.02
    torch.testing.assert_close(flat(trained), flat(expected), rtol=1e-7, atol=1e-9)
    for (name, mine), theirs in zip(trained.named_buffers(), expected.buffers()):
        torch.testing.assert_close(mine, theirs, rtol=1e-7, atol=1e-9, msg=name)


def test_single_precision_stays_close_to_the_plain_loop(task, small, flat):
    """The same in float32, within rounding."""
    recipe = mu.Recipe(epochs=3, batch_size=32, optimizer="sgd", lr=0.1, momentum=0.9)
    trained, expected = mu.train(small(), task.train, recipe), loop(small(), task.train, recipe)
    torch.testing.assert_close(flat(trained), flat(expected), rtol=1e-4, atol=1e-5)


def test_training_learns(data, small):
    """Accuracy on the training set rises from chance to near all: a sign error fails this."""
    trained = mu.train(small(), data.train, mu.Recipe(epochs=30, lr=1e-2))
    before, after = (mu.metrics.accuracy(mu.predict(m, data.train), data.train.labels) for m in (small(), trained))
    assert before < 30
    assert after > 90


@pytest.mark.filterwarnings("ignore:no recorded step used")
def test_zero_epochs_change_nothing(task, small, same):
    """No step, the same weights, still a copy in evaluation mode and a finished ledger."""
    model, ledger = small(), mu.Ledger()
    trained = mu.train(model, task.train, mu.Recipe(epochs=0), ledger=ledger)
    assert same(trained, model)
    assert trained is not model
    assert not trained.training
    assert same(ledger.subtract(trained, task.train.indices), model)


def test_batches_are_all_samples_once_an_epoch(task, small):
    """Sizes 64, 64 and 13 each epoch, every sample once; dropping the last batch or drawing anew fails this."""
    seen = []

    def loss(logits, labels):
        seen.append(len(logits))
        return functional.cross_entropy(logits, labels)

    ledger = mu.Ledger()
    mu.train(small(), task.train, mu.Recipe(epochs=2), loss=loss, ledger=ledger)
    assert seen == [64, 64, 13] * 2
    for epoch in (ledger.entries[:3], ledger.entries[3:]):
        assert sorted(i for e in epoch for i in e.samples) == task.train.indices.tolist()
    assert not (ledger.entries[0].samples == ledger.entries[3].samples).all()


@pytest.mark.parametrize("count", [1, 5])
def test_one_batch_and_one_sample(task, small, flat, count):
    """Batches larger than the set, and a set of one, train as the plain loop does."""
    recipe, few = mu.Recipe(epochs=2, batch_size=64, optimizer="sgd", lr=0.1), task.train[:count]
    model = small().double()
    torch.testing.assert_close(
        flat(mu.train(model, few, recipe)), flat(loop(model, few, recipe)), rtol=1e-9, atol=1e-12
    )


def test_the_loss_given_is_the_one_minimised(task, flat):
    """Another loss than cross-entropy moves every bias by the rate; ignoring `loss` fails this."""
    recipe = mu.Recipe(epochs=1, batch_size=200, optimizer="sgd", lr=0.25)
    trained = mu.train(Bias(), task.train, recipe, loss=mean_logit)
    torch.testing.assert_close(trained.bias, torch.full((10,), -0.25).double())


# ---- learning rate --------------------------------------------------------------------------------------

SCHEDULES = {
    "constant": ({}, lambda t: 1),
    "cosine": ({"schedule": "cosine"}, lambda t: math.cos(math.pi * t / 2) ** 2),  # = (1 + cos(pi t)) / 2
    "step": ({"schedule": "step"}, lambda t: 1 if t < 0.5 else 0.1 if t < 0.75 else 0.01),
    "three steps": (
        {"schedule": "step", "milestones": (0.25, 0.5, 0.75), "gamma": 0.5},
        lambda t: 0.5 ** math.floor(4 * t),
    ),
    "warm-up": ({"warmup": 0.25}, lambda t: min(1, 4 * t)),
    "cosine after warm-up": (
        {"schedule": "cosine", "warmup": 0.25},
        lambda t: 4 * t if t < 0.25 else math.cos(math.pi * t / 2) ** 2,
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_follow_their_closed_forms(task, name):
    """The rate at step k of K is lr times f(k / K), read off the steps of SGD on a loss of slope 1.

    Counting epochs for steps, starting at step 1, or setting the rate after the step fails this.
    """
    options, f = SCHEDULES[name]
    ledger = mu.Ledger(values="float32")
    recipe = mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.5, **options)
    mu.train(Bias(), task.train, recipe, loss=mean_logit, ledger=ledger)
    rates = [-entry.values[0].item() for entry in ledger.entries]
    assert len(rates) == 20
    assert rates == pytest.approx([0.5 * f(k / 20) for k in range(20)], rel=1e-6, abs=1e-9)
    assert [recipe.rate(k / 20) for k in range(20)] == pytest.approx(rates, rel=1e-6, abs=1e-9)


def test_a_shorter_run_keeps_the_shape_of_its_schedule():
    """Rates depend on the share of the run alone, so milestones need no change with the epochs."""
    for options, _ in SCHEDULES.values():
        short, long = mu.Recipe(epochs=2, **options), mu.Recipe(epochs=200, **options)
        assert [short.rate(t / 10) for t in range(10)] == [long.rate(t / 10) for t in range(10)]


def test_scheduled_adam_is_the_plain_loop(task, small, flat):
    """A changing rate reaches Adam as it reaches `param_groups` in the plain loop."""
    recipe = mu.Recipe(epochs=2, batch_size=32, lr=1e-2, schedule="cosine")
    rates = [1e-2 * math.cos(math.pi * k / 20) ** 2 for k in range(10)]
    model = small().double()
    torch.testing.assert_close(
        flat(mu.train(model, task.train, recipe)), flat(loop(model, task.train, recipe, rates=rates)),
        rtol=1e-7, atol=1e-9,
    )  # fmt: skip


def test_a_recipe_rejects_what_it_does_not_know():
    """Wrong names list the right ones; impossible numbers and unknown fields are errors."""
    for options, message in (
        ({"optimizer": "adamw"}, "optimizer must be one of sgd, adam, not 'adamw'"),
        ({"schedule": "linear"}, "schedule must be one of constant, cosine, step, not 'linear'"),
        ({"augment": "flip"}, "augment must be one of none, crop-flip, not 'flip'"),
        ({"precision": "float16"}, "precision must be one of auto, float32, bfloat16, not 'float16'"),
        ({"epochs": -1}, "epochs=-1"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"lr": 0.0}, "lr=0.0"),
        ({"lr": math.nan}, "lr=nan"),
        ({"momentum": 1.0}, "momentum below 1"),
    ):
        with pytest.raises(ValueError, match=message):
            mu.Recipe(**options)
    with pytest.raises(TypeError, match="learning_rate"):
        mu.Recipe(learning_rate=1e-3)


# ---- seeds and side effects -----------------------------------------------------------------------------


def with_dropout(build):
    return lambda: nn.Sequential(build(), nn.Dropout(0.5))


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("how", ["none", "crop-flip"])
def test_the_seed_decides_everything(task, small, same, dropout, how):
    """Same seed, bitwise the same model, whatever the global random state; another seed, another model."""
    build = with_dropout(small) if dropout else small
    recipe = mu.Recipe(epochs=2, batch_size=32, augment=how)
    torch.manual_seed(1)
    first = mu.train(build(), task.train, recipe, seed=4)
    torch.manual_seed(2)
    torch.rand(100)
    assert same(mu.train(build(), task.train, recipe, seed=4), first)
    assert not same(mu.train(build(), task.train, recipe, seed=5), first)


def test_augmentation_and_dropout_are_drawn_anew_each_step(data, small):
    """One sample, the same in every batch: losses still differ; one draw for all steps fails this."""
    one = data.train[:1]
    for build, how in ((with_dropout(small), "none"), (small, "crop-flip")):
        losses = []

        def loss(logits, labels, losses=losses):
            losses.append(logits.detach().clone())
            return 0 * logits.sum()

        mu.train(build(), one, mu.Recipe(epochs=8, optimizer="sgd", augment=how), loss=loss)
        assert len({tuple(x.flatten().tolist()) for x in losses}) > 4


def test_the_caller_s_random_state_and_settings_are_as_before(task, small):
    """Global generators, thread count, gradient mode and cuDNN flags stay, also after an error."""
    numpy_state, cudnn = np.random.get_state()[1].copy(), torch.backends.cudnn  # noqa: NPY002 (the legacy state)
    state, flags = torch.get_rng_state(), (cudnn.enabled, cudnn.deterministic, cudnn.benchmark)

    def fail(step, model):
        raise RuntimeError("stop here")

    recipe = mu.Recipe(epochs=1, augment="crop-flip")
    mu.train(with_dropout(small)(), task.train, recipe)
    with pytest.raises(RuntimeError, match="stop here"):
        mu.train(with_dropout(small)(), task.train, recipe, on_step=fail)
    assert torch.equal(torch.get_rng_state(), state)
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert (cudnn.enabled, cudnn.deterministic, cudnn.benchmark) == flags
    assert torch.is_grad_enabled()
    assert torch.get_num_threads() == 1


def test_cudnn_stays_on_and_deterministic_while_training(task, small):
    """`torch.backends.cudnn.flags` switches cuDNN off unless told otherwise, which costs a GPU most of its speed."""
    seen = []
    cudnn = torch.backends.cudnn
    mu.train(
        small(), task.train, mu.Recipe(epochs=1),
        on_step=lambda *_: seen.append((cudnn.enabled, cudnn.deterministic, cudnn.benchmark)),
    )  # fmt: skip
    assert set(seen) == {(True, True, False)}


@pytest.mark.parametrize("mode", [True, False])
def test_the_original_is_untouched_and_the_copy_is_its_own(task, normed, tmp_path, same, mode):
    """Weights, statistics, mode, gradients and `requires_grad` of the model given stay.

    The result is in evaluation mode, without gradients, and its tensors no longer share one memory: as views
    of the flat vector they could not be stored, and one would keep all alive.
    """
    model = normed().train(mode)
    model[9].bias.requires_grad_(False)
    gradient = torch.ones_like(model[9].weight)
    model[9].weight.grad = gradient
    copied = copy.deepcopy(model)
    trained = mu.train(model, task.train, mu.Recipe(epochs=1))
    assert same(model, copied)
    assert model.training == mode
    assert model[9].weight.grad is gradient
    assert (gradient == 1).all()
    assert not trained.training
    assert all(p.grad is None for p in trained.parameters())
    assert [p.requires_grad for p in trained.parameters()] == [p.requires_grad for p in model.parameters()]
    assert torch.equal(trained[9].bias, model[9].bias)  # frozen
    assert not torch.equal(trained[9].weight, model[9].weight)
    assert len({p.untyped_storage().data_ptr() for p in trained.parameters()}) == len(list(trained.parameters()))
    assert all(p.untyped_storage().nbytes() == p.nbytes for p in trained.parameters())
    storage.save(tmp_path / "checkpoint", trained.state_dict(), {})


def test_a_model_without_trainable_parameters_is_refused(task):
    """Silently returning it would look like training."""
    model = Bias()
    model.bias.requires_grad_(False)
    with pytest.raises(ValueError, match="no trainable parameter"):
        mu.train(model, task.train, mu.Recipe())


# ---- hooks and faults -----------------------------------------------------------------------------------


def test_on_step_sees_every_step_and_may_end_training(task, small, same):
    """Called after steps 0, 1, ... with the live model; True ends the run there, ledger finished."""
    seen, weights, ledger = [], [], mu.Ledger()

    def on_step(step, model):
        seen.append(step)
        weights.append(copy.deepcopy(model))
        assert model.training
        return step == 6

    recipe = mu.Recipe(epochs=4, batch_size=32)
    stopped = mu.train(small(), task.train, recipe, on_step=on_step, ledger=ledger)
    assert seen == list(range(7))
    assert same(stopped, weights[-1])
    assert (ledger.steps_seen, ledger.finalised) == (7, True)
    complete = []
    whole = mu.train(small(), task.train, recipe, on_step=lambda step, model: complete.append(copy.deepcopy(model)))
    assert len(complete) == 20
    assert same(complete[6], stopped)  # `append` returns None: that does not end training
    assert not same(whole, stopped)


@pytest.mark.parametrize(("bad", "word"), [(math.nan, "nan"), (math.inf, "inf")])
def test_a_loss_that_is_no_number_stops_with_epoch_and_step(task, small, bad, word):
    """Step 7 of five-step epochs is step 2 of epoch 1; the ledger stays unfinished. Training on would hide it."""
    calls = []

    def loss(logits, labels):
        calls.append(1)
        value = functional.cross_entropy(logits, labels)
        return value * bad if len(calls) == 8 else value

    ledger = mu.Ledger()
    recipe = mu.Recipe(epochs=4, batch_size=32)
    with pytest.raises(FloatingPointError, match=rf"{word} in epoch 1, step 2\b"):
        mu.train(small(), task.train, recipe, loss=loss, ledger=ledger)
    assert len(calls) == 10  # to the end of the epoch
    assert not ledger.finalised


# ---- frozen batch norms ---------------------------------------------------------------------------------


@pytest.fixture
def settled(task, normed):
    """A network of which batch norms are neither new nor fit for the samples, with a dropout behind it."""
    trained = mu.train(normed(), task.train, mu.Recipe(epochs=2, lr=1e-2))
    return nn.Sequential(trained, nn.Dropout(0.5)).train()


def modes_and_buffers(model, samples, **options):
    """(trained model, which modules were in training mode at every step)"""
    modes = []
    watch = lambda step, live: modes.append([name for name, module in live.named_modules() if module.training])
    recipe = mu.Recipe(epochs=2, batch_size=3, lr=1e-2)
    return mu.train(model, samples, recipe, on_step=watch, **options), modes


def test_frozen_batch_norms_keep_their_statistics_and_still_learn(task, settled):
    """Every buffer stays to the last bit, the norms' weights and biases move, and all but the norms train on.

    Putting the whole model into evaluation mode, or freezing the norms' weights as well, fails this.
    """
    trained, modes = modes_and_buffers(settled, task.forget, frozen_norm=True)
    norms = [name for name, module in settled.named_modules() if "BatchNorm" in type(module).__name__]
    assert len(norms) == 2
    assert all(torch.equal(new, old) for new, old in zip(trained.buffers(), settled.buffers()))
    for name in norms:
        new, old = trained.get_submodule(name), settled.get_submodule(name)
        assert not torch.equal(new.weight, old.weight)
        assert not torch.equal(new.bias, old.bias)
    others = [name for name, _ in settled.named_modules() if name not in norms]
    assert modes == [others] * 4
    assert not any(module.training for module in trained.modules())
    assert all(module.training for module in settled.modules())


def test_by_default_batch_norms_follow_the_samples(task, settled):
    """Every module is in training mode, and both means, variances and counts move."""
    trained, modes = modes_and_buffers(settled, task.forget)
    assert modes == [[name for name, _ in settled.named_modules()]] * 4
    moved = [name for name, new in trained.named_buffers() if not torch.equal(new, settled.get_buffer(name))]
    assert sorted({name.rsplit(".")[-1] for name in moved}) == ["num_batches_tracked", "running_mean", "running_var"]
    assert len(moved) == 6


def test_frozen_batch_norms_use_the_statistics_they_have(task, settled):
    """What a step sees are the logits of evaluation mode, of a single sample as well; the batch's own fail this."""
    model = settled[0]  # without the dropout
    expected, numbers = mu.predict(model, task.forget), torch.arange(len(task.forget))
    seen = []

    def loss(logits, i):
        seen.append((logits.detach().clone(), i))
        return 0 * logits.sum()

    recipe = mu.Recipe(epochs=1, batch_size=1, optimizer="sgd")
    mu.train(model, replace(task.forget, labels=numbers), recipe, loss=loss, frozen_norm=True)
    assert len(seen) == len(task.forget)
    for logits, i in seen:
        torch.testing.assert_close(logits, expected[i], rtol=1e-5, atol=1e-6)


def test_looking_at_a_frozen_model_does_not_thaw_it(task, settled):
    """`predict` within a step gives each module back its own mode; one mode for all of the model fails this."""
    look = lambda step, live: mu.predict(live, task.forget) is None
    recipe = mu.Recipe(epochs=2, batch_size=3, lr=1e-2)
    trained = mu.train(settled, task.forget, recipe, frozen_norm=True, on_step=look)
    assert all(torch.equal(new, old) for new, old in zip(trained.buffers(), settled.buffers()))


# ---- partial updates ------------------------------------------------------------------------------------


def largest(gradients, keep=0.1):
    masks = []
    for g in gradients:
        order = np.argsort(-g.abs().flatten().numpy(), kind="stable")[: max(1, round(keep * g.numel()))]
        mask = torch.zeros(g.numel(), dtype=torch.bool)
        mask[order] = True
        masks.append(mask.view(g.shape))
    return masks


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_partial_updates_are_the_plain_loop_with_the_rest_put_back(task, small, flat, name):
    """Optimiser state follows all entries, weights only the chosen tenth of each layer, by gradient.

    Choosing by the update instead of the gradient, or masking the gradient itself, fails this.
    """
    recipe = mu.Recipe(epochs=3, batch_size=32, **OPTIMIZERS[name])
    start = small().double()
    trained = mu.train(start, task.train, recipe, partial=Selection(0.1).mask)
    torch.testing.assert_close(
        flat(trained), flat(loop(start, task.train, recipe, partial=largest)), rtol=1e-7, atol=1e-9
    )
    assert not torch.allclose(flat(trained), flat(mu.train(start, task.train, recipe)), atol=1e-3)


def test_unselected_entries_stay_bitwise_although_adam_remembers_them(task, small):
    """After step 1 Adam moves every entry; only the selected tenth may differ, the rest to the last bit."""
    steps, before = [], [small()]

    def on_step(step, model):
        masks = largest([p.grad for p in model.parameters()])
        for p, old, mask in zip(model.parameters(), before[0].parameters(), masks):
            assert torch.equal(p[~mask], old[~mask])
        steps.append(sum(int((p != old).sum()) for p, old in zip(model.parameters(), before[0].parameters())))
        before[0] = copy.deepcopy(model)

    recipe = mu.Recipe(epochs=3, batch_size=32, lr=1e-2, weight_decay=1e-2)
    mu.train(small(), task.train, recipe, partial=Selection(0.1).mask, on_step=on_step)
    assert len(steps) == 15
    assert max(steps) <= 39 + 1 + 1 + 8 + 1  # a tenth of 392, 8, 1, 80, 10
    assert min(steps) > 20


def test_partial_updates_of_named_layers_leave_the_others(task, small):
    """With `layers` only those train."""
    start = small()
    trained = mu.train(start, task.train, mu.Recipe(epochs=1), partial=Selection(layers=("6.weight",)).mask)
    changed = [n for (n, p), old in zip(trained.named_parameters(), start.parameters()) if not torch.equal(p, old)]
    assert changed == ["6.weight"]


# ---- augmentation ---------------------------------------------------------------------------------------


def coloured(n, height=5, width=6):
    draw = torch.Generator().manual_seed(3)
    return torch.randint(1, 256, (n, 3, height, width), generator=draw, dtype=torch.uint8)


def crops(image):
    """All 81 crops of the image padded by 4 black pixels, and their mirror images, as bytes -> (place, mirror)."""
    channels, height, width = image.shape
    padded = np.zeros((channels, height + 8, width + 8), np.uint8)
    padded[:, 4:-4, 4:-4] = image.numpy()
    found = {}
    for top in range(9):
        for left in range(9):
            crop = padded[:, top : top + height, left : left + width]
            found[crop.tobytes()] = (top, left, False)
            found[crop[:, :, ::-1].tobytes()] = (top, left, True)
    assert len(found) == 162
    return found


def test_every_augmented_image_is_a_crop_or_mirror_of_its_own():
    """Brute force over all 162 outcomes; mixing images, channels or axes fails this. uint8 and shape are kept."""
    images = coloured(40)
    kept = images.clone()
    result = augment(images, "crop-flip", torch.Generator().manual_seed(0))
    assert result.dtype == torch.uint8
    assert result.shape == images.shape
    assert torch.equal(images, kept)
    for before, after in zip(images, result):
        assert np.ascontiguousarray(after.numpy()).tobytes() in crops(before)


def test_all_crops_and_mirrors_are_about_equally_likely():
    """8,100 copies of one image: each of the 162 outcomes about 50 times; a missing border or mirror fails this."""
    image = coloured(1)
    result = augment(image.expand(8100, -1, -1, -1), "crop-flip", torch.Generator().manual_seed(0))
    known = crops(image[0])
    counts = dict.fromkeys(known.values(), 0)
    for after in result.contiguous().numpy():
        counts[known[after.tobytes()]] += 1
    assert min(counts.values()) > 50 - 4.5 * 50**0.5
    assert max(counts.values()) < 50 + 4.5 * 50**0.5


def test_augmentation_follows_its_generator():
    """Same generator state, same images; and it moves on. Without augmentation nothing is drawn."""
    images = coloured(20)
    draw = torch.Generator().manual_seed(1)
    first, second = (augment(images, "crop-flip", draw) for _ in range(2))
    assert torch.equal(augment(images, "crop-flip", torch.Generator().manual_seed(1)), first)
    assert not torch.equal(first, second)
    state = draw.get_state()
    assert torch.equal(augment(images, "none", draw), images)
    assert torch.equal(draw.get_state(), state)


def test_training_uses_the_augmented_images():
    """The model sees crops of its batch; training that ignores `augment` shows it the images themselves."""
    images = coloured(8, 28, 28)[:, :1]
    samples = Samples(images, torch.zeros(8, dtype=torch.int64), torch.arange(8))
    seen = []

    class Look(Bias):
        def forward(self, images):
            seen.append(images.clone())
            return super().forward(images)

    mu.train(Look(torch.float32), samples, mu.Recipe(epochs=4, batch_size=8, augment="crop-flip"))
    known = set().union(*(crops(image) for image in images))
    own = {image.numpy().tobytes() for image in images}
    shown = [np.ascontiguousarray(image.numpy()).tobytes() for batch in seen for image in batch]
    assert len(shown) == 32
    assert set(shown) <= known
    assert not set(shown) <= own


def test_layouts_and_recorders_agree_with_frozen_layers(task, small, flat):
    """A frozen layer is in no step, and what is recorded still subtracts to the start."""
    model = small()
    model[3].weight.requires_grad_(False)
    ledger = mu.Ledger(values="float32")
    trained = mu.train(model, task.train, mu.Recipe(epochs=1), ledger=ledger)
    assert "3.weight" not in Layout.of(model).names
    back = ledger.subtract(trained, task.train.indices)
    torch.testing.assert_close(flat(back), flat(model), rtol=0, atol=1e-6)
    assert torch.equal(back[3].weight, model[3].weight)


def test_images_of_any_task_are_moved_not_changed(task, small):
    """Training leaves the samples as they are; augmenting in place fails this."""
    copied = replace(task.train, images=task.train.images.clone())
    mu.train(small(), task.train, mu.Recipe(epochs=1, augment="crop-flip"))
    assert torch.equal(task.train.images, copied.images)


def test_weights_that_end_infinite_are_an_error(task, small):
    """The loss of the only step is finite, what it leaves is not. Breaks if such a model is handed back."""
    with pytest.raises(FloatingPointError, match="weights became infinite"):
        mu.train(small(), task.train, mu.Recipe(epochs=1, batch_size=1000, optimizer="sgd", lr=1e39))


def test_a_batch_norm_that_is_frozen_keeps_its_statistics(task, normed):
    """Nothing of it is trained. Breaks if its running mean follows the samples all the same."""
    model = normed()
    norm = batch_norms(model)[0].requires_grad_(False)
    trained = mu.train(model, task.train, mu.Recipe(epochs=1))
    assert torch.equal(batch_norms(trained)[0].running_mean, norm.running_mean)


@pytest.mark.parametrize("settings", [torch.backends.cudnn.conv, torch.backends.cuda.matmul])
def test_float32_is_not_tf32_while_training(task, small, settings):
    """Convolutions and products; afterwards both are as the caller had set them."""
    seen, before = [], settings.fp32_precision
    settings.fp32_precision = "tf32"
    try:
        mu.train(small(), task.train, mu.Recipe(epochs=1), on_step=lambda *_: seen.append(settings.fp32_precision))
        assert settings.fp32_precision == "tf32"
    finally:
        settings.fp32_precision = before
    assert seen
    assert "tf32" not in seen


@pytest.mark.parametrize(
    "options",
    [{"epochs": 1.5}, {"batch_size": 64.5}, {"lr": float("inf")}, {"weight_decay": float("nan")}, {"gamma": -3}],
)
def test_a_recipe_refuses_numbers_that_are_none(options):
    """Whole where they count, finite where they scale."""
    with pytest.raises(ValueError, match=r"whole numbers|finite"):
        mu.Recipe(**options)


@pytest.mark.parametrize("first", [nn.Conv2d(1, 4, 28), nn.BatchNorm2d(1), nn.Flatten()])
def test_a_model_of_floats_is_told_what_to_do(task, first):
    """Whatever its first layer makes of uint8 images, in training and in prediction: no error of torch's own."""
    model = nn.Sequential(first, nn.Flatten(), nn.LazyLinear(10))
    model(torch.zeros(2, 1, 28, 28))
    for use in (lambda: mu.train(model, task.train, mu.Recipe(epochs=1)), lambda: mu.predict(model, task.test)):
        with pytest.raises(ValueError, match=r"put mu\.models\.Normalise in front"):
            use()


def test_a_last_batch_of_one_is_named_where_batch_norm_cannot_take_it(task, normed):
    """33 samples in batches of 32. One more or one less is trained on; so is 33 with the norms frozen."""
    recipe = mu.Recipe(epochs=1, batch_size=32)
    with pytest.raises(ValueError, match="batch of one image"):
        mu.train(normed(), task.train[:33], recipe)
    for count in (32, 34):
        mu.train(normed(), task.train[:count], recipe)
    mu.train(normed(), task.train[:33], recipe, frozen_norm=True)


def test_training_in_inference_mode_is_refused(task, small):
    """Breaks if the error is torch's own, or none."""
    with torch.inference_mode(), pytest.raises(ValueError, match=r"leave torch\.inference_mode"):
        mu.train(small(), task.train, mu.Recipe(epochs=1))


def test_parameters_of_several_dtypes_are_refused(task, small):
    """They would become one flat vector, and all of them float64. Frozen ones are left alone."""
    model = small()
    model[3].double()
    with pytest.raises(ValueError, match=r"several dtypes, torch\.float32, torch\.float64"):
        mu.train(model, task.train, mu.Recipe(epochs=1))


def test_counts_may_be_numpys():
    assert mu.Recipe(epochs=np.int64(3), batch_size=np.int32(8)) == mu.Recipe(epochs=3, batch_size=8)


# ---- precision ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "dtype"), [("bfloat16", torch.bfloat16), ("auto", torch.float32)])
def test_layers_compute_in_the_precision_asked_for(data, small, precision, dtype):
    """bfloat16 where it is named; "auto" is float32 on a CPU. Breaks if the recipe's precision is not applied."""
    seen = []

    def loss(logits, labels):
        seen.append(logits.dtype)
        return functional.cross_entropy(logits, labels)

    mu.train(small(), data.train, mu.Recipe(epochs=1, batch_size=64, precision=precision), loss=loss)
    assert set(seen) == {dtype}


def test_our_networks_get_channels_last_and_others_images_as_they_are(data):
    """A network that uses `view` trains as well. Breaks if its images come in an order that `view` refuses."""

    class Viewing(nn.Module):
        def __init__(self):
            super().__init__()
            self.normalise, self.linear = Normalise((0.5,) * 3, (0.5,) * 3), nn.Linear(3 * 28 * 28, 10)

        def forward(self, images):
            return self.linear(self.normalise(images).view(len(images), -1))

    colour = replace(data.train, images=data.train.images.expand(-1, 3, -1, -1).contiguous())
    predict(mu.train(Viewing(), colour, mu.Recipe(epochs=1, batch_size=64)), colour)
    orders = []
    for name in ("lenet", "convnet-slim"):
        model = mu.build_model(name, data)
        model.normalise.register_forward_pre_hook(lambda _, given: orders.append(given[0].stride(1)))
        predict(model, data.train)
    assert orders == [1, 28 * 28]  # group norm wants channels first
