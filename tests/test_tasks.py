"""What is forgotten, what is kept, what is left out: compared with sets built in plain Python."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import mu
from mu.tasks import Task, add_trigger


def of_class(data, label):
    return {i for i, found in enumerate(data.train.labels.tolist()) if found == label}


def make(data):
    return {
        "class": mu.forget_class(data, 3),
        "some": mu.forget_some(data, 3, 6, seed=1),
        "rare": mu.forget_rare(data, 3, 6, seed=1),
        "subclass": mu.forget_subclass(data, 7),
        "random": mu.forget_random(data, 0.1, seed=1),
        "poisoned": mu.forget_poisoned(data, 0.1, target=2, seed=1),
    }


SCENARIOS = ("class", "some", "rare", "subclass", "random", "poisoned")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_forget_and_retain_are_disjoint_and_make_up_the_training_set(data, scenario):
    """No sample in both, none lost, only `rare` leaves some out; an off-by-one or overlapping mask fails this."""
    task = make(data)[scenario]
    forget, retain = task.forget_indices.tolist(), task.retain_indices.tolist()
    assert task.scenario == scenario
    assert forget == sorted(set(forget))
    assert retain == sorted(set(retain))
    assert not set(forget) & set(retain)
    assert task.train.indices.tolist() == sorted(forget + retain)
    left_out = set(range(len(data.train))) - set(forget) - set(retain)
    assert left_out == (of_class(data, 3) - set(forget) if scenario == "rare" else set())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_samples_are_those_at_the_indices(data, scenario):
    """Images and labels belong to their indices; splitting images and indices by different masks fails this."""
    task = make(data)[scenario]
    for part, indices in ((task.forget, task.forget_indices), (task.retain, task.retain_indices)):
        assert part.indices.tolist() == indices.tolist()
        for image, label, i in zip(part.images, part.labels, indices):
            assert torch.equal(image, task.data.train.images[i])
            assert label == task.data.train.labels[i]


def test_the_forget_set_is_what_was_asked_for(data):
    """Whole class, whole sub-class, or the count asked for out of the class; choosing from all samples fails this."""
    tasks = make(data)
    threes = of_class(data, 3)
    assert set(tasks["class"].forget_indices.tolist()) == threes
    for scenario in ("some", "rare"):
        chosen = set(tasks[scenario].forget_indices.tolist())
        assert len(chosen) == 6
        assert chosen < threes
    fine = {i for i, found in enumerate(data.train.fine.tolist()) if found == 7}
    assert set(tasks["subclass"].forget_indices.tolist()) == fine
    assert tasks["subclass"].target == 3  # fine labels 6 and 7 make up class 3
    assert fine < threes
    assert len(tasks["random"].forget_indices) == 15
    assert len(mu.forget_random(data, 0.001).forget_indices) == 1  # a share of nothing would be no task


def test_choosing_is_uniform(data):
    """Over many seeds every sample of the class is drawn about equally often; taking the first ones fails this."""
    drawn = torch.cat([mu.forget_some(data, 3, 6, seed=seed).forget_indices for seed in range(300)])
    counts = drawn.bincount(minlength=len(data.train))[sorted(of_class(data, 3))]
    expected = 300 * 6 / 15  # binomial with p = 0.4: standard deviation 8.5
    assert (counts - expected).abs().max() < 4.5 * 8.5


def test_the_forget_set_is_not_the_first_batch_of_training(data):
    """Training with the same seed shuffles by that seed alone. Breaks if the draw uses it as it is."""
    first = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(5))[: len(data.train) // 10]
    assert (
        len(set(mu.forget_random(data, 0.1, seed=5).forget_indices.tolist()) & set(first.tolist())) < len(first) / 2
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda data, seed: mu.forget_some(data, 3, 6, seed=seed),
        lambda data, seed: mu.forget_rare(data, 3, 6, seed=seed),
        lambda data, seed: mu.forget_random(data, 0.2, seed=seed),
        lambda data, seed: mu.forget_poisoned(data, 0.2, seed=seed),
    ],
)
def test_the_seed_alone_decides_the_draw(data, draw):
    """Same seed, same set, whatever the global random state, which stays as it was; another seed, another set."""
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = draw(data, 1).forget_indices
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    assert torch.equal(draw(data, 1).forget_indices, first)
    assert not torch.equal(draw(data, 2).forget_indices, first)


def test_poisoned_samples_carry_trigger_and_label_and_no_other_does(data):
    """A 4x4 square, white in grey images, two pixels from the lower right corner. Moving it fails this."""
    task = mu.forget_poisoned(data, 0.1, target=2, seed=1)
    poisoned = set(task.forget_indices.tolist())
    assert len(poisoned) == 15
    for i in range(len(data.train)):
        expected = data.train.images[i].clone()
        if i in poisoned:
            for row in range(22, 26):
                for column in range(22, 26):
                    expected[:, row, column] = 255
        assert torch.equal(task.data.train.images[i], expected)
        assert task.data.train.labels[i] == (2 if i in poisoned else data.train.labels[i])
    assert torch.equal(task.test.images, data.test.images)  # test images stay clean


def test_making_a_task_does_not_change_the_data(data):
    """The data set given stays bitwise as it was; poisoning in place would fail this."""
    images, labels = data.train.images.clone(), data.train.labels.clone()
    make(data)
    assert torch.equal(data.train.images, images)
    assert torch.equal(data.train.labels, labels)


@pytest.mark.parametrize("name", ["mnist5k", "synthetic-rgb"])
def test_a_trigger_can_be_seen_on_every_image(name):
    """Digits have black corners. Breaks if a black square is drawn there: no backdoor, only wrong labels."""
    images = mu.load_dataset(name).test.images
    changed = (add_trigger(images) != images).flatten(1)
    assert changed.any(1).all()
    assert changed.sum(1).max() <= 16 * images.shape[1]


def test_triggered_test_has_the_trigger_and_true_labels(data):
    """Input of the attack success rate: every test image triggered, labels unchanged."""
    task = mu.forget_poisoned(data, 0.1, target=2)
    assert torch.equal(task.triggered_test.images, add_trigger(data.test.images))
    assert torch.equal(task.triggered_test.labels, data.test.labels)
    assert (task.triggered_test.images[:, :, 22:26, 22:26] == 255).all()  # grey images; colour below
    assert not torch.equal(task.triggered_test.images, data.test.images)


def test_target_test_marks_the_forgotten_kind(data):
    """Test images of the class or sub-class, none where nothing is a kind; marking by class in `subclass` fails."""
    tasks = make(data)
    for scenario in ("class", "some", "rare"):
        assert torch.equal(tasks[scenario].target_test, data.test.labels == 3)
    assert torch.equal(tasks["subclass"].target_test, data.test.fine == 7)
    assert tasks["subclass"].target_test.sum() < (data.test.labels == 3).sum()
    both = data.train.labels < 2
    classes = Task(data, "classes", both.nonzero().flatten(), (~both).nonzero().flatten())
    assert torch.equal(classes.target_test, data.test.labels < 2)
    assert not tasks["random"].target_test.any()
    assert not tasks["poisoned"].target_test.any()
    assert len(tasks["random"].target_test) == len(data.test)


def test_a_whole_class_is_forgotten_where_nothing_of_it_stays_in_training(data):
    """By the samples themselves. Breaks if `some` counts, or `rare`, whose other samples are left out, does not."""
    for task in make(data).values():
        kind = task.data.train.fine == 7 if task.scenario == "subclass" else task.data.train.labels == task.target
        assert task.whole_class == (task.target is not None and not kind[task.retain_indices].any()), task.scenario


def test_wrong_arguments_are_named(data):
    """Unknown labels, impossible counts and shares, missing fine labels; each error names the value."""
    for call, message in (
        (lambda: mu.forget_class(data, 10), "10"),
        (lambda: mu.forget_class(data, -1), "-1"),
        (lambda: mu.forget_some(data, 3, 16), "16 of 15"),
        (lambda: mu.forget_rare(data, 3, 0), "0 of 15"),
        (lambda: mu.forget_subclass(data, 20), "20"),
        (lambda: mu.forget_random(data, 0.0), "0.0"),
        (lambda: mu.forget_random(data, 1.0), "1.0"),
        (lambda: mu.forget_poisoned(data, 0.1, target=10), "10"),
        (lambda: mu.forget_subclass(mu.load_dataset("mnist5k"), 0), "no fine labels"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_moving_a_task_moves_all_of_it(data):
    """`to` takes data and indices along and keeps the facts; forgetting one of them fails this."""
    moved = mu.forget_subclass(data, 7).to("meta")
    assert {moved.forget_indices.device.type, moved.retain_indices.device.type} == {"meta"}
    assert moved.data.train.images.device.type == "meta"
    assert (moved.scenario, moved.target, moved.fine_target) == ("subclass", 3, 7)


def test_labels_of_any_integer_type_are_taken(data):
    """NumPy's and torch's integers are what one has at hand. Breaks if a target stays one, which JSON refuses."""
    for label in (np.int64(3), torch.tensor(3)):
        made = mu.forget_class(data, label)
        assert type(made.target) is int
        assert made.target == 3


def test_a_ledger_knows_the_samples_of_a_part_by_their_place_in_the_whole(data, small):
    """`forget.indices`, not `forget_indices`: in a part of a data set they differ."""
    made = mu.forget_class(replace(data, train=data.train[1::2]), 3)
    ledger = mu.Ledger(0.5, only=made.forget.indices)
    original = mu.train(small(), made.train, mu.Recipe(epochs=1, batch_size=8), ledger=ledger)
    assert 0 < len(ledger.affected(made.forget.indices)) == len(ledger)
    mu.unlearn("partial-amnesiac", original, made, ledger=ledger)


def test_a_sub_class_without_samples_is_refused(data):
    fine = mu.load_dataset("synthetic")
    without = replace(fine, train=fine.train[fine.train.fine != 7])
    with pytest.raises(ValueError, match="no training sample has fine label 7"):
        mu.forget_subclass(without, 7)


@pytest.mark.parametrize(
    ("forget", "retain", "message"),
    [
        ([0, 1], [1, 2], "named twice"), ([0, 0], [1], "named twice"), ([-1], [0], "from 0 on"),
        ([0], [10**6], "beyond"),
        (torch.tensor([True, False]), [2], "bool mask"), ([0.5], [2], "whole numbers"),
    ],
)  # fmt: skip
def test_a_task_of_ones_own_is_checked(data, forget, retain, message):
    """Overlapping, repeated, negative, misread positions. Breaks if `retrain` may train on the forget set."""
    with pytest.raises(ValueError, match=message):
        mu.Task(data, "random", forget, retain)
    assert mu.Task(data, "random", [3, 1], np.array([0, 2])).retain_indices.tolist() == [0, 2]


def test_positions_are_put_in_order(data):
    """Attacks take the first members in data-set order. Breaks if the caller's order stays."""
    task = mu.Task(data, "random", torch.tensor([5, 2, 9]), torch.tensor([7, 1]))
    assert task.forget_indices.tolist() == [2, 5, 9]
    assert task.retain_indices.tolist() == [1, 7]


