"""Recorded updates: what is taken back is what training put in, step by step.

`Spy` is the independent route: it keeps every step's full change and samples in plain lists.
"""

import copy
import errno
import gc
import shutil
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import mu
from mu import storage
from mu.ledger import Entry, Recorder, _pack, _packed, _unpack
from mu.models import Normalise
from mu.selection import Layout, Selection
from mu.spill import WAITING, LedgerFull
from mu.storage import CorruptFile
from mu.training import recalibrate

RECIPES = {
    "sgd": mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.1),
    "momentum": mu.Recipe(
        epochs=4, batch_size=32, optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=5e-3, schedule="cosine"
    ),
    "adam": mu.Recipe(epochs=4, batch_size=32, optimizer="adam", lr=1e-2),
    "adam-decay": mu.Recipe(epochs=4, batch_size=32, optimizer="adam", lr=1e-2, weight_decay=5e-2, warmup=0.2),
}
ADAM = RECIPES["adam"]  # 141 samples in batches of 32: five steps an epoch, the last of 13 samples; 20 steps


class Spy:
    """Keeps everything it is shown."""

    def __init__(self):
        self.changes, self.batches, self.finished = [], [], False

    def begin(self, layout):
        self.layout = layout

    def record(self, step, change, samples, parameters=None):
        assert step == len(self.changes)
        self.changes.append(change.clone())
        self.batches.append(samples.tolist())

    def finish(self, parameters):
        self.finished = True

    def holding(self, samples):
        """Numbers of the steps whose batch held one of the samples."""
        return [k for k, batch in enumerate(self.batches) if set(batch) & set(samples)]


def indices(*samples):
    return torch.tensor(samples, dtype=torch.int64)


def selected(change, layout, keep):
    """The `keep` largest entries of each layer of a change, the others zero: by sorting with numpy."""
    parts = []
    for part in change.split([int(np.prod(shape)) for shape in layout.shapes]):
        x = part.double().numpy()
        order = np.argsort(-np.abs(x), kind="stable")[: max(1, round(keep * len(x)))]
        kept = np.zeros_like(x)
        kept[order] = x[order]
        parts.append(kept)
    return torch.from_numpy(np.concatenate(parts))


# ---- taking everything back ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECIPES)
def test_subtracting_every_step_gives_back_the_initial_weights(task, small, flat, name):
    """With everything kept, trained minus all steps is the start, for every optimiser and with weight decay.

    Recording the gradient times the rate, or missing a step, leaves momentum, Adam or decay behind.
    """
    spy, exact, half = Spy(), mu.Ledger(values="float32"), mu.Ledger()
    trained = mu.train(small(), task.train, RECIPES[name], ledger=[spy, exact, half])
    start, everything = flat(small()), task.train.indices
    assert (flat(trained) - start).abs().max() > 0.05
    assert len(exact) == len(half) == 20
    back = flat(exact.subtract(trained, everything))
    # A float32 update rounds twice: the new weight, and the difference.
    torch.testing.assert_close(back, start, rtol=0, atol=20 * 2**-24 * 2 * flat(trained).abs().max().item())
    # Half precision: at most 2^-11 of the step's largest change in the layer, summed over the steps.
    bound = sum(
        torch.cat([part.abs().max().expand_as(part) for part in spy.layout.split(change)]) for change in spy.changes
    )
    error = (flat(half.subtract(trained, everything)) - start).abs()
    assert (error <= 2**-11 * bound.double() + 1e-6).all()
    assert error.max() > (back - start).abs().max()  # it is the looser one


def test_a_step_of_sgd_is_minus_rate_times_gradient(data):
    """From zero weights and a rate of 1/2 the recorded change is exactly -g/2, with g in closed form.

    The gradient of the mean cross-entropy is (softmax - one-hot)^T x / n. Recording before the step, or the
    step's negative, fails this.
    """
    model = nn.Sequential(mu.models.Normalise((0.5,), (0.5,)), nn.Flatten(), nn.Linear(784, 10))
    for p in model.parameters():
        nn.init.zeros_(p)
    ledger = mu.Ledger(values="float32")
    recipe = mu.Recipe(epochs=1, batch_size=len(data.train), optimizer="sgd", lr=0.5)
    mu.train(model, data.train, recipe, ledger=ledger)
    (entry,) = ledger.entries

    order = torch.from_numpy(entry.samples).long()  # sums in float32 depend on the order
    logits = model(data.train.images[order])
    gradient = torch.autograd.grad(functional.cross_entropy(logits, data.train.labels[order]), model.parameters())
    assert torch.equal(entry.values, -0.5 * torch.cat([g.reshape(-1) for g in gradient]))

    x = (data.train.images.double().flatten(1) / 255 - 0.5) / 0.5
    residual = torch.full((len(x), 10), 0.1).double() - functional.one_hot(data.train.labels, 10)
    weight, bias = residual.T @ x / len(x), residual.mean(0)
    torch.testing.assert_close(
        entry.values.double(), -0.5 * torch.cat([weight.reshape(-1), bias]), rtol=1e-4, atol=1e-6
    )


def test_recorded_steps_of_sgd_are_minus_rate_times_gradient_all_along(task, small):
    """Every one of 20 steps equals -lr times the gradient of its own batch at the weights before it."""
    spy, before = Spy(), [copy.deepcopy(small())]
    mu.train(
        small(), task.train, RECIPES["sgd"], ledger=spy, on_step=lambda _, m: before.append(copy.deepcopy(m)) or False
    )
    position = {int(i): k for k, i in enumerate(task.train.indices)}
    for model, change, batch in zip(before, spy.changes, spy.batches):
        part = task.train[torch.tensor([position[i] for i in batch])]
        loss = functional.cross_entropy(model(part.images), part.labels)
        gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, model.parameters())])
        torch.testing.assert_close(change, -0.1 * gradient, rtol=0, atol=5e-7)


# ---- which steps, for whom -----------------------------------------------------------------------------


