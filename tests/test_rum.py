"""RUM: which samples each stage is given, and what decides it."""

import importlib

import pytest
import torch

import mu
from mu.unlearning.fine_tune import fine_tune
from mu.unlearning.rum import hardness, rum, thirds
from mu.unlearning.salun import salun

module = importlib.import_module("mu.unlearning.rum")  # `mu.unlearning.rum` may be the function
SHORT = mu.Recipe(epochs=2, batch_size=32, optimizer="sgd", lr=0.01)
TUNING = mu.Recipe(epochs=1, batch_size=32, optimizer="sgd", lr=0.02)
SCORES = torch.tensor([0.3, 0.9, 0.0, 0.5, 0.1, 0.8])  # low: 2, 4; middle: 0, 3; high: 5, 1


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(), task.train, mu.Recipe(epochs=5, batch_size=32, lr=1e-2))


def test_thirds_by_score():
    """Ascending, disjoint and complete; with 7 or 8 the earlier parts are larger; ties by position. Breaks if high
    scores come first."""
    images = torch.zeros(8, 1, 2, 2, dtype=torch.uint8)
    samples = mu.Samples(images, torch.zeros(8, dtype=torch.int64), torch.arange(8))
    parts = [part.indices.tolist() for part in thirds(samples[:6], SCORES)]
    assert parts == [[2, 4], [0, 3], [5, 1]]
    assert [part.indices.tolist() for part in thirds(samples, torch.ones(8))] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert [len(part) for part in thirds(samples[:7], torch.ones(7))] == [3, 2, 2]


def test_what_each_stage_sees(original, task, monkeypatch):
    """Fine-tuning: the retain set and the high third, of the model given. SalUn: the high third to forget, the retain
    set alone to keep, of the fine-tuned model. Breaks if a stage keeps what an earlier one forgot, or drops what
    is not yet to go."""
    calls = []

    def spy(name):
        def stage(model, *parts, **options):
            calls.append((name, model, [sorted(part.indices.tolist()) for part in parts], options))
            return object()

        return stage

    for name in ("fine_tune", "salun"):
        monkeypatch.setattr(module, name, spy(name))
    rum(original, task.forget, task.retain, memorisation=SCORES, share=0.3, tuning=TUNING, recipe=SHORT, seed=5)
    (first, given, kept, tuning), (second, tuned, parts, options) = calls
    high = sorted(task.forget.indices[[5, 1]].tolist())
    retain = task.retain.indices.tolist()
    assert (first, second) == ("fine_tune", "salun")
    assert given is original
    assert tuned is not original
    assert kept == [sorted(retain + high)]
    assert parts == [high, retain]
    assert tuning == {"recipe": TUNING, "seed": 5}
    assert options == {"share": 0.3, "recipe": SHORT, "seed": 5}


def test_equals_its_stages(original, task, same):
    """Bitwise fine-tuning followed by SalUn, by hand."""
    high = task.forget[torch.tensor([5, 1])]
    tuned = fine_tune(original, task.retain + high, recipe=TUNING, seed=2)
    expected = salun(tuned, high, task.retain, recipe=SHORT, seed=2)
    found = rum(original, task.forget, task.retain, memorisation=SCORES, tuning=TUNING, recipe=SHORT, seed=2)
    assert same(found, expected)


def test_only_the_order_of_the_scores_counts(original, task, same):
    """Any increasing function of them gives the same model; scores turned round do not. Samples of the low and the
    middle third may change places."""
    options = {"tuning": TUNING, "recipe": SHORT}
    first = rum(original, task.forget, task.retain, memorisation=SCORES, **options)
    assert same(rum(original, task.forget, task.retain, memorisation=SCORES.exp() * 7, **options), first)
    assert not same(rum(original, task.forget, task.retain, memorisation=-SCORES, **options), first)
    swapped = torch.tensor([0.1, 0.9, 0.5, 0.0, 0.3, 0.8])
    assert same(rum(original, task.forget, task.retain, memorisation=swapped, **options), first)


def test_hardness_is_one_minus_the_probability_of_the_label(original, task, same):
    """Against a softmax written out; `rum` takes it where there are no scores. Breaks if it is that of the likeliest
    label, or ranks the other way."""
    odds = original(task.forget.images).double().exp().detach()
    expected = 1 - (odds / odds.sum(1, keepdim=True))[torch.arange(6), task.forget.labels]
    assert torch.allclose(hardness(original, task.forget), expected)
    options = {"tuning": TUNING, "recipe": SHORT}
    with_scores = rum(original, task.forget, task.retain, memorisation=expected, **options)
    assert same(rum(original, task.forget, task.retain, **options), with_scores)


def test_hardness_tells_certain_samples_apart(small):
    """Logits 20 to 30 above all others, for which 1 - probability is 0 in single precision, rank as they should."""
    model = small()
    torch.nn.init.zeros_(model[6].weight)
    images = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    scores = []
    for margin in (20.0, 25.0, 30.0):
        with torch.no_grad():
            model[6].bias[0], model[6].bias[1:] = margin, 0.0
        scores.append(hardness(model, mu.Samples(images, torch.tensor([0]), torch.tensor([0]))).item())
    assert scores[0] > scores[1] > scores[2] > 0


@pytest.mark.parametrize(("count", "scores"), [(2, 2), (6, 5)])
def test_too_few_samples_or_scores_are_refused(original, task, count, scores):
    """By a message with both numbers."""
    with pytest.raises(ValueError, match=f"{count} and \\({scores},\\)"):
        rum(original, task.forget[:count], task.retain, memorisation=torch.zeros(scores))
