"""LoTUS: what the targets are drawn from, how the temperature follows the accuracy, and when it stops."""

import copy
import math
from dataclasses import replace

import pytest
import torch

import mu
from mu.metrics import accuracy
from mu.models import predict
from mu.unlearning.lotus import draw_targets, lotus


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=20, batch_size=16, lr=1e-2))


def by_hand(model, task, alpha, unseen, recipe, seed):
    """The steps of SGD epoch by epoch; returns (model, temperatures of the epochs taken)."""
    model, temperatures = copy.deepcopy(model), []
    draw, shuffle = (torch.Generator().manual_seed(seed) for _ in range(2))
    images = torch.cat([task.forget.images, task.retain.some(0.3, seed).images])
    n = len(task.forget)
    with torch.no_grad():
        original = model(images)
    for _ in range(recipe.epochs):
        right = (model(task.forget.images).argmax(1) == task.forget.labels).sum().item() / n
        if right - unseen <= -0.01:
            break
        temperatures.append(math.exp(alpha * (right - unseen)))
        noisy = original - torch.empty(original.shape).exponential_(generator=draw).log()
        weights = noisy[:n].sub(noisy[:n].amax(1, keepdim=True)).div(temperatures[-1]).exp()
        targets = torch.zeros_like(noisy)
        targets[:n] = weights / weights.sum(1, keepdim=True)
        for row, best in enumerate(noisy[n:].max(1).indices, start=n):
            targets[row, best] = 1
        for batch in torch.randperm(len(images), generator=shuffle).split(recipe.batch_size):
            loss = -(targets[batch] * model(images[batch]).log_softmax(1)).sum() / len(batch)
            for p, g in zip(model.parameters(), torch.autograd.grad(loss, list(model.parameters()))):
                p.data -= recipe.lr * g
    return model, temperatures


@pytest.mark.parametrize("batch_size", [200, 20])  # of 46 samples: 1 and 3 steps an epoch
@pytest.mark.parametrize(
    ("alpha", "unseen", "lr"),
    [(32.0, 0.0, 0.05), (2.0, 0.5, 2.0), (0.5, 0.9, 0.05)],
    ids=["class", "stops", "subset"],
)
def test_it_is_the_plain_loop(original, task, flat, alpha, unseen, lr, batch_size):
    """SGD gives the weights of a loop written out, stop included.

    Accuracies in percent, a temperature or noise that is not renewed with the epoch, soft retained targets, a wrong
    sign in the exponent, or a stop that comes an epoch late fail this.
    """
    recipe = mu.Recipe(epochs=8, batch_size=batch_size, optimizer="sgd", lr=lr)
    options = {"alpha": alpha, "unseen_accuracy": unseen, "recipe": recipe, "seed": 3}
    result = lotus(original, task.forget, task.retain, **options)
    expected, temperatures = by_hand(original, task, alpha, unseen, recipe, seed=3)
    assert temperatures
    assert (len(temperatures) < 8) == (unseen == 0.5)
    torch.testing.assert_close(flat(result), flat(expected), rtol=0, atol=1e-5)


def test_it_does_not_begin_where_nothing_is_left_to_forget(original, task, same):
    """An unseen accuracy above that on the forget set: a copy of the original, in evaluation mode."""
    wrong = replace(task.forget, labels=(predict(original, task.forget).argmax(1) + 1) % 10)
    result = lotus(original, wrong, task.retain, unseen_accuracy=0.5)
    assert same(result, original)
    assert result is not original
    assert not result.training


def test_a_whole_class_never_stops_it(original, task, same):
    """With nothing known unseen and nothing left right, the accuracy cannot fall below: all epochs are run."""
    wrong = replace(task.forget, labels=(predict(original, task.forget).argmax(1) + 1) % 10)
    recipe = mu.Recipe(epochs=1, batch_size=200, optimizer="sgd", lr=1e-3)
    assert not same(lotus(original, wrong, task.retain, recipe=recipe), original)