def test_affected_steps_are_those_whose_batch_held_a_sample(task, small):
    """Replaying the shuffles of the seed and scanning every batch finds the same steps; so does the spy.

    Shifting the steps by one, or confusing positions in the task with positions in the data, fails this.
    """
    ledger, spy = mu.Ledger(), Spy()
    mu.train(small(), task.train, ADAM, seed=5, ledger=[ledger, spy])
    draw = torch.Generator().manual_seed(5)
    batches = []
    for _ in range(4):
        order = torch.randperm(141, generator=draw).tolist()
        batches += [[int(task.train.indices[i]) for i in order[k : k + 32]] for k in range(0, 141, 32)]
    assert spy.batches == batches
    for wanted in ([], [0], [7, 8], task.forget_indices.tolist(), [10_000], list(range(150))):
        expected = [k for k, batch in enumerate(batches) if any(i in batch for i in wanted)]
        assert ledger.affected(indices(*wanted)).tolist() == expected == spy.holding(wanted)
    assert len(spy.holding([0])) == 4  # once an epoch


@pytest.mark.parametrize("keep", [1.0, 0.1])
def test_the_forget_set_may_be_chosen_after_training(task, small, same, flat, keep):
    """Any set asked for afterwards gives bitwise what a ledger kept for that set alone gives."""
    wanted = task.retain_indices[[3, 50, 99]]
    whole, partial, spy = mu.Ledger(keep), mu.Ledger(keep, only=wanted), Spy()
    trained = mu.train(small(), task.train, ADAM, ledger=[whole, partial, spy])
    assert 0 < len(partial) < len(whole)
    assert partial.nbytes < whole.nbytes
    unlearned = whole.subtract(trained, wanted)
    assert same(unlearned, partial.subtract(trained, wanted))
    steps = spy.holding(wanted.tolist())
    expected = sum(selected(spy.changes[k], spy.layout, keep) for k in steps)
    torch.testing.assert_close(flat(trained) - flat(unlearned), expected, rtol=0, atol=1e-4)
    assert not same(unlearned, trained)


def test_a_part_of_the_promised_set_can_be_taken_back(task, small, flat):
    """A ledger kept for six samples also answers for two of them, and takes back those steps only."""
    ledger, spy = mu.Ledger(values="float32", only=task.forget_indices), Spy()
    recipe = mu.Recipe(epochs=1, batch_size=8)
    trained = mu.train(small(), task.train, recipe, ledger=[ledger, spy])
    some = task.forget_indices[:2]
    assert ledger.affected(some).tolist() == spy.holding(some.tolist())
    assert len(ledger.affected(some)) < len(ledger)
    expected = sum(spy.changes[k].double() for k in spy.holding(some.tolist()))
    torch.testing.assert_close(flat(trained) - flat(ledger.subtract(trained, some)), expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("nobody", [indices(), indices(10_000), torch.tensor([])])
def test_samples_in_no_step_change_nothing(task, small, same, nobody):
    """Bitwise the trained model, as a new object, with a warning to the caller where samples were named.

    Rounding through half precision or float64 must not show. Breaks if nothing says that nothing was forgotten.
    """
    ledger = mu.Ledger(0.1)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    with warnings.catch_warnings(record=True, action="always") as said:
        unlearned = ledger.subtract(trained, nobody)
    assert [Path(w.filename).name for w in said] == ["test_ledger.py"] * bool(len(nobody))
    assert same(unlearned, trained)
    assert unlearned is not trained


@pytest.mark.parametrize("name", ["amnesiac", "partial-amnesiac"])
def test_one_request_after_another_takes_every_step_back_once(data, task, small, flat, same, name):
    """As both at once, though most steps of the second were those of the first as well; asked again, nothing is left.

    Without saying what was taken back before, a model that is not as training left it is refused: a second
    subtraction of the same steps would go through in silence.
    """
    ledger = mu.Ledger(1.0 if name == "amnesiac" else 0.1, values="float32")
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    first, second = (replace(task, scenario="some", forget_indices=task.retain_indices[a:b], retain_indices=indices())
                     for a, b in ((0, 10), (5, 15)))  # fmt: skip
    both = ledger.subtract(trained, task.retain_indices[:15])
    once = mu.unlearn(name, trained, first, ledger=ledger)
    twice = mu.unlearn(name, once, second, ledger=ledger, already=first.forget.indices)
    torch.testing.assert_close(flat(twice), flat(both), rtol=0, atol=1e-6)
    assert same(mu.unlearn(name, twice, first, ledger=ledger, already=task.retain_indices[:15]), twice)
    with pytest.raises(ValueError, match="taken back twice"):
        mu.unlearn(name, once, second, ledger=ledger)
    assert not same(mu.unlearn(name, once, second, ledger=ledger, already=indices()), twice)  # what was refused


def test_the_recorded_model_is_known_again_in_any_form(task, small, same, tmp_path):
    """From a file, from a folder, in double precision and from another object; another run's model is refused."""
    kept, spilled = mu.Ledger(0.1), mu.Ledger(0.1, spill=tmp_path / "folder", chunk_steps=3)
    trained = mu.train(small(), task.train, ADAM, ledger=[kept, spilled])
    other = mu.train(small(), task.train, ADAM, seed=1)
    kept.save(tmp_path / "file")
    expected = kept.subtract(trained, task.forget_indices)
    for ledger in (kept, spilled, mu.Ledger.load(tmp_path / "file"), mu.Ledger.load(tmp_path / "folder")):
        assert same(ledger.subtract(copy.deepcopy(trained), task.forget_indices), expected)
        ledger.subtract(copy.deepcopy(trained).double(), task.forget_indices)
        for wrong in (other, small(), expected):
            with pytest.raises(ValueError, match="not as the recorded training left it"):
                ledger.subtract(wrong, task.forget_indices)


def test_another_training_loop_records_as_well(task, small, flat):
    """The three calls on the method's page: what is taken back are the steps that held the samples, as they were."""
    from torch.nn.utils import parameters_to_vector

    model, ledger, changes = small(), mu.Ledger(values="float32"), []
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    ledger.begin(Layout.of(model))
    for step, where in enumerate(torch.arange(len(task.train)).split(20)):
        before = parameters_to_vector(model.parameters()).detach()
        nn.functional.cross_entropy(model(task.train.images[where]), task.train.labels[where]).backward()
        optimizer.step()
        optimizer.zero_grad()
        changes.append(parameters_to_vector(model.parameters()).detach() - before)
        ledger.record(step, changes[-1], task.train.indices[where])
    ledger.finish(parameters_to_vector(model.parameters()))
    wanted = task.train.indices[[25, 26, 70]]
    taken = flat(model) - flat(ledger.subtract(model, wanted))
    torch.testing.assert_close(taken, (changes[1] + changes[3]).double(), rtol=0, atol=1e-6)


def test_a_running_sum_is_taken_back_once(task, small):
    summed = mu.RunningSum(only=task.forget_indices)
    trained = mu.train(small(), task.train, ADAM, ledger=summed)
    gone = summed.subtract(trained, task.forget_indices)
    for already in (None, task.forget_indices):
        with pytest.raises(ValueError, match=r"taken back (twice|once)"):
            summed.subtract(gone, task.forget_indices, already)


def test_left_out_samples_change_nothing(data, task, small, same):
    """Threes that were never trained on are in no step."""
    ledger = mu.Ledger()
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    left_out = sorted(set(range(150)) - set(task.train.indices.tolist()))
    assert len(left_out) == 9
    with pytest.warns(UserWarning, match="no recorded step used any of these samples"):
        assert same(ledger.subtract(trained, indices(*left_out)), trained)
    with warnings.catch_warnings(action="error"):  # one of them was trained on
        assert not same(ledger.subtract(trained, indices(*left_out, task.train.indices[0])), trained)


# ---- what is kept ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", ["float16", "float32"])
@pytest.mark.parametrize("keep", [0.005, 0.1, 0.5])
def test_stored_entries_are_the_largest_of_each_layer(task, small, keep, values):
    """Exactly the asked share of every layer, the largest by numpy's sort, the one-number layer included."""
    ledger, spy = mu.Ledger(keep, values=values), Spy()
    mu.train(small(), task.train, ADAM, ledger=[ledger, spy])
    counts = [max(1, round(keep * size)) for size in (392, 8, 1, 80, 10)]
    for entry, change in zip(ledger.entries, spy.changes, strict=True):
        assert len(entry.values) == sum(counts)
        mask = np.unpackbits(entry.mask.numpy(), count=491, bitorder="little").astype(bool)
        expected = selected(change, spy.layout, keep).numpy()
        assert (mask == (expected != 0)).all()
        scales = np.repeat(entry.scales.double().numpy(), counts)
        if values == "float32":
            assert (entry.values.double().numpy() == expected[mask]).all()
        else:
            largest = np.repeat([part.abs().max().item() for part in spy.layout.split(change)], counts)
            assert (np.abs(entry.values.double().numpy() * scales - expected[mask]) <= 2**-11 * largest).all()


def test_ties_and_unmoved_layers_keep_the_asked_number():
    """Steps of equal or zero entries are stored with the asked counts and read back; 0/0 would give NaN."""
    layout = Layout(("a", "b", "c"), ((40,), (1,), (3, 3)))
    change = torch.cat([torch.tensor([2.0, -2.0]).repeat(20), torch.zeros(1), torch.zeros(9)])
    for values in ("float16", "float32"):
        ledger = mu.Ledger(0.25, values=values)
        ledger.begin(layout)
        ledger.record(0, change, indices(1))
        ledger.finish()
        assert len(ledger.entries[0].values) == 10 + 1 + 2
        total = ledger._total(indices(1), indices())
        assert torch.equal(total[:40], torch.cat([change[:10], torch.zeros(30)]).double())
        assert (total[40:] == 0).all()


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1000])
def test_a_gpu_packs_masks_as_numpy_does(size):
    """Bit for bit, whatever is left over of the last byte. Breaks if the order of bits within a byte is the other."""
    mask = torch.rand(size, generator=torch.Generator().manual_seed(size)) < 0.3
    packed = np.packbits(mask.numpy(), bitorder="little")
    assert torch.equal(_packed(mask), torch.from_numpy(packed))
    assert torch.equal(_pack(mask), torch.from_numpy(packed))
    assert torch.equal(_unpack(_pack(mask), size), mask)