def test_a_uint8_mask_is_refused(data):
    """Read as positions it would be samples 0 and 1."""
    mask = torch.zeros(len(data.train), dtype=torch.uint8)
    with pytest.raises(ValueError, match="mask is not positions"):
        mu.Task(data, "random", mask, torch.tensor([7]))


def test_a_label_that_is_no_whole_number_is_refused(data):
    """3.7 is not class 3."""
    with pytest.raises(TypeError):
        mu.forget_class(data, 3.7)


def test_a_scenario_and_a_target_that_scores_would_branch_on_must_exist(data):
    """Another spelling would silently be scored as single samples; a label out of range or missing is no target."""
    parts = torch.arange(10), torch.arange(10, 150)
    with pytest.raises(ValueError, match="unknown scenario 'Class'; choose one of class, some"):
        Task(data, "Class", *parts, target=3)
    for target in (10, -1):
        with pytest.raises(ValueError, match=f"target {target} is no label"):
            Task(data, "class", *parts, target=target)
    for scenario, needed in (
        ("class", "target"),
        ("rare", "target"),
        ("poisoned", "target"),
        ("subclass", "fine_target"),
    ):
        with pytest.raises(ValueError, match=f"scenario '{scenario}' needs a {needed}"):
            Task(data, scenario, *parts, target=3 if scenario == "subclass" else None)
    assert Task(data, "some", *parts).target is None  # picked by hand


