"""SCAR: its Gaussians by an independent route, targets, the teacher, and that nothing is read that must not be."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

import mu
from mu.metrics import accuracy
from mu.models import embed, predict
from mu.unlearning.move_features import nearest_other
from mu.unlearning.scar import Gaussians, root, scar, scar_as_published, shrink

RECIPE = mu.Recipe(epochs=40, batch_size=32, lr=1e-2)
SHORT = mu.Recipe(epochs=1, batch_size=32, lr=1e-2)


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=15, batch_size=16, lr=1e-2))


@pytest.fixture(scope="module")
def surrogate():
    """Images that no task here holds: the part of `synthetic` that the cut of the fixtures leaves out."""
    return mu.load_dataset("synthetic").train[400:]


def test_gaussians_by_an_independent_route():
    """Mean, shrunk correlation and distance of two classes, in numpy and by a solve; one shrinkage would differ."""
    rng = np.random.default_rng(0)
    found, labels = rng.gamma(2.0, size=(40, 3)), np.arange(40) % 2
    points = rng.gamma(2.0, size=(5, 3))
    classes = Gaussians.of(torch.tensor(found), torch.tensor(labels), 3)
    unit = lambda a: a / np.linalg.norm(a, axis=-1, keepdims=True)
    for k in (0, 1):
        s = np.cov(np.sqrt(found[labels == k]), rowvar=False)
        for _ in range(2):
            v1, v2 = np.trace(s) / 3, (s.sum() - np.trace(s)) / 6
            s = s + 3 * v1 * np.eye(3) + 3 * v2 * (1 - np.eye(3))
        s = s / np.sqrt(np.outer(np.diag(s), np.diag(s)))
        away = unit(np.sqrt(points)) - unit(np.sqrt(found[labels == k]).mean(0))
        expected = (away * np.linalg.solve(s, away.T).T).sum(1)
        assert np.allclose(classes.distances(torch.tensor(points))[:, k].numpy(), expected, rtol=1e-4)
    assert classes.present.tolist() == [True, True, False]


def test_shrinking_by_hand():
    """[[1, 2, 0], [2, 3, 0], [0, 0, 5]]: v1 = 3; v2 = 2, the mean of two entries; the four zeros do not count."""
    s = torch.tensor([[1.0, 2.0, 0.0], [2.0, 3.0, 0.0], [0.0, 0.0, 5.0]])
    assert shrink(s, 2.0).tolist() == [[7, 6, 4], [6, 9, 4], [4, 4, 11]]


def test_the_root_keeps_the_sign_and_has_a_gradient_at_zero():
    """sqrt of 4, 0 and -9; torch.pow would give an infinite gradient at 0 and NaN below."""
    found = torch.tensor([[4.0, 0.0, -9.0]], requires_grad=True)
    assert root(found).tolist() == [[2, 0, -3]]
    root(found).sum().backward()
    assert torch.allclose(found.grad, torch.tensor([[1 / 4, 0, 1 / 6]]))


def test_a_class_of_one_image_or_of_one_image_twice_is_left_out():
    """It has no covariance; the others do, all finite."""
    found = torch.tensor([[1.0, 2], [2, 3], [4, 1], [5, 5], [7, 7], [7, 7]])
    classes = Gaussians.of(found, torch.tensor([0, 0, 0, 1, 2, 2]), 3)
    assert classes.present.tolist() == [True, False, False]
    assert classes.distances(found).isfinite().all()


def test_features_move_to_the_nearest_wrong_class(original, task, surrogate):
    """Distance to the target of the start falls for every sample; with the sign turned it rises."""
    predicted = predict(original, surrogate).argmax(1)
    kept = predicted != 3
    classes = Gaussians.of(embed(original, surrogate[kept]), predicted[kept], 10)
    before = classes.distances(embed(original, task.forget))
    target = nearest_other(before, task.forget.labels, classes.present)[:, None]
    moved = scar(original, task.forget, surrogate, recipe=RECIPE, weight_keep=0.0, stop_at=-1)
    after = classes.distances(embed(moved, task.forget))
    assert (after.gather(1, target) < before.gather(1, target)).all()
    assert after.gather(1, target).mean() < 0.5 * before.gather(1, target).mean()


@pytest.mark.parametrize("published", [False, True])
def test_it_forgets_and_keeps(original, task, surrogate, published):
    """At most one percent of the forget set, most of the retain set, which only the published form is handed."""
    data = (task.forget, task.retain, surrogate) if published else (task.forget, surrogate)
    moved = (scar_as_published if published else scar)(original, *data, recipe=RECIPE)
    assert accuracy(predict(original, task.forget), task.forget.labels) > 50
    assert accuracy(predict(moved, task.forget), task.forget.labels) <= 1
    kept = accuracy(predict(original, task.retain), task.retain.labels)
    assert accuracy(predict(moved, task.retain), task.retain.labels) > kept - 15


def test_the_forms_differ_in_the_statistics_alone(original, task, surrogate, same):
    """With the surrogate images under predicted labels as retain set, the published form is bitwise ours."""
    predicted = predict(original, surrogate).argmax(1)
    stand_in = replace(surrogate, labels=predicted)[predicted != 3]
    ours = scar(original, task.forget, surrogate, recipe=SHORT)
    assert same(scar_as_published(original, task.forget, stand_in, surrogate, recipe=SHORT), ours)
    assert not same(scar_as_published(original, task.forget, task.retain, surrogate, recipe=SHORT), ours)


def test_surrogate_labels_are_never_read(original, task, surrogate, same):
    """With every one of them wrong the result is bitwise the same, by both forms."""
    wrong = replace(surrogate, labels=torch.full_like(surrogate.labels, -1))
    ours = scar(original, task.forget, surrogate, recipe=SHORT)
    assert same(scar(original, task.forget, wrong, recipe=SHORT), ours)
    theirs = scar_as_published(original, task.forget, task.retain, surrogate, recipe=SHORT)
    assert same(scar_as_published(original, task.forget, task.retain, wrong, recipe=SHORT), theirs)


def test_distillation_has_nothing_to_do_unless_a_class_goes(original, task, surrogate, flat):
    """lambda_1 = 0: at the start the model is its own teacher, so nothing moves; a lowered logit is to be learned.

    One full batch of plain SGD. Dropped images are seen by no step: adding more of them changes nothing.
    """
    one = mu.Recipe(epochs=1, batch_size=512, optimizer="sgd", lr=0.1)
    options = {"weight_forget": 0.0, "recipe": one, "stop_at": -1}
    still = scar(original, task.forget, surrogate, whole_class=False, **options)
    assert torch.allclose(flat(still), flat(original), atol=1e-5)
    learned = scar(original, task.forget, surrogate, **options)
    assert (flat(learned) - flat(original)).abs().max() > 1e-2
    kept = surrogate[predict(original, surrogate).argmax(1) != 3]
    assert len(kept) < len(surrogate)
    assert torch.allclose(flat(scar(original, task.forget, kept, **options)), flat(learned), atol=1e-6)


def test_the_teachers_logit_of_a_forgotten_class_is_the_least_of_all(original, task, surrogate, flat):
    """Six full-batch steps of lambda_2 KL by hand: softmax of the teacher's logits, class 3 at the least of all."""
    one = mu.Recipe(epochs=1, batch_size=512, optimizer="sgd", lr=0.1)
    kept = surrogate[predict(original, surrogate).argmax(1) != 3]
    teacher = predict(original, kept)
    teacher[:, 3] = teacher.min()
    numbers = replace(kept, labels=torch.arange(len(kept)))

    def by_hand(logits, i):
        p = teacher[i].softmax(1)
        return 5 * (p * (p.log() - logits.log_softmax(1))).sum(1).mean()

    expected = mu.train(original, numbers, replace(one, epochs=6), loss=by_hand)
    moved = scar(original, task.forget, surrogate, weight_forget=0.0, recipe=one)
    assert torch.allclose(flat(moved), flat(expected), atol=1e-5)