def test_tiny_and_huge_changes_survive_half_precision():
    """Values are relative to their layer's largest, so neither 1e-12 nor 1e+12 leaves the range of float16."""
    layout = Layout(("small", "large"), ((4,), (4,)))
    change = torch.tensor([1e-12, -2e-12, 3e-13, 0.0, 1e12, -2e12, 3e11, 0.0])
    ledger = mu.Ledger()
    ledger.begin(layout)
    ledger.record(0, change, indices(1))
    ledger.finish()
    torch.testing.assert_close(ledger._total(indices(1), indices()), change.double(), rtol=2**-10, atol=0)


@pytest.mark.parametrize(("values", "width"), [("float16", 2), ("float32", 4)])
@pytest.mark.parametrize("keep", [1.0, 0.1])
def test_nbytes_is_the_sum_of_its_parts(task, small, keep, values, width):
    """Per step: 4 for its number, 4 a sample, 4 a layer, a bit per parameter if pruned, and the kept values."""
    ledger, spy = mu.Ledger(keep, values=values), Spy()
    mu.train(small(), task.train, ADAM, ledger=[ledger, spy])
    kept = sum(max(1, round(keep * size)) for size in (392, 8, 1, 80, 10))
    mask = 0 if keep == 1 else 62  # ceil(491 / 8)
    expected = sum(4 + 4 * len(batch) + mask + width * kept + 4 * 5 for batch in spy.batches)
    assert ledger.nbytes == expected


def test_only_named_layers_are_recorded(task, small):
    """`layers` leaves the others as trained; an unknown name is refused before the first step."""
    ledger = mu.Ledger(layers=("6.weight",))
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    before, after = trained.state_dict(), ledger.subtract(trained, task.train.indices).state_dict()
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"6.weight"}
    with pytest.raises(ValueError, match=r"no layer 9\.weight; it has 3\.weight"):
        mu.train(small(), task.train, ADAM, ledger=mu.Ledger(layers=("9.weight",)))


# ---- amnesiac, partial amnesiac, running sum ------------------------------------------------------------


