"""Masks, the models that carry them, the ways to find them, and training from a later epoch on."""

import copy
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations
from torch.nn.utils.parametrize import is_parametrized

import mu
from mu import pruning, storage
from mu.masks import apply_masks, dense, is_pruned, masks_of, prunable, sparsity
from mu.models import Classifier, build_model, reinitialise
from mu.pruning import imp, magnitude_masks, omp, rewound, synflow_masks, synflow_scores
from mu.selection import Layout

SHORT = mu.Recipe(epochs=2, batch_size=32, lr=1e-2)
OPTIMIZERS = {
    "sgd": mu.Recipe(epochs=1, batch_size=16, optimizer="sgd", lr=0.05, momentum=0.9, weight_decay=1e-2),
    "adam": mu.Recipe(epochs=1, batch_size=16, lr=1e-2, weight_decay=1e-2),
}


@pytest.fixture(scope="session")
def colour():
    """`synthetic-rgb`, and 48 of its images."""
    data = mu.load_dataset("synthetic-rgb")
    return data, data.train[:48]


@pytest.fixture(scope="session")
def resnet(colour):
    """seed -> an untrained resnet9-slim: eight convolutions without bias."""
    return lambda seed=0: build_model("resnet9-slim", colour[0], seed)


@pytest.fixture(scope="session")
def convs():
    """seed -> an untrained network of 270 weights in two convolutions with bias, and batch norms."""

    def build(seed=0):
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            return nn.Sequential(
                *[mu.models.Normalise((0.5,), (0.5,)), nn.AvgPool2d(4)],
                *[nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 4, 3), nn.BatchNorm2d(4), nn.ReLU()],
                *[nn.Flatten(), nn.Linear(36, 10)],
            )

    return build


def weights(model):
    """Convolution weights as the forward pass sees them, one vector."""
    return torch.cat([conv.weight.detach().flatten() for conv in prunable(model).values()])


def vector(masks):
    return torch.cat([mask.flatten() for mask in masks.values()])


