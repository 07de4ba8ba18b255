"""Scores, against counting and summing in plain Python."""

import math
from dataclasses import fields

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.svm import SVC
from torch import nn

import mu
from mu import metrics
from mu.attacks import CONFIDENCE_STEPS
from mu.metrics import Outputs


def share(hits):
    hits = [bool(hit) for hit in hits]
    return 100 * sum(hits) / len(hits)


def right(logits, samples, where=None):
    """One bool per image: the position of the largest logit is the label."""
    places = range(len(samples)) if where is None else where
    return [max(range(10), key=lambda c: logits[i, c].item()) == samples.labels[i] for i in places]


def true_probability(logits, labels):
    return np.array([scipy.special.softmax(row)[label] for row, label in zip(logits.double().numpy(), labels)])


@pytest.fixture
def models(task, small):
    recipe = mu.Recipe(epochs=6, lr=1e-2)
    return mu.train(small(0), task.train, recipe), mu.train(small(1), task.retain, recipe)


def scenarios(data):
    return {
        "class": mu.forget_class(data, 3),
        "rare": mu.forget_rare(data, 3, 6),
        "some": mu.forget_some(data, 3, 6),
        "subclass": mu.forget_subclass(data, 7),
        "random": mu.forget_random(data, 0.2),
        "poisoned": mu.forget_poisoned(data, 0.2, target=2),
        "classes": mu.Task(data, "classes", *(where.nonzero().flatten() for where in two_classes(data.train))),
    }


def two_classes(samples):
    """Which samples are of class 3 or 5, and which are not."""
    asked = torch.isin(samples.labels, torch.tensor([3, 5]))
    return asked, ~asked


@pytest.mark.parametrize("scenario", ["class", "rare", "some", "subclass", "random", "poisoned", "classes"])
def test_scores_are_what_counting_gives(data, models, scenario):
    """Every field in every scenario; TA leaves the target out only where all of it is to be forgotten.

    Swapping retain and forget, target and non-target, or the direction of KL fails this.
    """
    task, (model, reference) = scenarios(data)[scenario], models
    scores = metrics.evaluate(model, task, reference)
    outs = {
        name: [mu.predict(m, part) for part in (task.forget, task.retain, task.test)]
        for name, m in (("model", model), ("reference", reference))
    }
    target = {
        "subclass": [i for i in range(80) if data.test.fine[i] == 7],
        "random": [],
        "poisoned": [],
        "classes": [i for i in range(80) if data.test.labels[i] in (3, 5)],
    }.get(scenario, [i for i in range(80) if data.test.labels[i] == 3])
    others = [i for i in range(80) if i not in target]
    tested = others if scenario in ("class", "classes", "rare", "subclass") else list(range(80))

    def count(name):
        forget, retain, test = outs[name]
        member = true_probability(retain, task.retain.labels)[: len(tested)]
        nonmember = true_probability(test[tested], task.test.labels[tested])
        forgotten = true_probability(forget, task.forget.labels)
        grid = lambda x: np.round(x * CONFIDENCE_STEPS) / CONFIDENCE_STEPS
        svc = SVC(C=3, gamma="auto")
        x = np.concatenate([grid(member), grid(nonmember)])[:, None]
        svc.fit(x, [1] * len(member) + [0] * len(nonmember))
        return {
            "ua": 100 - share(right(forget, task.forget)),
            "ra": share(right(retain, task.retain)),
            "ta": share(right(test, task.test, tested)),
            "target_accuracy": share(right(test, task.test, target)) if target else math.nan,
            "non_target_accuracy": share(right(test, task.test, others)),
            "mia_efficacy": share(svc.predict(grid(forgotten)[:, None]) == 0),
        }

    mine, theirs = count("model"), count("reference")
    for name, value in mine.items():
        assert getattr(scores, name) == pytest.approx(value, abs=1e-9, nan_ok=True), name
    gaps = {name: abs(mine[name] - theirs[name]) for name in ("ua", "ra", "ta", "mia_efficacy")}
    for name, value in gaps.items():
        assert getattr(scores, f"{name}_gap") == pytest.approx(value, abs=1e-9), name
    assert scores.avg_gap == pytest.approx(sum(gaps.values()) / 4, abs=1e-9)
    p, q = (scipy.special.softmax(outs[name][0].double().numpy(), axis=1) for name in ("reference", "model"))
    assert scores.kl == pytest.approx(np.mean([scipy.stats.entropy(a, b) for a, b in zip(p, q)]), rel=1e-9)
    assert scores.kl > 0


def test_members_of_the_attack_are_the_first_retain_samples(data, models):
    """As many members as non-members, in data-set order; taking all or the last ones gives another classifier."""
    task, (model, _) = mu.forget_random(data, 0.2), models
    out = metrics.outputs(model, task)
    odd = out._replace(retain=out.retain.clone())
    odd.retain[80:] = torch.nan  # beyond the 80 test images: must not be read, or the classifier refuses it
    labels = task.retain.labels
    first = mu.attacks.mia_efficacy(
        *(metrics.confidence(*pair) for pair in (
            (out.retain[:80], labels[:80]), (out.test, task.test.labels), (out.forget, task.forget.labels)
        ))
    )  # fmt: skip
    assert metrics.evaluate(odd, task).mia_efficacy == first