def test_partial_amnesiac_with_everything_kept_is_amnesiac(task, small, same):
    """Bitwise the same model: the two differ in nothing but what the ledger kept."""
    ledger = mu.Ledger(1.0)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    conventional = mu.unlearn("amnesiac", trained, task, ledger=ledger)
    assert same(mu.unlearn("partial-amnesiac", trained, task, ledger=ledger), conventional)
    assert not same(conventional, trained)


def test_amnesiac_refuses_a_pruned_ledger(task, small):
    """Conventional unlearning from pruned steps would be mislabelled; the error points to the other method."""
    ledger = mu.Ledger(0.5)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    with pytest.raises(ValueError, match=r"a part of each step.*partial-amnesiac"):
        mu.unlearn("amnesiac", trained, task, ledger=ledger)


@pytest.mark.parametrize("rule", ["top", "bottom", "random", "fixed", "cyclic"])
@pytest.mark.parametrize("keep", [1.0, 0.1])
def test_a_running_sum_takes_back_what_a_ledger_does(task, small, same, keep, rule):
    """The same selection of the same steps, summed as they come: bitwise the ledger with exact values."""
    forget = task.forget_indices
    summed, ledger = mu.RunningSum(keep, rule, only=forget), mu.Ledger(keep, rule, values="float32")
    trained = mu.train(small(), task.train, ADAM, ledger=[summed, ledger])
    assert same(summed.subtract(trained, forget), ledger.subtract(trained, forget))
    assert summed.affected(forget).tolist() == ledger.affected(forget).tolist()
    assert (summed.steps_seen, ledger.steps_seen) == (20, 20)
    assert summed.nbytes == 8 * 491  # float64, however many steps


def test_a_running_sum_stays_where_training_is(small):
    """No copy between devices at every step. `meta` is a device without numbers, and every machine has it."""
    summed = mu.RunningSum(only=torch.tensor([0]))
    summed.begin(Layout.of(small()))
    summed.record(0, torch.ones(491, device="meta"), torch.tensor([0]))
    assert summed.sum.device.type == "meta"
    assert summed.sum.dtype == torch.float64


def test_a_running_sum_answers_for_its_whole_set_only(task, small):
    """A part of the set cannot be told from the rest of the sum; a ledger can, a sum must refuse."""
    summed = mu.RunningSum(only=task.forget_indices)
    trained = mu.train(small(), task.train, ADAM, ledger=summed)
    for wanted in (task.forget_indices[1:], indices(), task.retain_indices[:6]):
        with pytest.raises(ValueError, match=r"whole set|other samples"):
            summed.subtract(trained, wanted)
    with pytest.raises(ValueError, match="whole set"):
        summed.affected(task.forget_indices[1:])


# ---- what stays as it is --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 4])
@pytest.mark.parametrize("model", ["small", "normed"])
def test_recording_does_not_change_training(task, same, request, tmp_path, model, count):
    """Bitwise the same model with no, one or several recorders, spilled or not: the recorder only reads.

    Writing into the change, or a draw from torch's generator, which dropout follows, fails this.
    """
    build = lambda: nn.Sequential(request.getfixturevalue(model)(), nn.Dropout(0.2))
    recipe = mu.Recipe(epochs=2, batch_size=32, augment="crop-flip")
    plain = mu.train(build(), task.train, recipe)
    ledgers = [
        mu.Ledger(1.0),
        mu.Ledger(0.1, "random"),
        mu.RunningSum(0.3, only=task.forget_indices),
        mu.Ledger(0.1, spill=tmp_path / "l", chunk_steps=1),
    ][:count]
    assert same(mu.train(build(), task.train, recipe, ledger=ledgers if count > 1 else ledgers[0]), plain)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("spilled", [False, True])
def test_recording_on_a_gpu_changes_neither_training_nor_its_memory(task, normed, same, tmp_path, spilled):
    """Bitwise the same model; what the recorder holds on the GPU is there from the first steps on and stays.

    Steps kept on the GPU would add up and fail this.
    """
    held = []
    recipe, on_gpu = mu.Recipe(epochs=10, batch_size=32), task.to("cuda")
    look = lambda step, model: held.append(torch.cuda.memory_allocated())
    plain = mu.train(normed().cuda(), on_gpu.train, recipe)
    ledger = mu.Ledger(0.1, spill=tmp_path / "l" if spilled else None, chunk_steps=2)
    assert same(mu.train(normed().cuda(), on_gpu.train, recipe, ledger=ledger, on_step=look), plain)
    assert len(ledger) == len(held) > 30
    assert max(held[5:]) == max(held[:5])


def test_ledgers_beside_each_other_record_as_alone(task, small):
    """What one recorder keeps does not depend on the others; sharing a buffer would fail this."""
    together = [mu.Ledger(1.0, values="float32"), mu.Ledger(0.1), mu.Ledger(1.0)]
    mu.train(small(), task.train, ADAM, ledger=together)
    for ledger in together:
        alone = mu.Ledger(ledger.keep, values=ledger.values)
        mu.train(small(), task.train, ADAM, ledger=alone)
        for mine, theirs in zip(ledger.entries, alone.entries, strict=True):
            assert mine.step == theirs.step
            assert (mine.samples == theirs.samples).all()
            assert all(torch.equal(a, b) for a, b in zip(mine[2:], theirs[2:]))


def test_subtracting_leaves_model_and_ledger_alone(task, small, same):
    """The trained model stays bitwise, and a second subtraction gives the same; working in place fails this."""
    ledger = mu.Ledger(0.1)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    copied = copy.deepcopy(trained)
    first = ledger.subtract(trained, task.forget_indices)
    assert same(trained, copied)
    assert same(ledger.subtract(trained, task.forget_indices), first)
    assert all(p.requires_grad for p in first.parameters())


def test_batch_norm_statistics_stay_bitwise(task, normed):
    """Buffers are not updates: subtraction changes parameters and nothing else."""
    ledger = mu.Ledger()
    trained = mu.train(normed(), task.train, ADAM, ledger=ledger)
    unlearned = ledger.subtract(trained, task.forget_indices)
    for name, buffer in trained.named_buffers():
        assert torch.equal(buffer, dict(unlearned.named_buffers())[name])
    assert not torch.equal(trained[2].weight, unlearned[2].weight)
    assert trained[3].num_batches_tracked == 20