def random_masks(model, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return {name: torch.rand(conv.weight.shape, generator=draw) < 0.4 for name, conv in prunable(model).items()}


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


# ---- models that carry masks ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["convs", "resnet"])
def test_a_pruned_model_is_the_dense_one_with_zeros(task, colour, same, request, model):
    """Same logits as with the zeros written into plain weights, and `dense` gives just that model, layer order
    included; masks, names and realised sparsity read back. Breaks if a mask lands on another layer."""
    model, images = request.getfixturevalue(model)().eval(), (task if model == "convs" else colour[0]).test.images[:4]
    kept, masks = copy.deepcopy(model), random_masks(model)
    expected = copy.deepcopy(model)
    for name, conv in prunable(expected).items():
        conv.weight.data[~masks[name]] = 0
    pruned = apply_masks(model, masks)
    assert same(model, kept)
    assert not is_pruned(model)
    assert is_pruned(pruned)
    assert equal(masks_of(pruned), masks)
    assert list(masks_of(pruned)) == list(prunable(model))
    assert sparsity(pruned) == pytest.approx(100 * (1 - vector(masks).double().mean().item()))
    assert not any(module.training for module in pruned.modules())
    assert torch.equal(pruned(images), expected(images))
    assert not torch.equal(pruned(images), model(images))

    bare = dense(pruned)
    assert same(bare, expected)
    assert Layout.of(bare) == Layout.of(model)
    assert not is_pruned(bare)
    assert torch.equal(bare(images), expected(images))
    assert torch.equal(pruned(images), expected(images))  # taking masks off one copy leaves the other's


def test_only_convolutions_are_pruned(resnet):
    """Linear layers, norms and biases have no mask. Breaks if every weight tensor counts."""
    model = resnet()
    names = [name for name, module in model.named_modules() if type(module) is nn.Conv2d]
    assert list(prunable(model)) == names
    pruned = apply_masks(model, magnitude_masks(model, 90))
    assert [name for name, module in pruned.named_modules() if is_parametrized(module)] == names
    assert sparsity(model) == 0
    assert vector(masks_of(model)).all()
    assert sparsity(nn.Linear(3, 3)) == 0


def test_new_masks_replace_old_ones(convs):
    """Weights that come back are 0, those that stay keep their value. Breaks if masks stack up."""
    model = convs()
    first, second = random_masks(model, 1), random_masks(model, 2)
    both = apply_masks(apply_masks(model, first), second)
    assert equal(masks_of(both), second)
    assert torch.equal(weights(both), weights(model) * vector(first) * vector(second))
    assert len(both[2].parametrizations.weight) == 1


def test_masks_given_and_masks_read_are_copies(convs):
    """Writing to either changes no model. Breaks if the buffer is the tensor handed in or out."""
    model = convs()
    masks = random_masks(model)
    pruned = apply_masks(model, masks)
    before = vector(masks).clone()
    for mask in (*masks.values(), *masks_of(pruned).values()):
        mask.fill_(True)
    assert torch.equal(vector(masks_of(pruned)), before)
    assert masks["2"].data_ptr() != pruned[2].parametrizations.weight[0].mask.data_ptr()


def test_wrong_masks_are_refused(convs):
    """A missing or unknown layer, another shape, another dtype; the message names what is expected."""
    model = convs()
    masks = random_masks(model)
    with pytest.raises(ValueError, match=r"masks for 2; the model's convolutions are 2, 5"):
        apply_masks(model, {"2": masks["2"]})
    with pytest.raises(ValueError, match=r"masks for 2, 5, 9;"):
        apply_masks(model, {**masks, "9": torch.ones(10, 36).bool()})
    with pytest.raises(ValueError, match=r"^5 needs a bool mask of \(4, 6, 3, 3\), not torch.bool of \(4, 6, 9\)"):
        apply_masks(model, {**masks, "5": masks["5"].flatten(2)})
    with pytest.raises(ValueError, match=r"^2 needs a bool mask of \(6, 1, 3, 3\), not torch.float32"):
        apply_masks(model, {**masks, "2": masks["2"].float()})


def test_copies_and_files_carry_the_masks(task, convs, same, tmp_path):
    """A deep copy and a stored model are the same pruned model and train on as it does; loading brings the masks too.
    Breaks if masks are not part of the state, or copies share them."""
    pruned = apply_masks(convs(), random_masks(convs()))
    storage.save(tmp_path / "model.safetensors", pruned.state_dict(), {})
    tensors, _ = storage.load(tmp_path / "model.safetensors")
    loaded = apply_masks(convs(7), masks_of(convs()))
    loaded.load_state_dict(tensors)
    further = mu.train(pruned, task.train, SHORT)
    for other in (copy.deepcopy(pruned), loaded):
        assert same(other, pruned)
        assert equal(masks_of(other), masks_of(pruned))
        assert same(mu.train(other, task.train, SHORT), further)
        other[2].parametrizations.weight[0].mask.fill_(False)
        assert sparsity(other) != sparsity(pruned)
    assert same(pruned, apply_masks(convs(), random_masks(convs())))


def test_another_precision_and_another_device(convs):
    """`to` moves weight and mask; a mask stays bool. `meta` stands for any device. Breaks without a buffer."""
    pruned = apply_masks(convs(), random_masks(convs()))
    double = copy.deepcopy(pruned).double()
    assert torch.equal(weights(double), weights(pruned).double())
    assert masks_of(double)["2"].dtype == torch.bool
    away = copy.deepcopy(pruned).to("meta")
    assert {tensor.device.type for tensor in (*away.parameters(), *masks_of(away).values())} == {"meta"}
    assert sparsity(double) == sparsity(pruned) > 0


# ---- masked weights stay zero ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_masked_weights_stay_exactly_zero_in_training(colour, resnet, name):
    """At every step gradient and stored weight are 0 where masked, and the others move. Breaks if only the product is
    masked: then the stored weight is not 0, and weight decay moves it."""
    pruned = apply_masks(resnet(), magnitude_masks(resnet(), 80))
    masks, start = masks_of(pruned), weights(pruned)
    steps = []

    def on_step(step, model):
        for name, conv in prunable(model).items():
            original = conv.parametrizations.weight.original
            assert original.grad[~masks[name]].count_nonzero() == 0
            assert original[~masks[name]].count_nonzero() == 0
            assert original.grad.count_nonzero() > 0
        steps.append(step)

    trained = mu.train(pruned, colour[1], OPTIMIZERS[name], on_step=on_step)
    assert len(steps) == 3
    assert equal(masks_of(trained), masks)
    assert (weights(trained) != start)[vector(masks)].double().mean() > 0.99
    assert weights(trained)[~vector(masks)].count_nonzero() == 0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_sparse_training_is_dense_training_with_a_masked_gradient(task, convs, flat, name):
    """From the same zeros, in float64, a plain network whose gradient is multiplied by the mask goes the same way.
    Breaks if a mask changes the steps of weights that it keeps."""
    pruned = apply_masks(convs().double(), random_masks(convs()))
    bare = dense(pruned)
    masks = {f"{name}.weight": mask for name, mask in masks_of(pruned).items()}
    keep = torch.cat([masks.get(name, torch.ones_like(p)).flatten() for name, p in bare.named_parameters()])
    expected = mu.train(bare, task.train, OPTIMIZERS[name], on_gradient=lambda f, _: f.gradient.mul_(keep))
    trained = dense(mu.train(pruned, task.train, OPTIMIZERS[name]))
    torch.testing.assert_close(flat(trained), flat(expected), rtol=1e-9, atol=1e-12)
    assert (flat(trained) - flat(bare)).abs().max() > 0.01


@pytest.mark.parametrize("name", list(mu.methods()))
def test_every_method_keeps_the_masks(task, convs, name):
    """Unlearning a pruned model moves kept weights only. Breaks if a method rebuilds the model without its masks."""
    ledger = mu.Ledger()
    model = mu.train(apply_masks(convs(), random_masks(convs())), task.train, SHORT, ledger=ledger)
    options = {"recipe": SHORT} if "recipe" in mu.methods()[name].defaults else {}
    unlearned = mu.unlearn(name, model, task, ledger=ledger, surrogate=task.retain, **options)
    masks = masks_of(model)
    assert equal(masks_of(unlearned), masks)
    assert weights(unlearned)[~vector(masks)].count_nonzero() == 0
    assert not torch.equal(weights(unlearned), weights(model))


# ---- a fresh start under the mask -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resnet9-slim", "vgg16-slim"])
def test_reinitialise_draws_the_dense_weights_under_the_mask(colour, same, name):
    """The same seed gives a pruned model the weights of a built one, masked. Convolutions of VGG have biases, which
    come before a masked weight in its parameter order. Breaks if draws depend on the masks or are lost."""
    data, samples = colour
    model = build_model(name, data, seed=1)
    pruned = apply_masks(model, random_masks(model))
    pruned.train()(samples.images[:2])  # moves the running statistics
    kept = copy.deepcopy(pruned)
    assert same(reinitialise(pruned, 2), apply_masks(build_model(name, data, seed=2), random_masks(model)))
    assert same(pruned, kept)


def test_retraining_a_pruned_model_keeps_its_mask_only(task, convs, same):
    """Retrain is a fresh draw under the mask, whatever the weights were. Breaks if old weights leak in."""
    pruned = apply_masks(convs(), random_masks(convs()))
    for p in (ruined := copy.deepcopy(pruned)).parameters():
        nn.init.constant_(p, torch.nan)
    assert same(mu.unlearn("retrain", ruined, task, recipe=SHORT), mu.unlearn("retrain", pruned, task, recipe=SHORT))


# ---- magnitude ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [0, 37.5, 50, 95, 99.5])
def test_magnitude_keeps_exactly_the_largest(resnet, convs, percent):
    """round((1 - s) d) weights, those that a stable sort over all layers puts first. Breaks if each layer is pruned
    by itself, or the sign counts."""
    for model in (resnet(), convs()):
        size = weights(model).abs().numpy()
        count = round((1 - percent / 100) * len(size))
        expected = np.zeros(len(size), bool)
        expected[np.argsort(-size, kind="stable")[:count]] = True
        masks = magnitude_masks(model, percent)
        assert {name: mask.shape for name, mask in masks.items()} == {
            name: conv.weight.shape for name, conv in prunable(model).items()
        }
        assert (vector(masks).numpy() == expected).all()
        assert sparsity(apply_masks(model, masks)) == pytest.approx(100 * (1 - count / len(size)))


def test_magnitude_by_hand():
    """Among equals the first weight wins, and a layer may go whole. Breaks with the other tie rule."""
    model = nn.Sequential(nn.Conv2d(1, 1, (1, 3)), nn.Conv2d(1, 1, (1, 3)))
    model[0].weight.data = torch.tensor([0.1, -0.2, 0.2]).view(1, 1, 1, 3)
    model[1].weight.data = torch.tensor([2.0, -3.0, 2.0]).view(1, 1, 1, 3)
    assert vector(magnitude_masks(model, 50)).tolist() == [False] * 3 + [True] * 3
    assert vector(magnitude_masks(model, 200 / 3)).tolist() == [False] * 3 + [True, True, False]
    assert vector(magnitude_masks(model, 100 / 3)).tolist() == [False, True, False] + [True] * 3


def test_what_is_pruned_stays_pruned(convs):
    """Percent counts old and new zeros together; kept weights that happen to be 0 come before pruned ones; too low a
    percent is refused. Breaks if zeros of the mask compete."""
    model = apply_masks(convs(), magnitude_masks(convs(), 60))
    again = magnitude_masks(model, 80)
    assert equal(again, magnitude_masks(convs(), 80))
    for conv in prunable(model).values():
        nn.init.zeros_(conv.parametrizations.weight.original)
    assert equal(magnitude_masks(model, 60), masks_of(model))
    with pytest.raises(ValueError, match="135 weights cannot be kept: only 108 are not yet pruned"):
        magnitude_masks(model, 50)


@pytest.mark.parametrize("percent", [-1, 100, math.nan])
def test_percent_out_of_range_is_refused(resnet, percent):
    """Nothing below 0; nothing from 100 on, which would leave no weight; and no model without convolutions."""
    with pytest.raises(ValueError, match="percent must be from 0 to below 100"):
        magnitude_masks(resnet(), percent)
    with pytest.raises(ValueError, match="percent must be from 0 to below 100"):
        synflow_masks(resnet(), (3, 32, 32), percent)
    with pytest.raises(ValueError, match="no convolution to prune"):
        magnitude_masks(nn.Linear(3, 3), 50)


# ---- SynFlow --------------------------------------------------------------------------------------------

SHAPE = (2, 5, 5)


@pytest.fixture
def plain():
    """Two convolutions and a linear layer in a chain, no bias, 60 convolution weights; normalising is an error."""

    class Refuse(nn.Module):
        def forward(self, images):
            raise AssertionError("the image of ones is not normalised")

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        convs = [nn.Conv2d(2, 3, 2, bias=False), nn.ReLU(), nn.Conv2d(3, 3, 2, bias=False), nn.ReLU()]
        features = nn.Sequential(*convs, nn.MaxPool2d(3), nn.Flatten())
        return Classifier(Refuse(), features, nn.Linear(3, 4, bias=False))


def flow(model):
    """R, with every parameter's magnitude in place of it."""
    model = copy.deepcopy(model).double()
    for p in model.parameters():
        p.data = p.data.abs()
    return model.head(model.features(torch.ones(1, *SHAPE).double())).sum().item()


def flows(model):
    """The score of every convolution weight by brute force: R is linear in it, so what R loses without it."""
    whole, losses = flow(model), []
    for name in prunable(model):
        for i in range(prunable(model)[name].weight.numel()):
            without = copy.deepcopy(model)
            prunable(without)[name].weight.data.view(-1)[i] = 0
            losses.append(whole - flow(without))
    return torch.tensor(losses, dtype=torch.float64)


def test_synflow_scores_are_what_the_flow_loses(plain):
    """Score = R - R without the weight. Its sum is R in every layer: conserved. Breaks with signed weights, or
    if the images are normalised."""
    scores = synflow_scores(plain, SHAPE)
    torch.testing.assert_close(vector(scores), flows(plain), rtol=1e-9, atol=1e-12)
    assert [score.sum().item() for score in scores.values()] == pytest.approx([flow(plain)] * 2, rel=1e-12)
    half = apply_masks(plain, magnitude_masks(plain, 50))
    sums = [score.sum().item() for score in synflow_scores(half, SHAPE).values()]
    assert sums == pytest.approx([flow(dense(half))] * 2, rel=1e-12)
    assert sums[0] < 0.9 * flow(plain)


def test_synflow_prunes_in_rounds_of_equal_share(plain):
    """75 percent in two rounds: the best half, scored, then the best half of that, scored anew, all by brute force.
    Breaks if scores are not renewed or all is pruned in the first round."""
    model = copy.deepcopy(plain)
    for count in (30, 15):
        order = np.argsort(-flows(model).numpy(), kind="stable")
        expected = torch.zeros(60, dtype=torch.bool)
        expected[order[:count].copy()] = True
        for conv, mask in zip(prunable(model).values(), expected.split([24, 36])):
            conv.weight.data *= mask.view(conv.weight.shape)
    assert torch.equal(vector(synflow_masks(plain, SHAPE, 75, rounds=2)), expected)
    assert not torch.equal(vector(synflow_masks(plain, SHAPE, 75, rounds=1)), expected)


def test_synflow_loses_no_layer(colour, same):
    """At 99 percent exactly round(.01 d) weights are kept, some in every layer, and it still carries a flow;
    in one round this network loses layers whole. Model, mode and statistics stay as they were."""
    data, _ = colour
    model = build_model("vgg16-slim", data)
    model.train()
    kept = copy.deepcopy(model)
    masks = synflow_masks(model, data.shape, 99, rounds=30)
    assert vector(masks).sum() == round(0.01 * len(vector(masks)))
    assert all(mask.any() for mask in masks.values())
    assert not all(mask.any() for mask in synflow_masks(model, data.shape, 99, rounds=1).values())
    assert same(model, kept)
    assert model.training
    assert all(p.requires_grad and p.grad is None for p in model.parameters())
    flows = [score.sum().item() for score in synflow_scores(apply_masks(model, masks), data.shape).values()]
    assert min(flows) > 0


def test_synflow_sees_magnitudes_in_double_precision(plain):
    """Signs do not matter; weights whose product float32 cannot hold give the same masks, as all scores grow by one
    factor. Breaks if signs are kept or the flow is computed in float32."""
    masks = synflow_masks(plain, SHAPE, 80)
    mirrored, large = copy.deepcopy(plain), copy.deepcopy(plain)
    for p in mirrored.parameters():
        p.data.neg_()
    for p in large.parameters():
        p.data *= 2.0**60
    assert equal(synflow_masks(mirrored, SHAPE, 80), masks)
    assert equal(synflow_masks(large, SHAPE, 80), masks)
    assert math.isfinite(sum(float(score.sum()) for score in synflow_scores(large, SHAPE).values()))


# ---- train, prune, rewind, train ------------------------------------------------------------------------


@pytest.fixture
def calls(monkeypatch):
    """What `mu.pruning` hands to `train`: (model, start_epoch) of each call."""
    calls = []

    def spy(model, samples, recipe, **options):
        calls.append((copy.deepcopy(model), options.get("start_epoch", 0)))
        return mu.train(model, samples, recipe, **options)

    monkeypatch.setattr(pruning, "train", spy)
    return calls


@pytest.mark.parametrize(("rewind", "epoch"), [(0, 0), (8 / 182, 0), (0.2, 1), (0.5, 2), (0.8, 3)])
def test_rewinding_is_exact(task, convs, same, monkeypatch, rewind, epoch):
    """It is bitwise the model after so many whole epochs of the full training, statistics included. Breaks if it is a
    step early or late, or its schedule is that of a shorter run."""
    recipe, initial = mu.Recipe(epochs=4, batch_size=32, lr=1e-2, schedule="cosine"), convs()
    seen = [initial]
    mu.train(initial, task.train, recipe, seed=3, on_step=lambda _, model: seen.append(copy.deepcopy(model)))
    monkeypatch.setattr(pruning, "REWIND", rewind)
    early = rewound(initial, task.train, recipe, seed=3)
    assert same(early, seen[5 * epoch])  # 141 samples: five batches an epoch
    assert same(initial, convs())
    assert initial.training
    assert not any(module.training for module in early.modules())


def test_omp_prunes_once_rewinds_and_trains_on(task, convs, same, calls, monkeypatch):
    """Masks are of the trained weights, values of the rewound ones, epochs those left; the models given stay. Breaks
    if the trained weights are kept or the mask is of the rewound ones."""
    recipe = mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.1, momentum=0.9, schedule="step")
    monkeypatch.setattr(pruning, "REWIND", 0.25)
    trained, early = mu.train(convs(), task.train, recipe), rewound(convs(), task.train, recipe)
    kept = copy.deepcopy((trained, early))
    sparse = omp(trained, early, task.train, recipe, 70, seed=5)
    masks = magnitude_masks(trained, 70)
    assert not equal(masks, magnitude_masks(early, 70))

    start, epoch = calls[-1]
    assert epoch == 1
    assert torch.equal(weights(start), weights(early) * vector(masks))
    assert torch.equal(start[9].weight, early[9].weight)
    assert torch.equal(start[3].running_mean, early[3].running_mean)
    assert equal(masks_of(sparse), masks)
    assert vector(masks).sum() == 81
    assert same(sparse, mu.train(apply_masks(early, masks), task.train, recipe, seed=5, start_epoch=1))
    assert not sparse.training
    assert same(trained, kept[0])
    assert same(early, kept[1])
    assert same(sparse, imp(trained, early, task.train, recipe, 1, seed=5, rate=0.7))
    assert not same(sparse, omp(trained, early, task.train, recipe, 70, seed=6))


