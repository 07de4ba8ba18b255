"""MU-Mis: the loss and its step by hand and by finite differences, what c' is, and when it ends."""

import contextlib
import copy
import importlib
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

import mu
from mu import pruning
from mu.data import Samples
from mu.masks import apply_masks, masks_of, prunable, sparsity
from mu.models import Classifier, Normalise, batch_norms, build_model
from mu.sensitivity import input_gradient, sensitivity, squared_norm
from mu.training import recalibrate
from mu.unlearning.mu_mis import Guard, _loss, _norms, mu_mis
from mu.unlearning.relabel import fresh_wrong_labels

module = importlib.import_module("mu.unlearning.mu_mis")  # the package has the function under this name


def linear(classes=2, seed=0):
    """Logits W z + b of the normalised pixels of 2x2 images."""
    torch.manual_seed(seed)
    return Classifier(Normalise((0.4,), (0.5,)), nn.Flatten(), nn.Linear(4, classes)).eval()


def of_labels(labels, side=2):
    """Random images under these labels."""
    images = torch.randint(256, (len(labels), 1, side, side), generator=torch.Generator().manual_seed(0))
    return Samples(images.to(torch.uint8), torch.tensor(labels), torch.arange(len(labels)))


class Spy:
    """`input_gradient`, with every call's images and classes kept; `steps` are differentiated again."""

    def __init__(self, monkeypatch):
        self.looks, self.steps = [], []
        monkeypatch.setattr(module, "input_gradient", self)

    def __call__(self, model, images, *classes, create_graph=False):
        (self.steps if create_graph else self.looks).append((images, *classes))
        return input_gradient(model, images, *classes, create_graph=create_graph)


# ---- the loss -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "own", "other"), [("both", -2, 2), ("target", -2, 0), ("other", 0, 2), ("jacobian", -2, -2)]
)
def test_steps_on_a_linear_model_by_hand(terms, own, other):
    """L is |W_c|^2 - |W_c'|^2, so each step scales both rows: by 1 - 2 lr and 1 + 2 lr, exactly three times.

    Momentum, weight decay or a graph that is not kept (pitfall 6.4) break it; so does a factor of 1/2 in the loss.
    The bias, a number added to the logits, has no part.
    """
    model, lr = linear(), 0.1
    found = mu_mis(model, of_labels([1, 1, 1]), lr=lr, delta=math.inf, max_steps=3, terms=terms)
    factors = torch.tensor([[1 + lr * other], [1 + lr * own]]) ** 3
    assert torch.allclose(found.head.weight, model.head.weight * factors, rtol=1e-5)
    assert torch.equal(found.head.bias, model.head.bias)


def test_the_loss_is_a_mean_over_samples():
    """Two samples of one class and one of the other: a third of what one sample does. A sum breaks it."""
    model = linear()
    found = mu_mis(model, of_labels([1, 0, 1]), lr=0.1, delta=math.inf, max_steps=1)
    factors = torch.tensor([[1 + 0.2 / 3], [1 - 0.2 / 3]])
    assert torch.allclose(found.head.weight, model.head.weight * factors, rtol=1e-5)