def test_recalibrating_averages_the_batches_and_touches_nothing_else(task, normed, same):
    """Statistics are the plain means of batch mean and unbiased variance, computed here by hand.

    Keeping the old momentum, the biased variance or the old statistics fails this; so does touching a weight.
    """
    trained = mu.train(normed(), task.train, ADAM)
    trained[3].momentum = 0.3
    copied = copy.deepcopy(trained)
    mended = recalibrate(trained, task.retain, batch_size=50)
    assert same(trained, copied)
    assert not mended.training
    assert [mended[3].momentum, mended[8].momentum] == [0.3, 0.1]
    assert all(torch.equal(a, b) for a, b in zip(trained.parameters(), mended.parameters()))

    means, variances = {3: [], 8: []}, {3: [], 8: []}
    with torch.no_grad():
        for images in task.retain.images.tensor_split(3):  # no batch above 50, and none much smaller
            x = images
            for place, layer in enumerate(trained):
                if place in means:
                    axes = (0, 2, 3) if x.ndim == 4 else (0,)
                    mean, variance = x.mean(axes), x.var(axes, unbiased=True)
                    means[place].append(mean)
                    variances[place].append(variance)
                    shape = (1, -1, *(1,) * (x.ndim - 2))
                    scale = (x.var(axes, unbiased=False) + layer.eps).sqrt()
                    x = (x - mean.view(shape)) / scale.view(shape)
                    x = x * layer.weight.view(shape) + layer.bias.view(shape)
                else:
                    x = layer(x)
    for place in (3, 8):
        norm = mended[place]
        torch.testing.assert_close(norm.running_mean, torch.stack(means[place]).mean(0), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(norm.running_var, torch.stack(variances[place]).mean(0), rtol=1e-4, atol=1e-5)
        assert not torch.allclose(norm.running_mean, trained[place].running_mean, rtol=1e-3)
        assert norm.num_batches_tracked == 3
    assert same(recalibrate(mended, task.retain, batch_size=50), mended)  # nothing of the past is left


def test_a_ragged_last_batch_does_not_count_like_a_whole_one(task, normed):
    """One bright image behind 512 black ones: a batch of its own would be half of the statistics."""
    images = torch.zeros(513, *task.train.images.shape[1:], dtype=torch.uint8)
    images[-1] = 255
    samples = mu.Samples(images, torch.zeros(513, dtype=torch.int64), torch.arange(513))
    model = nn.Sequential(Normalise((0.0,), (1.0,)), nn.BatchNorm2d(images.shape[1]))
    mean = recalibrate(model, samples)[1].running_mean
    assert mean.tolist() == pytest.approx([1 / 513] * images.shape[1], rel=0.01)


# ---- refusals -------------------------------------------------------------------------------------------


def test_an_unfinished_ledger_is_refused(task, small, tmp_path):
    """Neither before training nor after one that died may it be used or saved; a partial sum would look right."""
    ledger = mu.Ledger()
    with pytest.raises(ValueError, match="no finished"):
        ledger.subtract(small(), task.forget_indices)

    def fail(step, model):
        if step == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mu.train(small(), task.train, ADAM, ledger=ledger, on_step=fail)
    assert len(ledger) == 8
    with pytest.raises(ValueError, match="no finished"):
        ledger.subtract(small(), task.forget_indices)
    with pytest.raises(ValueError, match="no finished"):
        ledger.save(tmp_path / "ledger")
    assert not (tmp_path / "ledger").exists()


def test_a_ledger_records_one_training_run_only(task, small, tmp_path):
    """A second run would mix the steps of two models; a ledger read from a file is full as well."""
    ledger = mu.Ledger()
    mu.train(small(), task.train, ADAM, ledger=ledger)
    ledger.save(tmp_path / "ledger")
    for used in (ledger, mu.Ledger.load(tmp_path / "ledger")):
        with pytest.raises(ValueError, match="use a new one"):
            mu.train(small(), task.train, ADAM, ledger=used)
        assert len(used) == 20


def test_another_model_is_refused(task, small, normed):
    """Other names or shapes cannot have been recorded; subtracting by position would go through silently."""
    ledger = mu.Ledger()
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    frozen = copy.deepcopy(trained)
    frozen[3].weight.requires_grad_(False)
    for other in (normed(), nn.Sequential(trained), frozen):
        with pytest.raises(ValueError, match="not the ones this ledger recorded"):
            ledger.subtract(other, task.forget_indices)


def test_samples_the_ledger_did_not_watch_are_refused(task, small):
    """With `only`, steps of other samples are gone: saying "nothing to subtract" would be a lie."""
    ledger = mu.Ledger(only=task.forget_indices)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    mixed = torch.cat([task.forget_indices, task.retain_indices[:1]])
    with pytest.raises(ValueError, match="other samples"):
        ledger.subtract(trained, mixed)


def test_wrong_arguments_are_named():
    """Unknown value types, rules and shares are refused at once, with the right ones."""
    for arguments, message in (
        ({"values": "int8"}, "'float16' or 'float32', not 'int8'"),
        ({"rule": "biggest"}, "top, bottom"),
        ({"keep": 0}, "0"),
        ({"chunk_steps": 0}, "at least 1, not 0"),
    ):
        with pytest.raises(ValueError, match=message):
            mu.Ledger(**arguments)


# ---- files ----------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:no recorded step used")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"keep": 0.1},
        {"keep": 0.1, "values": "float32", "rule": "random", "seed": 3},
        {"keep": 0.5, "layers": ("6.weight", "6.bias")},
        {"keep": 0.1, "only": indices(5, 60, 120)},
        {"only": indices(10_000)},  # no step at all
    ],
)
def test_a_saved_ledger_subtracts_bit_for_bit(task, small, same, tmp_path, options):
    """Steps, samples, masks, values, scales and settings survive the file, the ragged last batch included."""
    ledger = mu.Ledger(**options)
    trained = mu.train(small(), task.train, ADAM, ledger=ledger)
    ledger.save(tmp_path / "ledger")
    loaded = mu.Ledger.load(tmp_path / "ledger")
    assert loaded.selection == ledger.selection
    assert (loaded.nbytes, loaded.steps_seen, loaded.values) == (ledger.nbytes, ledger.steps_seen, ledger.values)
    wanted = options.get("only", task.forget_indices)
    assert torch.equal(loaded.affected(wanted), ledger.affected(wanted))
    assert same(loaded.subtract(trained, wanted), ledger.subtract(trained, wanted))
    if "only" in options:
        with pytest.raises(ValueError, match="other samples"):
            loaded.subtract(trained, task.forget_indices)