def test_imp_rounds_prune_a_fifth_of_the_rest(colour, resnet, monkeypatch):
    """After k rounds 1 - .8^k is pruned, each mask inside the one before; the published rates. Training is left out.
    Breaks if a fifth of all weights goes each time."""
    rounds = []
    monkeypatch.setattr(pruning, "train", lambda model, *_, **__: rounds.append(model) or model)
    imp(resnet(), resnet(), colour[1], mu.Recipe(epochs=1), 14)
    reached = [sparsity(model) for model in rounds]
    assert reached == pytest.approx([100 * (1 - 0.8**k) for k in range(1, 15)], abs=1e-3)
    assert [round(reached[k - 1], 1) for k in (3, 6, 10, 13, 14)] == [48.8, 73.8, 89.3, 94.5, 95.6]
    masks = [vector(masks_of(model)) for model in rounds]
    assert all((after <= before).all() for before, after in pairwise(masks))


def test_imp_prunes_by_the_latest_weights_and_rewinds_each_time(task, convs, same, calls, monkeypatch):
    """Two rounds by hand. Breaks if round two prunes by the dense weights or starts from those of round one."""
    recipe = mu.Recipe(epochs=2, batch_size=32, lr=1e-2)
    monkeypatch.setattr(pruning, "REWIND", 0.5)
    trained, early = mu.train(convs(), task.train, recipe), rewound(convs(), task.train, recipe)
    sparse = imp(trained, early, task.train, recipe, 2, rate=0.4)
    first = mu.train(apply_masks(early, magnitude_masks(trained, 40)), task.train, recipe, start_epoch=1)
    second = apply_masks(early, magnitude_masks(first, 64))
    assert [epoch for _, epoch in calls[1:]] == [1, 1]
    assert same(calls[2][0], second)
    assert same(sparse, mu.train(second, task.train, recipe, start_epoch=1))
    assert sparsity(sparse) == pytest.approx(64, abs=0.4)