def test_a_step_is_the_gradient_of_the_loss():
    """Every weight of a smooth network in float64, by central differences of a loss written down anew."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)).double()

    class Wide(nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            return self.net(x.double() / 255 if x.dtype == torch.uint8 else x.double())

    samples = of_labels([0, 1, 1])

    def loss(net):
        pixels = (samples.images.double() / 255).requires_grad_()
        logits = net(pixels)
        signs = 1 - 2 * torch.eye(2)[1 - samples.labels].double()  # 1 for the own class, -1 for the other
        total = 0
        for k in (0, 1):
            (slope,) = torch.autograd.grad(logits[:, k].sum(), pixels, retain_graph=True)
            total += (signs[:, k] * slope.square().flatten(1).sum(1)).sum().item()
        return total / 3

    lr, h = 1e-3, 1e-5
    after = mu_mis(Wide(net), samples, lr=lr, delta=math.inf, max_steps=1).net
    moved = copy.deepcopy(net)
    for p, q, new in zip(net.parameters(), moved.parameters(), after.parameters(), strict=True):
        for i in range(p.numel()):
            values = []
            for sign in (1, -1):
                q.data.view(-1)[i] = p.data.view(-1)[i] + sign * h
                values.append(loss(moved))
            q.data.view(-1)[i] = p.data.view(-1)[i]
            slope = (values[0] - values[1]) / (2 * h)
            assert (p - new).view(-1)[i].item() / lr == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_scaling_the_head_scales_the_loss_by_the_square(data, small):
    """And a number added to all logits leaves it: sensitivities are of logits (pitfall 6.1), and squared."""

    def loss(model):
        slopes = input_gradient(model.eval(), data.train.images[:9], data.train.labels[:9], data.train.labels[9:18])
        return _loss(*map(squared_norm, slopes), "both", None).item()

    model = small()
    scaled, shifted = copy.deepcopy(model), copy.deepcopy(model)
    with torch.no_grad():
        scaled[-1].weight *= 3
        shifted[-1].bias += 7
    assert loss(scaled) == pytest.approx(9 * loss(model), rel=1e-5)
    assert loss(shifted) == loss(model) != 0


def test_the_weighted_form_by_hand():
    """Target counts twice where it is the larger, other twice where its root is below the first s; then the mean."""
    target, other = torch.tensor([4.0, 1.0]), torch.tensor([3.0, 9.0])
    assert _loss(target, other, "both", None).item() == pytest.approx((4 - 3 + 1 - 9) / 2)
    assert _loss(target, other, "both", 2.0).item() == pytest.approx((2 * 4 - 2 * 3 + 1 - 9) / 2)
    assert _loss(target, other, "target", 2.0).item() == pytest.approx((2 * 4 + 1) / 2)


def test_the_weighted_form_is_handed_on():
    """The first pass doubles nothing, the second may. Breaks if the option ends nowhere."""
    data = mu.load_dataset("synthetic-rgb")
    forget, model = data.train[:3], build_model("convnet-slim", data)
    ends = [mu_mis(model, forget, lr=1.0, delta=math.inf, max_steps=4, weighted=w) for w in (False, True)]
    first, second = (torch.nn.utils.parameters_to_vector(end.parameters()) for end in ends)
    assert not torch.equal(first, second)


def test_the_spectral_norm_reaches_the_step():
    """Each row of weights a matrix: only its leading part is scaled, where the Frobenius norm scales all."""
    model = linear()
    steps = [
        mu_mis(model, of_labels([1]), lr=0.1, delta=math.inf, max_steps=1, norm=norm).head.weight
        for norm in ("frobenius", "spectral")
    ]
    u, s, v = torch.linalg.svd(model.head.weight.detach().view(2, 2, 2))
    leading = (u[:, :, :1] * s[:, None, :1] @ v[:, :1]).flatten(1)
    expected = model.head.weight + torch.tensor([[0.2], [-0.2]]) * leading
    assert torch.allclose(steps[1], expected, atol=1e-6)
    assert not torch.allclose(*steps)


def test_norms_are_averaged_over_samples():
    """Opposite slopes at two samples: the norm of their mean is 0, the mean of their norms is not (pitfall 6.5).

    In batches of any size, also a last one that is smaller (6.13).
    """

    class Bent(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.tensor([1.0, 3.0]))

        def forward(self, x):
            x = x.float() / 255 if x.dtype == torch.uint8 else x
            return (x.flatten(1) - 0.5).abs() * self.weight

    samples = Samples(torch.tensor([0, 255, 0], dtype=torch.uint8).view(3, 1, 1, 1), torch.tensor([0, 0, 1]),
                      torch.arange(3))  # fmt: skip
    for batch in (1, 2, 3):
        norms = _norms(Bent().eval(), samples.images, (1 - samples.labels, samples.labels), "frobenius", batch)
        other, own = norms.mean(1)
        assert own == pytest.approx((1 + 1 + 3) / 3)
        assert other == pytest.approx((3 + 3 + 1) / 3)


# ---- c' -------------------------------------------------------------------------------------------------


def test_the_other_class_is_uniform_and_never_the_own():
    """10,000 draws over ten classes, own class 3: nine counts, chi-square below its 0.999 quantile of 26.1."""
    labels = torch.full((10_000,), 3)
    samples = Samples(torch.zeros(10_000, 1, 1, 1, dtype=torch.uint8), labels, torch.arange(10_000))
    counts = fresh_wrong_labels(samples, 10, torch.Generator().manual_seed(0)).labels.bincount(minlength=10)
    assert counts[3] == 0
    others = counts[torch.arange(10) != 3].double()
    assert ((others - 10_000 / 9).square() / (10_000 / 9)).sum() < 26.1


def test_other_classes_are_drawn_anew_for_every_sample_at_every_step(data, small, monkeypatch):
    """Of steps on the same batch no two have the same c'; in one, samples of a class differ (pitfall 6.3)."""
    spy, forget = Spy(monkeypatch), data.train[data.train.labels == 3]
    mu_mis(small(), forget, lr=1e-6, delta=math.inf, batch_size=len(forget), max_steps=4)
    drawn = [other for _, _, other in spy.steps]
    assert len(drawn) == 4
    for images, own, other in spy.steps:
        assert (own != other).all()
        assert len(other.unique()) > 2
        assert len(images) == len(forget)
    assert len({tuple(other.tolist()) for other in drawn}) == 4


