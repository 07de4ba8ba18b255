"""Layer-wise selections, against sorting each layer with numpy."""

import numpy as np
import pytest
import torch

from mu.selection import Layout, Selection, _ranked, flatten, moved, trainable

# Sizes 1 and 2 are the edges; 97 is prime, so no share divides it.
LAYOUT = Layout(("a", "b", "c", "d"), ((97,), (1,), (4, 5), (2,)))
KEEPS = (0.005, 0.1, 0.25, 0.5, 0.77, 1.0)


def vector(ties=False):
    draw = torch.Generator().manual_seed(0)
    if ties:
        return torch.randint(-2, 3, (LAYOUT.size,), generator=draw).float()
    return torch.randn(LAYOUT.size, generator=draw)


def asked(keep):
    """max(1, round(keep * size)) of every layer, written out."""
    return [max(1, round(keep * size)) for size in (97, 1, 20, 2)]


def kept(selection, x, step=0):
    return [part.nonzero().flatten().tolist() for part in LAYOUT.split(selection.mask(x, LAYOUT, step))]


@pytest.mark.parametrize("rule", ["top", "bottom", "random", "fixed", "cyclic"])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("keep", KEEPS)
def test_exactly_the_asked_number_of_every_layer_is_kept(keep, ties, rule):
    """Counts hold with ties, single numbers and tiny shares; `>=` a threshold keeps too many and fails this."""
    selection = Selection(keep, rule)
    assert list(selection.counts(LAYOUT)) == asked(keep)
    for step in (0, 1, 50):
        assert [len(part) for part in kept(selection, vector(ties), step)] == asked(keep)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("keep", KEEPS)
@pytest.mark.parametrize(("rule", "sign"), [("top", -1), ("bottom", 1)])
def test_top_and_bottom_are_the_ends_of_each_sorted_layer(keep, ties, rule, sign):
    """A stable sort of |x| per layer gives the same entries; a threshold over the whole model would not."""
    x = vector(ties)
    expected = [
        sorted(np.argsort(sign * np.abs(part.numpy()), kind="stable")[:count].tolist())
        for part, count in zip(LAYOUT.split(x), asked(keep))
    ]
    assert kept(Selection(keep, rule), x) == expected


def test_all_equal_keeps_the_first():
    """Among equals the first win, as documented, zeros included; an unstable choice fails this."""
    for value in (0.0, -3.0):
        x = torch.full((LAYOUT.size,), value)
        assert kept(Selection(0.1), x) == [list(range(10)), [0], [0, 1], [0]]


def test_nan_and_infinity_count_as_largest():
    """A diverging entry is kept, and the count still holds; a NaN threshold would keep nothing."""
    x = vector()
    x[5], x[7], x[9] = torch.nan, torch.inf, -torch.inf
    first, *_ = kept(Selection(3 / 97), x)
    assert first == [5, 7, 9]


def test_random_changes_with_step_and_seed_and_fixed_with_seed_only():
    """Swapping the two rules, or ignoring step or seed, fails this. Values never matter."""
    x, other = vector(), vector(ties=True)
    random, fixed = Selection(0.3, "random"), Selection(0.3, "fixed")
    assert kept(random, x, 4) == kept(random, other, 4)
    assert kept(random, x, 4) != kept(random, x, 5)
    assert kept(random, x, 4) != kept(Selection(0.3, "random", seed=1), x, 4)
    assert kept(fixed, x, 4) == kept(fixed, other, 5)
    assert kept(fixed, x) != kept(Selection(0.3, "fixed", seed=1), x)


def test_a_seed_may_be_as_large_as_any():
    """Methods draw such seeds themselves. Breaks if the generator is handed more than 64 bits."""
    big = Selection(0.3, "random", seed=2**62)
    assert kept(big, vector(), 4) == kept(big, vector(), 4) != kept(big, vector(), 5)


def test_random_is_uniform():
    """Over 2,000 steps every entry of a layer is kept about equally often; a biased draw fails this."""
    layout = Layout(("a",), ((20,),))
    masks = [Selection(0.25, "random").mask(torch.zeros(20), layout, step) for step in range(2000)]
    counts = torch.stack(masks).sum(0)  # binomial, 2,000 draws of p = 1/4: standard deviation 19.4
    assert (counts - 500).abs().max() < 4.5 * 19.4