def test_a_damaged_ledger_is_refused_by_name(task, small, tmp_path):
    """A flipped byte anywhere, header, metadata or tensors, and every truncation name the file and are not used."""
    path = tmp_path / "one.ledger"
    ledger = mu.Ledger(0.1, only=task.forget_indices)
    mu.train(small(), task.train, mu.Recipe(epochs=1, batch_size=64), ledger=ledger)
    ledger.save(path)
    whole = path.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    assert header < len(whole) - 100
    positions = {*range(8), *range(8, header, 5), *range(header, len(whole), 3), len(whole) - 1}
    for position in sorted(positions):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :])
        with pytest.raises(CorruptFile, match=r"one\.ledger"):
            mu.Ledger.load(path)
    for length in (0, 4, header - 1, header, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptFile, match=r"one\.ledger"):
            mu.Ledger.load(path)
    path.write_bytes(whole)
    assert len(mu.Ledger.load(path)) == len(ledger)


# ---- ledgers larger than memory -------------------------------------------------------------------------


def chunk(number):
    return f"chunk-{number:05d}.safetensors"


def identical(mine, theirs):
    """Whether two lists of entries are bitwise the same."""
    return len(mine) == len(theirs) and all(
        a.step == b.step and (a.samples == b.samples).all() and all(torch.equal(x, y) for x, y in zip(a[2:], b[2:]))
        for a, b in zip(mine, theirs)
    )


def breaking(monkeypatch, name, error):
    """From now on, writing the file called `name` raises `error`; other files are written as ever."""
    save = storage.save

    def breaks(path, tensors, metadata):
        if path.name == name and (name != "ledger.safetensors" or metadata["finalised"]):
            raise error
        save(path, tensors, metadata)

    monkeypatch.setattr(storage, "save", breaks)