def test_the_looks_keep_their_classes(data, small, monkeypatch):
    """s_t is of the same c' at every look: what moves it is the model alone."""
    spy, forget = Spy(monkeypatch), data.train[data.train.labels == 3]
    mu_mis(small(), forget, lr=1e-6, delta=math.inf, batch_size=len(forget), max_steps=4, curve=[])
    assert len(spy.looks) == 5
    for images, other, own in spy.looks:
        assert torch.equal(images, forget.images)
        assert torch.equal(own, forget.labels)
        assert torch.equal(other, spy.looks[0][1])


def test_every_pass_takes_each_image_once_and_as_it_is(data, small, monkeypatch):
    """No augmentation (pitfall 6.8); labels go with their images, and every pass has its own order."""
    spy, forget = Spy(monkeypatch), data.train[:15]
    mu_mis(small(), forget, lr=1e-6, delta=math.inf, batch_size=4, max_steps=8)
    assert [len(images) for images, *_ in spy.steps] == [4, 4, 4, 3] * 2
    orders = []
    for turn in (spy.steps[:4], spy.steps[4:]):
        images, labels = (torch.cat([step[i] for step in turn]) for i in (0, 1))
        where = (images[:, None] == forget.images).flatten(2).all(2)
        assert where.sum(1).tolist() == [1] * 15
        orders.append(where.double().argmax(1))
        assert sorted(orders[-1].tolist()) == list(range(15))
        assert torch.equal(labels, forget.labels[orders[-1]])
    assert not torch.equal(*orders)


# ---- what is left alone ---------------------------------------------------------------------------------


def test_batch_norm_statistics_stay_bitwise(data, normed):
    """Also of a model in training mode; the norms' weights are trained (pitfall 6.2)."""
    model, forget = normed().train(), data.train[:12]
    for norm in batch_norms(model):
        norm.running_mean.uniform_(-1, 1)
    found = mu_mis(model, forget, lr=1e-2, delta=math.inf, max_steps=3)
    for (name, before), after in zip(model.named_buffers(), found.buffers(), strict=True):
        assert torch.equal(before, after), name
    for before, after in zip(batch_norms(model), batch_norms(found), strict=True):
        assert not torch.equal(before.weight, after.weight)


def test_only_the_forget_set_is_touched(data, small, same):
    """A task whose every other part raises when it is asked for (pitfall 6.9)."""
    forget = data.train[data.train.labels == 3]

    class Guarded:
        def __getattr__(self, name):
            assert name == "forget", f"the method reached for {name}"
            return forget

    found = mu.unlearn("mu-mis", small(), Guarded(), lr=1e-3, max_steps=2)
    assert same(found, mu_mis(small(), forget, lr=1e-3, max_steps=2))


