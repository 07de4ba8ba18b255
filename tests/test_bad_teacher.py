"""Bad teacher: who teaches what, and what is forgotten of it."""

import importlib
from dataclasses import replace

import pytest
import torch

import mu
from mu.data import APART
from mu.metrics import accuracy
from mu.models import predict, reinitialise
from mu.unlearning.bad_teacher import bad_teacher

STEP = mu.Recipe(epochs=1, batch_size=200, optimizer="sgd", lr=0.5)


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=20, batch_size=16, lr=1e-2))


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_one_step_by_hand(original, task, flat, temperature):
    """The original has no divergence from itself, so the first step is that of the forget set alone, over n_f + n_s.

    KL(bad || student) written out in probabilities; the gradient is that of its cross-entropy. Teachers or arguments
    swapped, a mean over entries, another share than 30 % of 135 (40 samples) or T in one softmax alone fail this.
    """
    stepped = bad_teacher(original, task.forget, task.retain, temperature=temperature, recipe=STEP, seed=7)
    with torch.no_grad():
        p = (reinitialise(original, APART + 7)(task.forget.images) / temperature).softmax(1)
    q = (original(task.forget.images) / temperature).softmax(1)
    loss = -(p * q.log()).sum() / (len(task.forget) + 40)
    gradient = torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(original.parameters()))])
    assert gradient.abs().max() > 1e-3
    torch.testing.assert_close(flat(stepped), flat(original) - 0.5 * gradient, rtol=0, atol=1e-6)


def test_labels_are_not_read(original, task, same):
    """With every label 0 the result is bitwise the same."""
    blank = [replace(part, labels=torch.zeros_like(part.labels)) for part in (task.forget, task.retain)]
    recipe = mu.Recipe(epochs=2, batch_size=16, lr=1e-2)
    expected = bad_teacher(original, task.forget, task.retain, recipe=recipe)
    assert same(bad_teacher(original, *blank, recipe=recipe), expected)


def test_the_forget_set_is_taught_ignorance_and_the_rest_is_kept(original, task):
    """On the forget set the student ends ten times nearer to the random network than it began; its accuracy on the
    rest stays. A student taught by one teacher alone fails one of the two."""
    recipe = mu.Recipe(epochs=30, batch_size=16, lr=1e-2)
    student = bad_teacher(original, task.forget, task.retain, recipe=recipe)
    bad = predict(reinitialise(original, APART), task.forget)
    before, after = (mu.metrics.kl(bad, predict(model, task.forget)) for model in (original, student))
    assert after < 0.1 * before
    assert accuracy(predict(student, task.forget), task.forget.labels) < 50
    kept = [accuracy(predict(model, task.retain), task.retain.labels) for model in (original, student)]
    assert kept[1] > kept[0] - 10


def test_batch_norms_of_the_teachers_do_not_see_the_batch(task, normed, flat):
    """The step by hand with both teachers in evaluation mode and the student in training mode; batch norms tell them
    apart. Any of the three in the other mode fails this."""
    model = mu.train(normed(), task.train, mu.Recipe(epochs=5, lr=1e-2))
    stepped = bad_teacher(model, task.forget, task.retain, share=1.0, recipe=STEP, seed=7)
    images = torch.cat([task.forget.images, task.retain.images])
    with torch.no_grad():
        parts = reinitialise(model, APART + 7).eval()(task.forget.images), model.eval()(task.retain.images)
        p = torch.cat(parts).softmax(1)
    student = mu.train(model, task.forget, mu.Recipe(epochs=0)).train()
    loss = -(p * student(images).log_softmax(1)).sum() / len(images)
    gradient = torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(student.parameters()))])
    torch.testing.assert_close(flat(stepped), flat(model) - 0.5 * gradient, rtol=0, atol=1e-5)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_is_none_is_refused(original, task, temperature):
    """By a message that names it."""
    with pytest.raises(ValueError, match=f"above 0, not {temperature}"):
        bad_teacher(original, task.forget, task.retain, temperature=temperature)


def test_the_teacher_is_not_what_a_model_of_that_seed_began_as(task, small, monkeypatch):
    """It must know nothing, and be no relative. Breaks if it is drawn with the plain seed."""
    drawn = []
    module = importlib.import_module("mu.unlearning.bad_teacher")  # the package has the function under this name
    real = module.reinitialise
    monkeypatch.setattr(module, "reinitialise", lambda model, seed: drawn.append(real(model, seed)) or drawn[-1])
    original = mu.build_model("mlp", task.data, seed=0)
    mu.unlearn("bad-teacher", original, task, seed=0)
    assert not torch.equal(next(drawn[0].parameters()), next(original.parameters()))