def test_it_stops_in_the_third_pass_at_the_earliest(original, task, surrogate, flat):
    """stop_at = 100 is met from the start: 13 steps, two passes of six and one. Without the rule there are 18."""
    steps = mu.Recipe(epochs=3, batch_size=512, optimizer="sgd", lr=1e-3)
    ended, whole = (scar(original, task.forget, surrogate, recipe=steps, stop_at=s) for s in (100, -1))
    two = scar(original, task.forget, surrogate, recipe=replace(steps, epochs=2), stop_at=100)
    # Of plain SGD with a small rate on full batches, every step is about as long.
    lengths = [(flat(m) - flat(original)).norm() for m in (two, ended, whole)]
    assert lengths[1] / lengths[0] == pytest.approx(13 / 12, rel=0.02)
    assert lengths[2] / lengths[0] == pytest.approx(18 / 12, rel=0.05)


def test_what_cannot_be_is_refused(original, task, surrogate):
    """No surrogate image of another class; one class alone; every class "forgotten" by a random subset."""
    predicted = predict(original, surrogate).argmax(1)
    with pytest.raises(ValueError, match="every surrogate image"):
        scar(original, task.forget, surrogate[predicted == 3])
    with pytest.raises(ValueError, match="another class to move to; classes with enough images: none"):
        scar(original, task.forget, surrogate[predicted != 3][:1])
    with pytest.raises(ValueError, match="whole_class=False"):
        scar(original, task.train, surrogate)
    scar(original, task.train, surrogate, recipe=SHORT, whole_class=False)


