"""One contract for every registered method, and what each of the first four is."""

import copy
import math
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

import mu
from mu.figures.drawing import COLOURS
from mu.models import Normalise, features_of, reinitialise
from mu.sensitivity import sensitivity
from mu.unlearning import DATA

SHORT = mu.Recipe(epochs=2, batch_size=32, lr=1e-2)
METHODS = list(mu.methods())
RETAIN_FREE = ("mu-mis", "gradient-ascent", "random-label", "jit", "scar")


def options(name, **more):
    """The method's own defaults, but a short recipe where it takes one."""
    return {**({"recipe": SHORT} if "recipe" in mu.methods()[name].defaults else {}), **more}


class Sealed:
    """A task that shows only what it is allowed to; not even the test set may be touched."""

    def __init__(self, task, allowed):
        self._task, self._allowed = task, allowed

    def __getattr__(self, name):
        assert name in self._allowed, f"the method reached for {name}"
        return getattr(self._task, name)


@pytest.fixture(scope="module")
def surrogate():
    """Images from elsewhere; their labels are no classes at all, so that reading them fails."""
    other = mu.load_dataset("synthetic").test[:60]
    return replace(other, labels=torch.full_like(other.labels, 10**6))


@pytest.fixture(scope="module")
def trained(task, small):
    """The original model and the ledger of its training."""
    ledger = mu.Ledger()
    return mu.train(small(), task.train, mu.Recipe(epochs=3, batch_size=32, lr=1e-2), ledger=ledger), ledger


@pytest.mark.parametrize("name", [name for name in METHODS if "on_step" in mu.methods()[name].defaults])
def test_steps_are_shown_and_can_end_a_run(task, trained, name):
    """A step's number, and the model itself. Breaks if True does not end the run, or what is shown is a wrapper."""
    seen = []

    def look(step, model):
        seen.append((step, tuple(model(task.test.images[:5]).shape)))
        return step == 1

    never = {"stop_at": -1.0} if "stop_at" in mu.methods()[name].defaults else {}
    mu.unlearn(name, trained[0], task, on_step=look, **options(name, **never))
    assert seen == [(step, (5, task.data.num_classes)) for step in (0, 1)]


@pytest.mark.parametrize("name", METHODS)
def test_contract(task, trained, surrogate, same, name):
    """Every method, on a model in training mode with a gradient: the model given stays bitwise, mode and all.

    Same seed, bitwise the same; result in evaluation mode and a new object; random state and gradient mode as
    before; no data but what `needs` names; in seconds. Breaking any clause in any method fails this.
    """
    model, ledger = copy.deepcopy(trained[0]).train(), trained[1]
    gradient = torch.ones_like(model[6].bias)
    model[6].bias.grad = gradient
    method = mu.methods()[name]
    sealed = Sealed(task, set(method.needs) - {"ledger", "surrogate"})
    extra = {"ledger": ledger, "surrogate": surrogate}
    extra = {name: value for name, value in extra.items() if name in method.needs}
    random_state = torch.get_rng_state()

    start = time.process_time()
    first = mu.unlearn(name, model, sealed, **extra, **options(name))
    assert time.process_time() - start < 5  # a slow machine takes more than one

    assert torch.equal(torch.get_rng_state(), random_state)
    assert torch.is_grad_enabled()
    assert same(model, trained[0])
    assert model.training
    assert all(p.requires_grad for p in model.parameters())
    assert model[6].bias.grad is gradient
    assert (gradient == 1).all()
    assert sum(p.grad is not None for p in model.parameters()) == 1

    assert first is not model
    assert not any(module.training for module in first.modules())
    assert [p.requires_grad for p in first.parameters()] == [p.requires_grad for p in model.parameters()]
    assert first.state_dict().keys() == model.state_dict().keys()
    mine = {p.data_ptr() for p in model.parameters()}
    assert not mine & {p.data_ptr() for p in first.parameters()}
    assert not same(first, model)  # it did something
    assert all(p.isfinite().all() for p in first.parameters())

    torch.rand(10)
    assert same(mu.unlearn(name, model, task, **extra, **options(name)), first)
    if "seed" in method.defaults:
        assert not same(mu.unlearn(name, model, task, **extra, **options(name, seed=2)), first)