def test_cyclic_visits_every_entry_in_turn():
    """Blocks follow each other and wrap round, so each entry has its turn; a fixed block fails this."""
    selection, x = Selection(0.1, "cyclic"), vector()
    for layer, (size, count) in enumerate(zip((97, 1, 20, 2), asked(0.1))):
        for step in range(25):
            expected = sorted({i % size for i in range(step * count, (step + 1) * count)})
            assert kept(selection, x, step)[layer] == expected
        seen = {i for step in range(-(-size // count)) for i in kept(selection, x, step)[layer]}
        assert seen == set(range(size))


def test_only_the_named_layers_are_kept():
    """Nothing of the others, the usual share of the named; ignoring `layers` fails this."""
    selection = Selection(0.1, layers=("a", "c"))
    assert list(selection.counts(LAYOUT)) == [10, 0, 2, 0]
    assert [len(part) for part in kept(selection, vector())] == [10, 0, 2, 0]
    assert not Selection(1.0, layers=("a",)).keeps_all(LAYOUT)
    assert Selection(1.0).keeps_all(LAYOUT)
    assert not Selection(0.9).keeps_all(LAYOUT)


def test_wrong_arguments_are_named_with_the_right_ones():
    """Unknown rule or layer and impossible shares; the errors list what there is."""
    with pytest.raises(ValueError, match=r"'biggest'.*top, bottom, random, fixed, cyclic"):
        Selection(0.1, "biggest")
    for keep in (0.0, -0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=str(keep)):
            Selection(keep)
    with pytest.raises(ValueError, match=r"no layer e, f; it has a, b, c, d"):
        Selection(0.1, layers=("e", "a", "f")).counts(LAYOUT)


def test_layout_follows_the_trainable_parameters(small):
    """Names, shapes and offsets in parameter order, frozen ones left out; another order would mix up layers."""
    model = small()
    model[3].bias.requires_grad_(False)
    layout = Layout.of(model)
    assert layout.names == ("3.weight", "4.gain", "6.weight", "6.bias")
    assert layout.shapes == ((8, 49), (1,), (10, 8), (10,))
    assert layout.sizes == (392, 1, 80, 10)
    assert layout.size == 483
    x = torch.arange(483)
    assert [part[0].item() for part in layout.split(x)] == [0, 392, 393, 473]
    layout.split(x)[1].fill_(-1)  # views, not copies
    assert x[392] == -1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("rule", ["top", "bottom", "random", "fixed", "cyclic"])
def test_a_gpu_selects_the_same(rule):
    """The GPU's own way to the threshold keeps the same entries, ties included."""
    for ties in (False, True):
        selection = Selection(0.1, rule)
        assert torch.equal(
            selection.mask(vector(ties).cuda(), LAYOUT, 3).cpu(), selection.mask(vector(ties), LAYOUT, 3)
        )


@pytest.mark.parametrize("zeros", [0.0, 0.2, 0.6, 0.95, 1.0])
def test_ranks_among_many_zeros_are_those_of_sorting(zeros):
    """Wherever the rank lies, before or behind the zeros, which are counted where they are many."""
    x = torch.rand(200, generator=torch.Generator().manual_seed(0)) + 0.1
    x[: round(zeros * len(x))] = 0
    x[-3:] = x[-4]  # a tie that is not zero
    ordered = x.sort().values
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(1))]
    assert [float(_ranked(x, rank)) for rank in range(len(x))] == ordered.tolist()


def test_a_model_moved_by_a_vector(normed, flat):
    """What is trainable, rounded once from the sum in float64; the rest and the model given stay bitwise. Breaks if
    the vector is rounded first, or a frozen layer takes its share of it."""
    model = normed()
    model[2].weight.requires_grad_(False)
    before, frozen = flat(model), model[2].weight.clone()
    change = torch.randn(len(before), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = moved(model, change)
    assert torch.equal(flat(found), (before + change).float().double())
    assert not torch.equal(flat(found), before + change)
    assert torch.equal(found[2].weight, frozen)
    assert torch.equal(flat(model), before)
    assert torch.equal(flatten(trainable(found).values()).double(), flat(found))
    assert Layout.of(model).names == tuple(trainable(model))
    assert "2.weight" not in trainable(model)