@pytest.mark.filterwarnings("ignore:no recorded step used")  # of the last options
@pytest.mark.parametrize("chunk_steps", [1, 3, 10, 64])
@pytest.mark.parametrize(
    "options",
    [
        {"keep": 0.1},
        {"values": "float32"},
        {"keep": 0.3, "rule": "random", "seed": 3, "layers": ("3.weight", "6.bias")},
        {"keep": 0.1, "only": indices(5, 60)},
        {"only": indices(10_000)},  # no step at all
    ],
)
def test_a_spilled_ledger_is_the_ledger_in_memory(task, small, same, tmp_path, options, chunk_steps):
    """Training, steps, bytes, subtraction and the single file are bitwise the same, from the folder too.

    Dropping the last chunk, which is not full, or reading the chunks in another order fails this.
    """
    folder, plain = tmp_path / "spilled", mu.train(small(), task.train, ADAM)
    memory, spilled = mu.Ledger(**options), mu.Ledger(**options, spill=folder, chunk_steps=chunk_steps)
    trained = mu.train(small(), task.train, ADAM, ledger=[memory, spilled])
    assert same(trained, plain)
    names = {chunk(i) for i in range(-(-len(memory) // chunk_steps))}
    assert {path.name for path in folder.iterdir()} == {"ledger.safetensors", *names}
    watched = options.get("only", task.train.indices)
    memory.save(tmp_path / "memory")
    tensors, settings = storage.load(tmp_path / "memory")
    for ledger in (spilled, mu.Ledger.load(folder), mu.Ledger.load(str(folder)), mu.Ledger.recover(folder)):
        assert ledger.selection == memory.selection
        assert (len(ledger), ledger.nbytes) == (len(memory), memory.nbytes)
        assert (ledger.steps_seen, ledger.values) == (20, memory.values)
        assert identical(ledger.entries, memory.entries)
        for wanted in (watched, watched[1:2], indices()):
            assert torch.equal(ledger.affected(wanted), memory.affected(wanted))
            assert same(ledger.subtract(trained, wanted), memory.subtract(trained, wanted))
        ledger.save(tmp_path / "copy")
        copied, facts = storage.load(tmp_path / "copy")
        assert copied.keys() == tensors.keys()
        assert all(torch.equal(copied[name], tensors[name]) for name in tensors)
        assert facts == settings
        with pytest.raises(ValueError, match="use a new one"):
            mu.train(small(), task.train, ADAM, ledger=ledger)


def test_only_chunks_with_an_affected_step_are_read(task, small, tmp_path, monkeypatch):
    """Opening, `affected` and `nbytes` read the index only; subtraction reads each needed chunk once, in order.

    Reading every chunk, or a chunk once a step, fails this.
    """
    mu.train(small(), task.train, ADAM, ledger=(spilled := mu.Ledger(0.1, spill=tmp_path / "l", chunk_steps=2)))
    read, load = [], storage.load
    monkeypatch.setattr(storage, "load", lambda path: read.append(path.name) or load(path))
    ledger = mu.Ledger.load(tmp_path / "l")
    steps = ledger.affected(indices(0, 1)).tolist()
    assert ledger.nbytes == spilled.nbytes > 0
    assert read == ["ledger.safetensors"]
    read.clear()
    ledger.subtract(small(), indices(0, 1), already=indices())
    assert read == [chunk(i) for i in sorted({step // 2 for step in steps})]
    assert 0 < len(read) < len(steps) < 10


def test_memory_does_not_grow_with_the_steps(task, small, tmp_path, monkeypatch):
    """Before a slow disk, no more than the filled, the waiting and the written chunk are held, at any step.

    An unbounded queue, or a ledger that keeps what it has written, fails this.
    """
    save, held = storage.save, []
    monkeypatch.setattr(storage, "save", lambda *arguments: time.sleep(0.02) or save(*arguments))

    def count(step, model):
        if step % 5 == 4:
            held.append(sum(type(thing) is Entry for thing in gc.get_objects()) - before)

    gc.collect()  # what earlier tests left behind is not to go in between
    before = sum(type(thing) is Entry for thing in gc.get_objects())
    ledger = mu.Ledger(0.1, spill=tmp_path / "l", chunk_steps=2)
    mu.train(small(), task.train, mu.Recipe(epochs=10, batch_size=32), ledger=ledger, on_step=count)
    assert len(ledger) == 50
    assert len(held) == 10
    assert 2 < max(held) <= 2 * (1 + 2 + 1)
    assert sum(type(thing) is Entry for thing in gc.get_objects()) == before


@pytest.mark.parametrize(
    ("chunk_steps", "broken", "at_most"),
    [(1, chunk(2), 3 + WAITING + 2), (20, chunk(0), 20), (64, chunk(0), 20), (3, "ledger.safetensors", 20)],
)
def test_what_goes_wrong_with_a_chunk_stops_training(
    task, small, tmp_path, monkeypatch, chunk_steps, broken, at_most
):
    """The writer's error comes out of training, soon or with the end, and the ledger stays unusable.

    A writer thread that dies quietly would leave a run that believes it was recorded.
    """
    breaking(monkeypatch, broken, PermissionError(errno.EACCES, "not yours"))
    ledger = mu.Ledger(0.1, spill=tmp_path / "l", chunk_steps=chunk_steps)
    with pytest.raises(PermissionError, match="not yours"):
        mu.train(small(), task.train, ADAM, ledger=ledger)
    assert ledger.steps_seen <= at_most
    assert not ledger.finalised
    with pytest.raises(ValueError, match="no finished"):
        ledger.subtract(small(), task.forget_indices)
    with pytest.raises(PermissionError):  # nor can it be finished by hand
        ledger.finish()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
    ],
)
@pytest.mark.parametrize(
    ("broken", "complete"), [(chunk(0), 0), (chunk(2), 6), (chunk(6), 18), ("ledger.safetensors", 20)]
)
def test_a_full_disk_leaves_the_complete_steps(task, small, same, tmp_path, monkeypatch, error, broken, complete):
    """The error names folder and last complete step; what is recovered equals a ledger of a run that ended there.

    Counting the chunk that failed as complete, or any chunk after it, fails this.
    """
    breaking(monkeypatch, broken, error)
    folder, models, spilled = (
        tmp_path / "brimful",
        [small()],
        mu.Ledger(0.1, spill=tmp_path / "brimful", chunk_steps=3),
    )
    memory = mu.Ledger(0.1)
    mu.train(small(), task.train, ADAM, ledger=memory, on_step=lambda _, m: models.append(copy.deepcopy(m)) or False)
    last = f"step {complete - 1} is the last complete one" if complete else "no step is complete"
    with pytest.raises(LedgerFull, match=rf"brimful: {last}; mu\.Ledger\.recover"):
        mu.train(small(), task.train, ADAM, ledger=spilled)
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"brimful did not finish.*recover"):
        mu.Ledger.load(folder)
    files = sorted(path.name for path in folder.iterdir())
    ledger = mu.Ledger.recover(folder)
    assert ledger.finalised
    assert ledger.steps_seen == len(ledger) == complete
    assert identical(ledger.entries, memory.entries[:complete])
    assert sorted(path.name for path in folder.iterdir()) == files  # recovering writes nothing
    whole = mu.Ledger(0.1)
    model = mu.train(
        small(), task.train, ADAM, ledger=whole, on_step=lambda step, _: step >= complete - 1
    ) if complete else small()  # fmt: skip
    assert same(model, models[complete])
    if complete:
        wanted = task.forget_indices
        assert same(ledger.subtract(model, wanted), whole.subtract(model, wanted))
    else:
        with pytest.raises(ValueError, match="not as the recorded training left it"):
            ledger.subtract(models[-1], task.forget_indices)


def test_a_folder_that_cannot_take_the_index_is_found_out_before_training(task, small, tmp_path, monkeypatch):
    """A disk that is full from the start is reported at step 0. An index written at the end only fails this."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "save", full)
    ledger = mu.Ledger(spill=tmp_path / "full")
    with pytest.raises(LedgerFull, match="full: no step is complete"):
        mu.train(small(), task.train, ADAM, ledger=ledger)
    assert ledger.steps_seen == 0


def test_a_killed_run_is_refused_and_can_be_recovered(task, small, tmp_path):
    """An unfinished folder is refused by name; the chunks on disk give the steps before. Loading it would lie."""
    folder, memory, broken = tmp_path / "cut", mu.Ledger(0.1), mu.Ledger(0.1, spill=tmp_path / "cut", chunk_steps=3)

    def fail(step, model):
        if step == 7:
            deadline = time.monotonic() + 30
            while not (folder / chunk(1)).exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mu.train(small(), task.train, ADAM, ledger=[memory, broken], on_step=fail)
    for path in (folder, folder / "ledger.safetensors"):
        with pytest.raises(ValueError, match=r"cut did not finish; mu\.Ledger\.recover"):
            mu.Ledger.load(path)
    recovered = mu.Ledger.recover(folder)
    assert identical(recovered.entries, memory.entries[:6])
    as_it_was = mu.train(small(), task.train, ADAM, on_step=lambda step, model: step == recovered.steps_seen - 1)
    recovered.subtract(as_it_was, task.forget.indices)
    later = mu.train(small(), task.train, ADAM, on_step=lambda step, model: step == recovered.steps_seen)
    with pytest.raises(ValueError, match="not as the recorded training left it"):
        recovered.subtract(later, task.forget.indices)
    with pytest.raises(FileExistsError, match="cut is not empty"):
        mu.train(small(), task.train, ADAM, ledger=mu.Ledger(0.1, spill=folder))


def test_a_spill_folder_belongs_to_one_ledger(task, small, tmp_path):
    """A folder with anything in it is refused by name and left alone, also to a second ledger of the same run.

    Checking when the ledger is made, rather than when it begins, would let the second one in.
    """
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="used is not empty"):
        mu.train(small(), task.train, ADAM, ledger=mu.Ledger(spill=tmp_path / "used"))
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["notes.txt"]
    twins = [mu.Ledger(spill=tmp_path / "one"), mu.Ledger(spill=tmp_path / "one")]
    with pytest.raises(FileExistsError, match="one is not empty"):
        mu.train(small(), task.train, ADAM, ledger=twins)
    for nothing in (tmp_path / "absent", tmp_path / "used"):
        for opened in (mu.Ledger.load, mu.Ledger.recover):
            with pytest.raises(FileNotFoundError, match=nothing.name):
                opened(nothing)


def test_a_damaged_missing_or_foreign_chunk_is_refused_when_needed(task, small, same, tmp_path):
    """It is named and never subtracted; samples that do not need it are still answered.

    A chunk of another place or another run is whole by its own checksum; only its run and number give it away.
    """
    folder, memory = tmp_path / "l", mu.Ledger(0.1)
    spilled, other = (mu.Ledger(0.1, spill=tmp_path / name, chunk_steps=1) for name in ("l", "other"))
    trained = mu.train(small(), task.train, ADAM, ledger=[memory, spilled, other])
    needs, spares = [next(i for i in range(141) if (4 in spilled.affected(task.train.indices[[i]])) == yes)
                     for yes in (True, False)]  # fmt: skip
    needs, spares = task.train.indices[[needs]], task.train.indices[[spares]]
    path = folder / chunk(4)
    whole = path.read_bytes()

    def flip():
        path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:])

    for damage, error in (
        (flip, CorruptFile),
        (lambda: path.write_bytes(whole[: len(whole) // 2]), CorruptFile),
        (path.unlink, FileNotFoundError),
        (lambda: shutil.copy(folder / chunk(5), path), CorruptFile),
        (lambda: shutil.copy(tmp_path / "other" / chunk(4), path), CorruptFile),
    ):
        damage()
        ledger = mu.Ledger.load(folder)
        assert torch.equal(ledger.affected(needs), memory.affected(needs))
        assert same(ledger.subtract(trained, spares), memory.subtract(trained, spares))
        for use in (lambda ledger=ledger: ledger.subtract(trained, needs), lambda ledger=ledger: ledger.entries):
            with pytest.raises(error, match="chunk-00004"):
                use()
        path.write_bytes(whole)
    assert same(mu.Ledger.load(folder).subtract(trained, needs), memory.subtract(trained, needs))
    with pytest.raises(ValueError, match=r"chunk-00004.*one chunk of a ledger"):
        mu.Ledger.load(path)


def test_another_file_is_no_ledger(tmp_path):
    """Many files are of tensors. Breaks if a missing field is all that one hears."""
    storage.save(tmp_path / "other", {"steps": indices(0)}, {"scenario": "class"})
    with pytest.raises(ValueError, match="something else than a ledger"):
        mu.Ledger.load(tmp_path / "other")


def test_recovering_refuses_a_damaged_chunk(task, small, tmp_path, monkeypatch):
    """Its steps were complete once: stopping before it would quietly take fewer steps back."""
    breaking(monkeypatch, chunk(5), OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(LedgerFull):
        mu.train(small(), task.train, ADAM, ledger=mu.Ledger(0.1, spill=tmp_path / "l", chunk_steps=2))
    path = tmp_path / "l" / chunk(3)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorruptFile, match="chunk-00003"):
        mu.Ledger.recover(tmp_path / "l")


# ---- the recorder's own rules ---------------------------------------------------------------------------


def test_selection_of_random_rules_follows_the_step_number(task, small):
    """`random` and `cyclic` are asked with the number of the training step, not of the stored entry."""
    ledger, spy = mu.Ledger(0.1, "cyclic", only=task.forget_indices), Spy()
    mu.train(small(), task.train, mu.Recipe(epochs=2, batch_size=8), ledger=[ledger, spy])
    assert [e.step for e in ledger.entries] == spy.holding(task.forget_indices.tolist())
    assert [e.step for e in ledger.entries] != list(range(len(ledger)))
    for entry in ledger.entries:
        mask = Selection(0.1, "cyclic").mask(torch.zeros(491), spy.layout, entry.step).numpy()
        assert (np.unpackbits(entry.mask.numpy(), count=491, bitorder="little").astype(bool) == mask).all()


def test_an_empty_ledger_is_true(task, small):
    """`ledger=mine or ()` records. Breaks if a ledger without steps counts as none."""
    ledger = mu.Ledger()
    assert len(ledger) == 0
    mu.train(small(), task.train, mu.Recipe(epochs=1), ledger=ledger or ())
    assert len(ledger)


def test_the_base_recorder_stores_nothing_by_itself():
    """A recorder without `_store` cannot pass for a ledger."""
    recorder = Recorder()
    recorder.begin(Layout(("a",), ((2,),)))
    with pytest.raises(NotImplementedError):
        recorder.record(0, torch.zeros(2), indices(0))


@pytest.mark.parametrize("wrong", [torch.tensor([True, False]), [-1], [1.5], 3])
def test_positions_are_whole_numbers_from_0_on(task, small, wrong):
    """A bool mask would be read as positions 0 and 1. Breaks if any of the ways in takes one."""
    ledger = mu.Ledger()
    model = mu.train(small(), task.train, mu.Recipe(epochs=1, batch_size=64), ledger=ledger)
    for call in (ledger.affected, lambda where: ledger.subtract(model, where), lambda where: mu.Ledger(only=where)):
        with pytest.raises(ValueError, match=r"bool mask|whole numbers"):
            call(wrong)


def test_positions_that_do_not_fit_are_refused(task, small):
    """Cut to 32 bits they would be other samples, and nothing would be taken back."""
    samples = replace(task.train, indices=task.train.indices + 2**32)
    with pytest.raises(ValueError, match="positions up to"):
        mu.train(small(), samples, mu.Recipe(epochs=1, batch_size=64), ledger=mu.Ledger())