def test_statistics_stay_if_asked(task, normed, surrogate):
    """`frozen_norm`: batch-norm buffers bitwise; without it surrogate images move them."""
    model = mu.train(normed(0), task.train, mu.Recipe(epochs=3, batch_size=32))
    frozen, free = (scar(model, task.forget, surrogate, recipe=SHORT, frozen_norm=f) for f in (True, False))
    assert torch.equal(frozen[3].running_mean, model[3].running_mean)
    assert not torch.equal(free[3].running_mean, model[3].running_mean)


def test_it_is_repeatable_and_leaves_no_trace(original, task, surrogate, same):
    """Same seed, bitwise the same; another seed, another order; the caller's random state and the model stay."""
    state, before = torch.get_rng_state(), {name: value.clone() for name, value in original.state_dict().items()}
    first = scar(original, task.forget, surrogate, recipe=SHORT, stop_at=-1, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in original.state_dict().items())
    assert first.state_dict().keys() == before.keys()
    assert same(scar(original, task.forget, surrogate, recipe=SHORT, stop_at=-1, seed=1), first)
    assert not same(scar(original, task.forget, surrogate, recipe=SHORT, stop_at=-1, seed=2), first)


def test_a_pruned_model_stays_pruned(task, normed, surrogate):
    """Masked weights are zero after the steps as before; negative features make no NaN."""
    model = mu.train(normed(0), task.train, mu.Recipe(epochs=3, batch_size=32))
    pruned = mu.masks.apply_masks(model, mu.pruning.magnitude_masks(model, 50))
    assert (embed(model, task.forget) < 0).any()
    moved = scar(pruned, task.forget, surrogate, recipe=SHORT)
    assert (moved[2].weight == 0).sum() == 18
    assert functional.softmax(predict(moved, task.forget), 1).isfinite().all()


def test_steps_without_distillation_by_hand(original, task, surrogate, flat):
    """lambda_2 = 0: six full-batch steps of SGD down lambda_1 times the *mean* distance of the forget set to the
    target of the start, by autograd. Breaks with a sum, or if targets follow the model."""
    one = mu.Recipe(epochs=1, batch_size=512, optimizer="sgd", lr=1e-3)
    predicted = predict(original, surrogate).argmax(1)
    kept = predicted != 3
    classes = Gaussians.of(embed(original, surrogate[kept]), predicted[kept], 10)
    distances = classes.distances(embed(original, task.forget))
    target = nearest_other(distances, task.forget.labels, classes.present)
    model = copy.deepcopy(original)
    for _ in range(6):
        away = classes.distances(model[:-1](task.forget.images))[torch.arange(6), target]
        gradients = torch.autograd.grad(2.0 * away.sum() / 6, [*model[:-1].parameters()])
        for p, g in zip(model[:-1].parameters(), gradients, strict=True):
            p.data -= 1e-3 * g
    moved = scar(original, task.forget, surrogate, weight_forget=2.0, weight_keep=0.0, recipe=one, stop_at=-1)
    assert (flat(model) - flat(original)).norm() > 1e-3
    assert torch.allclose(flat(moved), flat(model), rtol=0, atol=1e-6)


def test_two_images_make_a_class():
    """Two that differ have a covariance, one has none. Breaks if three are asked for."""
    classes = Gaussians.of(torch.tensor([[1.0, 2], [4, 1], [5, 5]]), torch.tensor([0, 0, 1]), 2)
    assert classes.present.tolist() == [True, False]
