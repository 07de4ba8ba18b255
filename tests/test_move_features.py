"""The choice of a target class, and steps on two batches at once."""

import pytest
import torch
from torch import nn

import mu
from mu.data import Samples
from mu.unlearning import steps as module
from mu.unlearning.move_features import HOLD, move_features, nearest_other

RECIPE = mu.Recipe(batch_size=4, optimizer="sgd", lr=0.1)


def test_the_nearest_other_class_is_neither_ones_own_nor_absent():
    """Three samples at hand: the nearest is taken, unless it is the own class or absent, then the next."""
    distances = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4], [0.3, 0.0, 0.2, 0.1]])
    present = torch.tensor([True, False, True, True])
    assert nearest_other(distances, torch.tensor([1, 0, 3]), present).tolist() == [0, 2, 2]
    with pytest.raises(ValueError, match="classes with enough images: 2"):
        nearest_other(distances, torch.tensor([1, 0, 2]), torch.arange(4) == 2)


def test_batches_of_the_forget_set_take_turns(task, small):
    """Positions handed to `distance`: 0-3 for `HOLD` steps, 4-5 for `HOLD`, 0-3 again; so many steps and no more."""
    seen = []

    def distance(found, i):
        seen.append(i.tolist())
        return found.sum() * 0

    move_features(
        small(0), task.forget, task.retain, RECIPE, distance=distance,
        loss=lambda logits, labels: logits.sum() * 0, steps=2 * HOLD + 3, seed=0,
    )  # fmt: skip
    assert seen == [[0, 1, 2, 3]] * HOLD + [[4, 5]] * HOLD + [[0, 1, 2, 3]] * 3


def test_one_step_by_hand(task, small, flat):
    """- lr times the gradient of distance (forget features) + loss (other images), by autograd on the model."""
    one = mu.Recipe(batch_size=len(task.retain), optimizer="sgd", lr=0.1)
    options = {"distance": lambda found, i: found[i].square().sum(), "loss": nn.functional.cross_entropy}
    moved = move_features(small(0), task.forget, task.retain, one, steps=1, seed=0, **options)
    model = small(0).eval()
    forgotten, logits = model[:-1](task.forget.images), model(task.retain.images)
    value = forgotten.square().sum() + nn.functional.cross_entropy(logits, task.retain.labels)
    gradient = torch.cat([g.flatten() for g in torch.autograd.grad(value, list(model.parameters()))])
    assert torch.allclose(flat(moved) - flat(model), -0.1 * gradient.double(), atol=1e-6)


def test_it_stops_when_the_forget_set_is_forgotten(task, small):
    """Looked at every third step only, and not once it is."""
    forget = Samples(task.forget.images, small(0).eval()(task.forget.images).argmax(1), task.forget.indices)
    bias = torch.zeros(10).index_fill(0, forget.labels, -1.0)  # a loss that takes their logits down
    steps = []

    def loss(logits, _):
        steps.append(len(steps))
        return -(logits * bias).sum()

    move_features(
        small(0), forget, task.retain, RECIPE, distance=lambda found, _: found.sum() * 0, loss=loss,
        steps=60, stop_at=0.0, every=3, seed=0,
    )  # fmt: skip
    assert len(steps) < 60
    assert len(steps) % 3 == 0


def test_a_look_takes_in_samples_from_the_whole_forget_set(task, small, monkeypatch):
    """Every few of a large one, to its end. The first ones alone, or all of them, fail this."""
    seen = []
    monkeypatch.setattr(module, "LOOK_AT", 4)
    monkeypatch.setattr(module, "at_most", lambda percent, model, samples: seen.append(samples))
    move_features(
        small(0), task.forget, task.retain, RECIPE, distance=lambda found, _: found.sum() * 0,
        loss=lambda logits, _: logits.sum() * 0, steps=2, stop_at=-1.0, seed=0,
    )  # fmt: skip
    (looked,) = seen
    assert looked.indices.tolist() == task.forget.indices[[0, 2, 4]].tolist()