@pytest.mark.parametrize("name", METHODS)
def test_a_registered_method_describes_itself(name):
    """Name, paper, summary, needs and defaults are there and agree with the function's signature."""
    method = mu.methods()[name]
    assert method.name == name
    assert method.paper
    assert method.summary.endswith(".")
    assert set(method.needs) <= set(DATA)
    assert method.needs
    assert not set(method.needs) & set(method.defaults)


@pytest.mark.parametrize("name", mu.methods())
def test_a_registered_method_has_a_page_and_a_colour(name):
    """What the book links to and the figures draw with. Breaks if a method is registered without."""
    page = Path(__file__).parents[1] / f"{mu.methods()[name].page}.md"
    assert page.exists(), f"write {page}"
    assert f"file: {mu.methods()[name].page}" in (page.parents[2] / "_toc.yml").read_text()
    assert name in COLOURS


class Raw(nn.Module):
    """Takes uint8 images, and floats of the same pixels as something else."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(784, 10)

    def forward(self, images):
        return self.head(images.float().flatten(1) / 127.5 - 1)


@pytest.mark.parametrize("name", ["mu-mis", "jit"])
def test_methods_that_hand_floats_refuse_a_model_that_takes_none(task, name):
    """In silence they would differentiate at other pixels than the model ever saw. So would `sensitivity`."""
    with pytest.raises(ValueError, match="put mu"):
        mu.unlearn(name, Raw(), task)
    with pytest.raises(ValueError, match="put mu"):
        sensitivity(Raw(), task.forget.images, task.forget.labels)


@pytest.mark.parametrize(
    ("name", "options"),
    [("fisher", {"alpha": math.nan}), ("fisher", {"alpha": math.inf}), ("ssd", {"strength": math.nan}),
     ("scrub", {"temperature": 0.0}), ("duck", {"temperature": -1.0}), ("ascent", {"rule": "nonsense"}),
     ("label-flip", {"rule": "nonsense"}), ("duck", {"stop_at": math.nan}), ("scar", {"stop_at": 101}),
     ("mu-mis", {"max_steps": -1}), ("mu-mis", {"batch_size": 0}), ("lotus", {"alpha": math.nan}),
     ("lotus", {"alpha": -1.0}), ("lotus", {"alpha": 1000.0})],
)  # fmt: skip
def test_wrong_values_are_refused_before_anything_is_done(task, trained, surrogate, name, options):
    extra = {"surrogate": surrogate} if "surrogate" in mu.methods()[name].needs else {}
    with pytest.raises(ValueError, match=next(iter(options.values())) if "rule" in options else next(iter(options))):
        mu.unlearn(name, trained[0], task, **extra, **options)


def test_a_step_that_is_not_finite_is_an_error(task, trained):
    """Influence with a wild step must not hand back a model of NaN."""
    with pytest.raises(FloatingPointError, match="not finite"):
        mu.unlearn("influence", trained[0], task, alpha=math.inf, samples=4)


def test_needs_of_the_first_methods():
    """What each is handed: retraining never the forget set, the amnesiac pair never the retain set."""
    needs = {name: set(method.needs) for name, method in mu.methods().items()}
    assert needs["retrain"] == {"retain"}
    assert needs["fine-tune"] == {"retain"}
    assert needs["amnesiac"] == {"forget", "ledger"}
    assert needs["partial-amnesiac"] == {"forget", "ledger"}


def test_methods_without_retained_data_are_not_handed_any():
    """What MU-Mis is compared with as free of retained data; SCAR's public code is not and says so."""
    needs = {name: set(method.needs) for name, method in mu.methods().items()}
    assert not any("retain" in needs[name] for name in RETAIN_FREE)
    assert needs["mu-mis"] == {"forget"}
    assert needs["scar"] == {"forget", "surrogate"}
    assert needs["scar-as-published"] == {"forget", "retain", "surrogate"}