def test_retained_targets_are_drawn_by_the_original_s_probabilities():
    """20,000 draws from logits of three classes: chi-square against their softmax; the largest logit fails this."""
    logits = torch.tensor([0.0, 1.0, -0.7])
    drawn = draw_targets(logits.expand(20_000, 3), 0, 5.0, torch.Generator().manual_seed(0))
    assert set(drawn.flatten().tolist()) == {0.0, 1.0}
    assert (drawn.sum(1) == 1).all()
    expected = 20_000 * logits.softmax(0)
    assert ((drawn.sum(0) - expected) ** 2 / expected).sum() < 13.8  # 2 degrees of freedom, p = 0.001


def test_forget_targets_are_blurred_by_the_temperature():
    """Rows sum to 1; as the temperature grows they become uniform, as it falls a draw by softmax; at 2 the logit
    differences of two classes are half of (their own plus a logistic number), of variance pi^2 / 3 / 4."""
    logits = torch.tensor([1.0, 0.0, 2.0]).expand(20_000, 3)
    hot, warm, cold = (draw_targets(logits, 20_000, t, torch.Generator().manual_seed(1)) for t in (1e14, 2.0, 1e-3))
    assert (hot - 1 / 3).abs().max() < 1e-6
    torch.testing.assert_close(warm.sum(1), torch.ones(20_000))
    difference = (warm[:, 0] / warm[:, 1]).log()
    assert difference.mean().item() == pytest.approx(0.5, abs=0.03)
    assert difference.var().item() == pytest.approx(math.pi**2 / 12, rel=0.05)
    assert cold.mean(0).tolist() == pytest.approx(logits[0].softmax(0).tolist(), abs=0.015)
    assert ((cold < 0.01) | (cold > 0.99)).float().mean() > 0.99


def test_retained_labels_are_not_read(original, task, same):
    """With every retained label 0 the result is bitwise the same; those of the forget set steer the temperature."""
    blank = replace(task.retain, labels=torch.zeros_like(task.retain.labels))
    recipe = mu.Recipe(epochs=2, batch_size=16, lr=1e-2)
    expected = lotus(original, task.forget, task.retain, recipe=recipe)
    assert same(lotus(original, task.forget, blank, recipe=recipe), expected)
    other = replace(task.forget, labels=(task.forget.labels + 1) % 10)
    assert not same(lotus(original, other, task.retain, recipe=recipe), expected)


def test_a_known_forget_set_is_blurred_and_the_rest_is_kept(original, task):
    """At alpha 32 the forget set's largest probability falls; retained accuracy stays."""
    model = lotus(original, task.forget, task.retain, recipe=mu.Recipe(epochs=3, batch_size=16, lr=3e-3))
    sure = [predict(m, task.forget).softmax(1).amax(1).mean() for m in (original, model)]
    kept = [accuracy(predict(m, task.retain), task.retain.labels) for m in (original, model)]
    assert sure[1] < sure[0] - 0.1
    assert kept[1] > kept[0] - 15


@pytest.mark.parametrize("unseen", [-0.1, 76.5])
def test_an_unseen_accuracy_in_percent_is_refused(original, task, unseen):
    """By a message that names it."""
    with pytest.raises(ValueError, match=f"0 to 1, not {unseen}"):
        lotus(original, task.forget, task.retain, unseen_accuracy=unseen)


def test_one_percent_below_is_where_it_stops(original, task, same):
    """None right and 1 % expected: that is the level of the stop, so nothing is trained; with half of that it is.
    Breaks if the accuracy has to fall below the level."""
    wrong = replace(task.forget, labels=(predict(original, task.forget).argmax(1) + 1) % 10)
    recipe = mu.Recipe(epochs=1, batch_size=200, optimizer="sgd", lr=1e-3)
    ended, begun = (lotus(original, wrong, task.retain, unseen_accuracy=u, recipe=recipe) for u in (0.01, 0.005))
    assert same(ended, original)
    assert not same(begun, original)