def test_fewer_members_than_others_thin_the_others_evenly():
    """The first ones alone would be one end of the test part, by whatever order it has."""
    members, others = metrics._as_many(torch.arange(3.0), torch.arange(10.0))
    assert members.tolist() == [0, 1, 2]
    assert others.tolist() == [0, 4, 9]
    members, others = metrics._as_many(torch.arange(10.0), torch.arange(3.0))
    assert (members.tolist(), others.tolist()) == ([0, 1, 2], [0, 1, 2])


def test_the_reference_has_no_gap_to_itself(task, models):
    """Zero gaps and zero divergence for the retrained model, given as model or as outputs, bitwise alike."""
    _, reference = models
    out = metrics.outputs(reference, task)
    for model in (reference, out):
        for other in (reference, out):
            scores = metrics.evaluate(model, task, other)
            assert [getattr(scores, f"{n}_gap") for n in ("ua", "ra", "ta", "mia_efficacy", "avg")] == [0] * 5
            assert scores.kl == pytest.approx(0, abs=1e-12)


def test_without_a_reference_there_are_no_gaps(task, models):
    """NaN, never 0, where nothing was compared; all other fields are finite here."""
    scores = metrics.evaluate(models[0], task)
    for f in fields(scores):
        missing = f.name == "kl" or f.name.endswith("_gap")
        assert math.isnan(getattr(scores, f.name)) == missing, f.name


def test_nothing_to_score_is_nan():
    """An empty set has no accuracy and no divergence: 0 or 100 would enter an average."""
    empty, none = torch.empty(0, 10), torch.empty(0, dtype=torch.int64)
    assert math.isnan(metrics.accuracy(empty, none))
    assert math.isnan(metrics.kl(empty, empty))
    assert metrics.confidence(empty, none).shape == (0,)


def test_accuracy_counts_samples():
    """Two of three right is 66.7 %, in full precision for large sets; averaging batches would fail the second."""
    logits = torch.tensor([[2.0, 1.0], [0.0, 5.0], [3.0, 1.0]])
    assert metrics.accuracy(logits, torch.tensor([0, 1, 1])) == pytest.approx(200 / 3, abs=1e-12)
    many = torch.zeros(60_000, 2)
    many[:, 0] = 1
    labels = torch.zeros(60_000, dtype=torch.int64)
    labels[:7] = 1
    assert metrics.accuracy(many, labels) == pytest.approx(100 * 59_993 / 60_000, abs=1e-10)


def test_log_odds_are_those_of_the_confidence_and_never_overflow():
    """log(p / (1 - p)), also where p rounds to 1 or to 0."""
    logits, labels = torch.tensor([[1.0, 2.0, -1.0], [0.0, 0.0, 3.0]]), torch.tensor([1, 0])
    p = logits.double().softmax(1)[[0, 1], labels]
    assert metrics.log_odds(logits, labels).tolist() == pytest.approx((p / (1 - p)).log().tolist())
    sure = torch.tensor([[500.0, 0.0, 0.0], [500.0, 0.0, 0.0]])
    found = metrics.log_odds(sure, torch.tensor([0, 1])).tolist()
    assert found == pytest.approx([500 - math.log(2), -500])


def test_confidence_is_the_softmax_of_the_true_label():
    """Closed form for two classes: a logistic of the difference; the largest probability instead fails this."""
    logits = torch.tensor([[1.0, 3.0], [1.0, 3.0], [100.0, -100.0]])
    expected = [1 / (1 + math.exp(2)), 1 / (1 + math.exp(-2)), 0.0]
    assert metrics.confidence(logits, torch.tensor([0, 1, 1])).tolist() == pytest.approx(expected, abs=1e-7)


def test_kl_has_its_closed_form_and_direction():
    """KL(p || q) of two coins, by hand; swapping the arguments gives another number. Extreme logits stay finite."""
    p, q = 0.9, 0.4
    logits = lambda x: torch.tensor([[math.log(x), math.log(1 - x)]])
    expected = p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))
    assert metrics.kl(logits(p), logits(q)) == pytest.approx(expected, rel=1e-6)
    assert metrics.kl(logits(q), logits(p)) != pytest.approx(expected, rel=0.1)
    both = torch.cat([logits(p), logits(q)]), torch.cat([logits(q), logits(q)])
    assert metrics.kl(*both) == pytest.approx(expected / 2, rel=1e-6)  # a mean over samples
    far = torch.tensor([[500.0, -500.0]])
    assert metrics.kl(far, -far) == pytest.approx(1000)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_divergence_has_its_closed_form_at_any_temperature(temperature):
    """Two classes whose logits differ by a and b are coins of chance sigmoid(a/T) and sigmoid(b/T).

    A mean over entries would be half of it, a factor T squared or swapped arguments another number. The gradient is
    that of a distillation: (student's minus teacher's chance) over T and the number of samples, none for the teacher.
    """
    a, b = torch.tensor([2.0, -1.0, 0.5]).double(), torch.tensor([-0.3, 0.7, 0.5]).double().requires_grad_()
    pair = lambda x: torch.stack([x, torch.zeros(3).double()], 1)
    value = metrics.divergence(pair(a), pair(b), temperature)
    coins = [[1 / (1 + math.exp(-x / temperature)) for x in side.tolist()] for side in (a, b)]
    each = [p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)) for p, q in zip(*coins)]
    assert value.item() == pytest.approx(sum(each) / 3, rel=1e-9)
    value.backward()
    assert b.grad.tolist() == pytest.approx([(q - p) / temperature / 3 for p, q in zip(*coins)], abs=1e-12)


