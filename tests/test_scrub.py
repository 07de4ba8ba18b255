"""SCRUB: against a loop with one torch optimiser, and where it moves nothing at all."""

import copy
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

import mu
from mu.metrics import divergence
from mu.models import predict
from mu.unlearning.fine_tune import fine_tune
from mu.unlearning.scrub import scrub

RECIPE = mu.Recipe(epochs=3, batch_size=1000, optimizer="sgd", lr=0.05, momentum=0.9, weight_decay=0.01)


@pytest.fixture(scope="module")
def original(task, normed):
    return mu.train(normed(), task.train, mu.Recipe(epochs=5, batch_size=32, lr=1e-2))


@pytest.fixture(scope="module")
def plain(task, small):
    """Without batch norm."""
    return mu.train(small(), task.train, mu.Recipe(epochs=5, batch_size=32, lr=1e-2))


def distance(teacher, student, t):
    """t^2 KL(teacher || student), mean over samples, written out."""
    p, q = (teacher / t).softmax(1), (student / t).softmax(1)
    return t**2 * (p * (p.log() - q.log())).sum(1).mean()


def by_hand(model, forget, retain, *, gamma, alpha, temperature, max_epochs):
    """Whole-set batches and a single `torch.optim.SGD` for all passes."""
    teacher, student = copy.deepcopy(model).eval(), copy.deepcopy(model).train()
    optimizer = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
    for epoch in range(RECIPE.epochs):
        for part in (forget, retain)[epoch >= max_epochs :]:
            away = -distance(teacher(part.images).detach(), student(part.images), temperature)
            if part is forget:
                loss = away
            else:
                logits = student(part.images)
                kept = distance(teacher(part.images).detach(), logits, temperature)
                loss = gamma * functional.cross_entropy(logits, part.labels) + alpha * kept
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return student.eval()


@pytest.mark.parametrize("max_epochs", [0, 1, 2])
def test_equals_a_loop_with_one_optimiser(original, task, flat, max_epochs):
    """Three epochs on whole sets, shuffled forget samples included. Breaks if momentum restarts, the order of passes
    or a sign changes, T squared or a weight is missing, or teacher rows are looked up in the wrong place."""
    options = {"gamma": 0.6, "alpha": 0.8, "temperature": 3.0, "max_epochs": max_epochs}
    expected = flat(by_hand(original, task.forget, task.retain, **options))
    found = flat(scrub(original, task.forget, task.retain, **options, forget_batch=1000, recipe=RECIPE))
    assert torch.allclose(found, expected, atol=1e-5)
    assert (expected - flat(original)).abs().max() > 0.01


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_without_its_teacher_it_is_fine_tuning(plain, task, flat, schedule):
    """gamma 1, alpha 0 and no pass over the forget set, on whole sets: fine-tuning with its momentum, weight decay
    and schedule. Breaks if any of these restarts with an epoch."""
    recipe = replace(RECIPE, schedule=schedule, epochs=6)
    found = scrub(plain, task.forget, task.retain, gamma=1.0, alpha=0.0, max_epochs=0, recipe=recipe)
    assert torch.allclose(flat(found), flat(fine_tune(plain, task.retain, recipe=recipe)), atol=1e-5)


def test_adam_is_fine_tuning_for_one_epoch(plain, task, flat):
    """Three steps on copies of one sample, so that their order is no matter. Breaks if momentum, of which Adam knows
    nothing, is applied, or weight decay twice."""
    copies = task.retain[torch.zeros(60, dtype=torch.int64)]
    recipe = mu.Recipe(epochs=1, batch_size=20, optimizer="adam", lr=1e-2, momentum=0.9, weight_decay=0.1)
    found = scrub(plain, task.forget, copies, gamma=1.0, alpha=0.0, max_epochs=0, recipe=recipe)
    assert torch.allclose(flat(found), flat(fine_tune(plain, copies, recipe=recipe)), atol=1e-5)


def test_the_first_pass_over_the_forget_set_has_no_gradient(plain, original, task, flat):
    """Student and teacher are equal, where the divergence is least: without batch norm nothing moves, with it (which
    uses the batch's statistics) it does. Breaks if the retain pass comes first."""
    recipe = mu.Recipe(epochs=1, batch_size=1000, optimizer="sgd", lr=1.0)
    for model, moves in ((plain, False), (original, True)):
        with_pass, without = (
            flat(scrub(model, task.forget, task.retain, max_epochs=n, forget_batch=3, recipe=recipe)) for n in (1, 0)
        )
        assert ((with_pass - without).abs().max() > 1e-2) == moves


def test_every_pass_over_the_forget_set_takes_it_further_away(original, task):
    """None to three of them: the divergence from the teacher rises there. Breaks if the passes minimise it."""
    recipe = mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.01, momentum=0.9)
    far = []
    for n in range(4):
        model = scrub(original, task.forget, task.retain, max_epochs=n, forget_batch=3, recipe=recipe)
        far.append(divergence(predict(original, task.forget), predict(model, task.forget)))
    assert far[0] < far[1] < far[2] < far[3]


def test_batches_differ_between_epochs_and_seeds(plain, task, flat):
    """Two epochs are not one order twice: a second epoch with the seed of the first would repeat it."""
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, x):
            if self.training:
                seen.append(int(x.long().sum()))
            return x

    model = torch.nn.Sequential(Spy(), *plain)
    recipe = mu.Recipe(epochs=2, batch_size=47, optimizer="sgd", lr=1e-3)
    first = flat(scrub(model, task.forget, task.retain, max_epochs=0, recipe=recipe))
    assert len(seen) == 6
    assert seen[:3] != seen[3:]
    assert not torch.equal(flat(scrub(model, task.forget, task.retain, max_epochs=0, recipe=recipe, seed=1)), first)


def test_an_empty_forget_batch_is_refused(plain, task):
    with pytest.raises(ValueError, match="batch_size"):
        scrub(plain, task.forget, task.retain, forget_batch=0, recipe=RECIPE)


def test_no_epochs_return_a_copy(plain, task, same):
    """A new model of the same weights, not the one given."""
    result = scrub(plain, task.forget, task.retain, recipe=replace(RECIPE, epochs=0))
    assert result is not plain
    assert same(result, plain)