def test_no_rounds_are_refused(task, convs):
    """They would return a model that was never trained sparse, or never pruned."""
    model = convs()
    with pytest.raises(ValueError, match="rounds must be at least 1, not 0"):
        imp(model, model, task.train, mu.Recipe(epochs=4), 0)
    with pytest.raises(ValueError, match="rounds must be at least 1, not 0"):
        synflow_masks(model, task.data.shape, 50, rounds=0)


# ---- training from a later epoch on ---------------------------------------------------------------------


def test_a_later_start_goes_on_where_the_schedule_was(task, convs, flat):
    """With one batch an epoch and no momentum, two epochs and then the rest are the whole run, in float64; steps keep
    their numbers, shares and rates. Breaks if the schedule starts anew."""
    recipe = mu.Recipe(epochs=5, batch_size=200, optimizer="sgd", lr=0.5, schedule="cosine", warmup=0.2)
    initial, shares, steps = convs().double(), [], []
    whole = mu.train(initial, task.train, recipe)
    half = mu.train(initial, task.train, recipe, on_step=lambda step, _: step == 1)
    rest = mu.train(
        half, task.train, recipe, start_epoch=2,
        on_step=lambda step, _: steps.append(step), on_gradient=lambda _, share: shares.append(share),
    )  # fmt: skip
    torch.testing.assert_close(flat(rest), flat(whole), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(rest[3].running_var, whole[3].running_var)
    assert steps == [2, 3, 4]
    assert shares == pytest.approx([0.4, 0.6, 0.8])
    assert not torch.allclose(flat(mu.train(half, task.train, replace(recipe, epochs=3))), flat(whole))


def test_a_start_outside_the_recipe_is_refused(task, small, same):
    """From the last epoch's end on there is nothing to do; beyond it and below 0 is an error."""
    assert same(mu.train(small(), task.train, SHORT, start_epoch=2), small())
    for epoch in (-1, 3):
        with pytest.raises(ValueError, match=f"start_epoch must be from 0 to the recipe's 2 epochs, not {epoch}"):
            mu.train(small(), task.train, SHORT, start_epoch=epoch)


def test_another_parametrisation_is_no_mask(task, convs):
    """Weight norm beside a mask: not pruned, all weights count, and a mask is refused by name."""
    model = convs()
    for conv in prunable(model).values():
        parametrizations.weight_norm(conv)
    assert not is_pruned(model)
    assert sparsity(model) == 0
    masks = masks_of(model)
    assert all(mask.all() for mask in masks.values())
    with pytest.raises(ValueError, match="parametrisation of its own"):
        apply_masks(model, masks)
    assert mu.unlearn("influence", model, task, samples=4) is not model


def test_of_a_few_weights_none_may_be_left():
    """99.9 % of 27 weights rounds to all of them. Breaks if that is an error, or if one stays."""
    conv = nn.Conv2d(3, 1, 3, bias=False)
    assert not pruning.magnitude_masks(conv, 99.9)[""].any()
    assert pruning.magnitude_masks(conv, 0)[""].all()