def test_the_registry_cannot_be_changed_through_its_copy():
    """`methods()` hands out a copy; handing out the dict itself would let a caller delete a method."""
    mu.methods().clear()
    assert list(mu.methods()) == METHODS


def test_wrong_names_are_refused_with_the_right_ones(task, trained):
    """Unknown method or option, and a missing ledger or surrogate; each message lists what there is."""
    model, _ = trained
    with pytest.raises(ValueError, match=f"unknown method 'forget-me'; choose one of {', '.join(METHODS)}"):
        mu.unlearn("forget-me", model, task)
    with pytest.raises(ValueError, match="retrain has no option epochs, lr; its options: recipe, seed"):
        mu.unlearn("retrain", model, task, lr=1, epochs=2)
    with pytest.raises(ValueError, match="amnesiac has no option seed; its options: already"):
        mu.unlearn("amnesiac", model, task, seed=1)
    for name in METHODS:
        for need, what in (("ledger", "the ledger"), ("surrogate", "images from elsewhere")):
            if need in mu.methods()[name].needs:
                with pytest.raises(ValueError, match=f"^{name} needs {what}.*pass {need}="):
                    mu.unlearn(name, model, task)


# ---- the first four -------------------------------------------------------------------------------------


def test_retraining_never_reads_the_old_weights(task, trained, same):
    """From any weights, even NaN, and with any statistics, the same model comes out: exact unlearning."""
    model, _ = trained
    ruined = copy.deepcopy(model)
    for p in ruined.parameters():
        nn.init.constant_(p, torch.nan)
    first = mu.unlearn("retrain", model, task, recipe=SHORT, seed=4)
    assert same(mu.unlearn("retrain", ruined, task, recipe=SHORT, seed=4), first)
    assert same(mu.train(reinitialise(model, 4), task.retain, SHORT, seed=4), first)


def test_fine_tuning_is_training_on_the_retain_set(task, trained, same):
    """It goes on from the weights it is given, with a fresh optimiser."""
    model, _ = trained
    assert same(
        mu.unlearn("fine-tune", model, task, recipe=SHORT, seed=4), mu.train(model, task.retain, SHORT, seed=4)
    )


@pytest.mark.parametrize("name", ["amnesiac", "partial-amnesiac"])
def test_the_amnesiac_pair_reads_indices_only(task, trained, same, name):
    """With every forget image black and every label wrong the result is bitwise the same."""
    model, ledger = trained
    images, labels = torch.zeros_like(task.forget.images), (task.forget.labels + 1) % 10

    class Blind:
        forget = replace(task.forget, images=images, labels=labels)

    expected = mu.unlearn(name, model, task, ledger=ledger)
    assert same(mu.unlearn(name, model, Blind, ledger=ledger), expected)
    assert same(ledger.subtract(model, task.forget_indices), expected)


def test_retraining_leaves_frozen_layers_as_they_are(task, same):
    """A pretrained body was not learnt from the forget set. Breaks if it is drawn anew and then never trained."""
    body = torch.nn.Sequential(torch.nn.Linear(784, 8), torch.nn.BatchNorm1d(8)).requires_grad_(False)
    model = torch.nn.Sequential(Normalise((0.0,), (1.0,)), torch.nn.Flatten(), body, torch.nn.Linear(8, 10))
    again = mu.unlearn("retrain", model, task, recipe=mu.Recipe(epochs=1, batch_size=64), seed=1)
    assert torch.equal(again[2][0].weight, body[0].weight)
    assert not torch.equal(again[3].weight, model[3].weight)


class HeadFirst(torch.nn.Module):
    """A network whose head is registered before its body."""

    def __init__(self):
        super().__init__()
        self.head, self.body = torch.nn.Linear(8, 10), torch.nn.Linear(784, 8)
        self.normalise = Normalise((0.0,), (1.0,))

    def forward(self, images):
        return self.head(self.body(self.normalise(images).flatten(1)).relu())