@pytest.mark.parametrize("network", ["resnet18-slim", "vgg16-slim", "vit-slim", "resnet9-slim", "lenet"])
def test_the_networks_of_the_paper(network):
    """Two steps of each lower the loss on the samples it steps on, in every layer something moves (pitfall 6.10)."""
    data = mu.load_dataset("synthetic-rgb")
    forget = data.train[:3]
    model = recalibrate(build_model(network, data), forget)  # else hardly anything of an image reaches the logits
    size = lambda model: sensitivity(model, forget.images, forget.labels).target.square().mean().item()
    before = size(model)
    found = mu_mis(model, forget, lr=1e-2 / before, delta=math.inf, max_steps=2, terms="target")
    assert size(found) < before
    for (name, p), q in zip(model.named_parameters(), found.named_parameters(), strict=True):
        assert q[1].isfinite().all()
        if name.endswith("weight"):
            assert not torch.equal(p, q[1]), name


def test_a_pruned_model_stays_pruned():
    """The masks are bitwise those of the model given, and what they hide is exactly zero."""
    data = mu.load_dataset("synthetic-rgb")
    model = build_model("resnet9-slim", data)
    model = apply_masks(model, pruning.magnitude_masks(model, 80))
    found = mu_mis(model, data.train[:4], lr=1e-3, delta=math.inf, max_steps=2)
    masks = masks_of(model)
    for name, mask in masks_of(found).items():
        assert torch.equal(mask, masks[name])
        weight = prunable(found)[name].weight
        assert (weight[~mask] == 0).all()
        assert not torch.equal(weight, prunable(model)[name].weight)
    assert sparsity(found) == sparsity(model) == pytest.approx(80, abs=0.1)


# ---- the end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "course", "at"),
    [
        (0.82, (1, 0.9, 0.8, 0.85), 3),  # past its minimum and above delta
        (0.9, (1, 0.9, 0.8, 0.85, 0.95), 4),  # past its minimum, but only later above delta
        (0.5, (1, 0.9, 0.8, 0.7, 0.6), None),  # above delta all the time, but its minimum has not been passed
        (1.1, (1, 1.05, 1.2, 1.3), 2),  # rising from the start
        (0.5, (1, 1.05), 1),
        (0.5, (1, 1, 1), None),  # as small as its minimum is not past it
        (1.0, (2, 1.9, 1.95, 2.0, 2.1), 4),  # relative to its first value
        (math.inf, (1, 0.5, 100), None),
    ],
)
def test_the_rule_on_made_up_courses(delta, course, at):
    """Both conditions (pitfall 6.7); never at the first look."""
    guard = Guard(delta)
    assert next((i for i, s in enumerate(course) if guard(s)), None) == at


@pytest.mark.parametrize(("delta", "steps"), [(0.82, 6), (0.5, 6), (1.5, 9)])
def test_the_run_ends_by_the_rule_or_the_cap(data, small, monkeypatch, delta, steps):
    """Two steps a pass: the made-up course stops after three passes, or else goes on to the cap, inside a pass."""
    course, done = iter((1, 0.9, 0.8, 0.85, 0.85, 0.85)), []
    monkeypatch.setattr(module, "_norms", lambda *_: torch.tensor([[next(course)]], dtype=torch.float64))
    mu_mis(
        small(), data.train[:10], lr=1e-6, delta=delta, batch_size=5, max_steps=9,
        on_step=lambda step, model: done.append(step),
    )  # fmt: skip
    assert done == list(range(steps))


def test_a_caller_may_end_the_run(data, small, same):
    """After the step at which it answers True."""
    ended = mu_mis(small(), data.train[:10], lr=1e-3, delta=math.inf, on_step=lambda step, model: step == 2)
    assert same(ended, mu_mis(small(), data.train[:10], lr=1e-3, delta=math.inf, max_steps=3))


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
@pytest.mark.parametrize("lr", [1e3, 1e8, 1e20, 1e38])
def test_a_rate_too_large_ends_with_an_error_and_never_with_nan(data, small, lr, steps):
    """Whenever it diverges: between two looks, at a look or at the last step (pitfall 6.6)."""
    found = None
    with contextlib.suppress(FloatingPointError):
        found = mu_mis(small(), data.train[:10], lr=lr, delta=math.inf, batch_size=5, max_steps=steps)
    if steps == 5:  # by then it has diverged at any of these rates
        assert found is None
    assert found is None or all(p.isfinite().all() for p in found.parameters())