@pytest.mark.parametrize("batch_size", [1, 7, 80, 512])
def test_predictions_do_not_depend_on_the_batches(data, normed, batch_size):
    """Ragged, single or one batch: the same logits in order, in evaluation mode; batch statistics would differ."""
    model = normed().eval()
    with torch.no_grad():
        expected = torch.cat([model(image[None]) for image in data.test.images])
    logits = mu.predict(model, data.test, batch_size)
    assert logits.dtype == torch.float32
    assert not logits.requires_grad
    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-6)


def test_predicting_leaves_the_model_as_it_was(data, normed, same):
    """Mode and batch-norm statistics stay, in training mode as well, and when the model fails half-way."""

    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, images):
            raise RuntimeError("no")

    for mode in (True, False):
        model = normed().train(mode)
        mu.predict(model, data.test)
        assert model.training == mode
        assert same(model, normed())
        broken = Broken().train(mode)
        with pytest.raises(RuntimeError, match="no"):
            mu.predict(broken, data.test)
        assert broken.training == mode
    assert torch.is_grad_enabled()


def test_predicting_nothing_gives_no_rows(data, small):
    """An empty set of images gives an empty table of logits."""
    assert mu.predict(small(), data.test[:0]).shape == (0, 10)


def test_scoring_changes_nothing(task, models, same):
    """Models and random state are as before evaluation."""
    model, reference = models
    before, state = {k: v.clone() for k, v in model.state_dict().items()}, torch.get_rng_state()
    metrics.evaluate(model, task, reference)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)


def test_outputs_are_in_the_order_of_the_task(task, models):
    """Forget, retain, test: mixing them up would swap UA and RA."""
    out = metrics.outputs(models[0], task)
    assert isinstance(out, Outputs)
    for logits, part in zip(out, (task.forget, task.retain, task.test)):
        assert torch.equal(logits, mu.predict(models[0], part))


@pytest.mark.parametrize("scenario", ["class", "rare", "subclass", "some", "random", "poisoned"])
def test_nonmembers_of_the_attack_are_the_images_that_ta_counts(data, small, monkeypatch, scenario):
    """No test image of what is forgotten as a whole. Breaks if all are taken: the unlearned model is unsure of those
    whether or not the forget set was in training."""
    handed, task, model = [], scenarios(data)[scenario], small(0)
    monkeypatch.setattr(metrics.attacks, "mia_efficacy", lambda *sets: handed.append(sets) or 0.0)
    metrics.evaluate(model, task)
    gone = {"subclass": data.test.fine == 7}.get(scenario, data.test.labels == 3)
    tested = ~gone if scenario in ("class", "rare", "subclass") else torch.ones(80, dtype=torch.bool)
    ((_, nonmembers, _),) = handed
    expected = true_probability(mu.predict(model, data.test)[tested], data.test.labels[tested])
    assert nonmembers.numpy() == pytest.approx(expected, rel=1e-5)


def test_shapes_that_torch_would_broadcast_are_refused():
    """A column of labels would be compared with all rows, a single row with all labels, spare rows left out."""
    logits, labels = torch.randn(6, 4), torch.tensor([0, 1, 2, 3, 0, 1])
    for wrong in ((logits, labels[:, None]), (logits[:1], labels), (logits, labels[:3]), (logits[:, 0], labels)):
        for metric in (metrics.accuracy, metrics.confidence, metrics.log_odds):
            with pytest.raises(ValueError, match="as many labels"):
                metric(*wrong)
    with pytest.raises(ValueError, match="same shape"):
        metrics.kl(logits[:1], logits)


def test_nan_is_no_answer():
    """argmax takes NaN for the largest, so that a model of NaN would be right on all of class 0."""
    logits = torch.eye(3)
    logits[0, 2] = math.nan
    assert metrics.accuracy(logits, torch.arange(3)) == pytest.approx(200 / 3)
    assert metrics.accuracy(torch.full((5, 3), math.nan), torch.zeros(5, dtype=torch.int64)) == 0


def test_attack_success_needs_a_trigger(data, small):
    with pytest.raises(ValueError, match="'poisoned', not 'random'"):
        metrics.attack_success(small(), mu.forget_random(data, 0.1))