def test_the_head_is_the_layer_called_last(task):
    """Breaks if it is the one registered last: Fisher forgetting would replace a row of the body."""
    model = HeadFirst()
    entering, logits = features_of(model, task.forget.images)
    assert entering.shape[1] == 8
    torch.testing.assert_close(model.head(entering), logits)
    moved = mu.unlearn("fisher", model, task, label=3, samples=20, alpha=0.0)
    assert not torch.equal(moved.head.weight[3], model.head.weight[3])
    assert torch.equal(moved.body.weight, model.body.weight)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10)), "Normalise in front"),
        (torch.nn.Sequential(Normalise((0.0,), (1.0,))), "must return logits"),
    ],
)
def test_what_a_model_must_take_and_give_is_said(task, model, message):
    """Breaks if the first error of a new user is one of torch's."""
    with pytest.raises(ValueError, match=message):
        mu.predict(model, task.test)


def test_retraining_leaves_one_frozen_tensor_of_a_layer_as_it_is(task, small):
    """The weight is frozen and the bias is not. Breaks if only wholly frozen layers stay."""
    model = small()
    weight = next(module for module in model.modules() if isinstance(module, nn.Linear)).weight.requires_grad_(False)
    redrawn = mu.unlearn("retrain", model, task, recipe=mu.Recipe(epochs=1), seed=7)
    layer = next(module for module in redrawn.modules() if isinstance(module, nn.Linear))
    assert torch.equal(layer.weight, weight)


def test_by_default_retraining_starts_elsewhere_than_the_original(task):
    """One seed for everything is what most scripts use. Breaks if both networks begin as the same one."""
    original = mu.build_model("mlp", task.data, seed=0)
    again = mu.unlearn("retrain", original, task, recipe=mu.Recipe(epochs=0))
    assert not torch.equal(next(original.parameters()), next(again.parameters()))


@pytest.mark.parametrize("need", ["forget", "retain"])
@pytest.mark.parametrize("name", mu.methods())
def test_an_empty_set_is_refused(task, trained, surrogate, name, need):
    """A method that needs it says so, and none returns a model that learnt from the rest alone."""
    original, ledger = trained
    empty = torch.zeros(0, dtype=torch.int64)
    asked = mu.Task(task.data, "class", **{
        "forget_indices": task.forget_indices, "retain_indices": task.retain_indices, f"{need}_indices": empty,
    }, target=task.target)  # fmt: skip
    if need in mu.methods()[name].needs:
        with pytest.raises(ValueError, match=f"{name} needs a {need} set"):
            mu.unlearn(name, original, asked, ledger=ledger, surrogate=surrogate)


def test_no_surrogate_image_is_said_to_be_none(task, trained, surrogate):
    with pytest.raises(ValueError, match="scar needs surrogate images, and there is none"):
        mu.unlearn("scar", trained[0], task, surrogate=surrogate[:0])


def test_a_ledger_of_some_layers_is_not_the_conventional_one(task, small):
    """All entries of one layer are a part of each step. Breaks if only `keep` is looked at."""
    ledger = mu.Ledger(keep=1.0, layers=("head.weight",))
    model = mu.train(mu.build_model("mlp", task.data), task.train, mu.Recipe(epochs=1), ledger=ledger)
    with pytest.raises(ValueError, match="keeps a part of each step"):
        mu.unlearn("amnesiac", model, task, ledger=ledger)


@pytest.mark.parametrize("name", ["influence", "fisher", "amnesiac"])
def test_inference_mode_is_refused(task, trained, name):
    """Gradients are not taken there. Breaks if `influence` returns the original, or `fisher` a wrong model."""
    original, ledger = trained
    with torch.inference_mode(), pytest.raises(ValueError, match=r"leave torch\.inference_mode"):
        mu.unlearn(name, original, task, ledger=ledger)