def test_a_model_that_diverged_before_is_not_said_to_be_blind(data, small):
    """Breaks if NaN, which is not above 0 either, is taken for a sensitivity of 0."""
    model = small()
    with torch.no_grad():
        next(model.parameters()).fill_(math.nan)
    with pytest.raises(FloatingPointError, match="sensitivity became nan by step 0"):
        mu_mis(model, data.train[:10])


def test_the_curve_says_what_the_model_did(data, small):
    """A point at the start, after each pass and at the end; the target's is the model's sensitivity then."""
    forget, curve, models = data.train[:10], [], [small()]
    mu_mis(
        models[0], forget, lr=1e-2, delta=math.inf, batch_size=5, max_steps=7, curve=curve,
        on_step=lambda step, model: models.append(copy.deepcopy(model)),
    )  # fmt: skip
    assert [at.step for at in curve] == [0, 2, 4, 6, 7]
    for at in curve:
        target = sensitivity(models[at.step], forget.images, forget.labels).target.mean().item()
        assert at.target == pytest.approx(target, rel=1e-5)
        assert at.ratio == at.other / curve[0].other
    assert curve[-1].target < curve[0].target
    assert len({at.other for at in curve}) == 5


@pytest.mark.parametrize("norm", ["frobenius", "spectral"])
def test_the_curve_has_the_loss_of_the_variant(data, small, norm):
    """The mean of squares, not the square of the mean; the terms add up to the whole."""
    forget, at_start = data.train[:10], {}
    for terms in ("target", "other", "both", "jacobian"):
        curve = []
        mu_mis(small(), forget, terms=terms, norm=norm, max_steps=0, curve=curve)
        at_start[terms] = curve[0].loss
    target = sensitivity(small(), forget.images, forget.labels).target
    if norm == "frobenius":
        assert at_start["target"] == pytest.approx(target.square().mean().item(), rel=1e-5)
    assert at_start["target"] > 0 > at_start["other"]
    assert at_start["both"] == pytest.approx(at_start["target"] + at_start["other"])
    assert at_start["jacobian"] == pytest.approx(at_start["target"] - at_start["other"])
    curve = []
    mu_mis(small(), forget, norm=norm, max_steps=4, curve=curve, lr=1e-2, batch_size=5, delta=math.inf)
    assert [look.loss for look in curve] == sorted((look.loss for look in curve), reverse=True)


def test_the_same_seed_gives_the_same_run_in_any_state(data, small, same):
    """Another seed another one: it draws c' and the batches."""
    run = lambda seed: mu_mis(small(), data.train[:10], lr=1e-2, max_steps=4, batch_size=4, seed=seed)
    first = run(1)
    torch.rand(3)
    assert same(run(1), first)
    assert not same(run(2), first)


def test_wrong_terms_are_refused_with_the_right_ones(data, small):
    """Also a wrong norm."""
    with pytest.raises(ValueError, match="both, target, other, jacobian"):
        mu_mis(small(), data.train[:3], terms="all")
    with pytest.raises(ValueError, match="frobenius, spectral"):
        mu_mis(small(), data.train[:3], norm="l2")


def test_labels_alone_say_what_is_the_target(data, small, same):
    """Neither positions in the data set nor fine labels are read."""
    forget = data.train[:6]
    blind = replace(forget, indices=forget.indices + 7, fine=None)
    assert same(mu_mis(small(), forget, max_steps=2), mu_mis(small(), blind, max_steps=2))


def test_the_sensitivities_of_a_linear_model_by_hand():
    """Two classes, so c' is the other one: its row's norm is s, the label's that of the target class, means over
    three samples. Breaks if s is taken at the label's own logit, or the two change places."""
    model, curve = linear(), []
    rows = model.head.weight.detach().norm(dim=1).tolist()
    mu_mis(model, of_labels([0, 0, 1]), lr=1e-9, max_steps=0, curve=curve)
    assert curve[0].target == pytest.approx((2 * rows[0] + rows[1]) / 3, rel=1e-5)
    assert curve[0].other == pytest.approx((rows[0] + 2 * rows[1]) / 3, rel=1e-5)
    assert abs(rows[0] - rows[1]) > 0.01