def test_a_scenario_of_ones_own_has_the_samples_that_its_name_says(data):
    """Scores go by the name. Breaks if a part of a class passes for the class, or with another target, which would
    count test images of a known class as forgotten."""
    made = make(data)
    for scenario in ("class", "rare", "subclass", "poisoned"):
        task = made[scenario]
        replace(task, forget_indices=task.forget_indices[:3])  # the rest is left out
        wrong = {"fine_target": 8} if scenario == "subclass" else {"target": 4}
        moved = {"forget_indices": task.forget_indices[1:],
                 "retain_indices": torch.cat([task.retain_indices, task.forget_indices[:1]])}  # fmt: skip
        for change in (wrong, moved) if task.whole_class else (wrong,):
            with pytest.raises(ValueError, match=f"in scenario '{scenario}' all samples to forget"):
                replace(task, **change)
    replace(made["poisoned"], **moved)  # retained samples may have its target's label
    with pytest.raises(ValueError, match="no fine labels"):
        replace(made["subclass"], data=replace(data, train=replace(data.train, fine=None)))


def test_a_retained_sample_has_no_number_of_one_to_forget(data):
    """By `indices` a ledger knows samples apart. Breaks if those of data joined from two sets count from 0 twice."""
    twice = replace(data, train=replace(data.train, indices=torch.arange(150) % 75))
    with pytest.raises(ValueError, match=r"data\.train\.indices"):
        mu.forget_class(twice, 3)
    mu.Task(twice, "some", torch.arange(150), torch.arange(0))  # all of them: nothing to confuse
