"""The `sparsity` experiments: splits without leaks, choices that see what they may, and Proposition 2's pieces."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from torch.nn import functional

import mu
from mu.experiments import get_item
from mu.experiments import sparsity as experiments
from mu.experiments.case import TARGET, hold_out, untrained
from mu.experiments.sweeps import Swept
from mu.masks import apply_masks, dense, masks_of, prunable, sparsity
from mu.metrics import Outputs, attack_success, outputs


@pytest.fixture(scope="module")
def rgb():
    return mu.load_dataset("synthetic-rgb")


@pytest.fixture(scope="module")
def cells():
    """(scenario, sparsity) -> settings of the main record under smoke, all methods in one."""
    found = {}
    for cell in get_item("sparsity-tab3").cells("smoke"):
        key = cell.settings["scenario"], cell.settings["sparsity"]
        whole = found.setdefault(key, {**cell.settings, "sweeps": []})
        whole["sweeps"] = whole["sweeps"] + cell.settings["sweeps"]
    return found


@pytest.fixture(scope="module")
def rows(smoke):
    """Rows of the main record: every method, dense and sparse, in both scenarios."""
    return pd.concat([made for _, made in smoke("sparsity-tab3")], ignore_index=True)


# ---- splits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [None, 300])
def test_held_out_samples_are_never_trained_on(rgb, count):
    """A tenth of every class, disjoint from the rest; together exactly the samples asked for."""
    data, held = hold_out(rgb, count, seed=1)
    used = set(data.train.indices.tolist()), set(held.indices.tolist())
    assert not used[0] & used[1]
    assert len(used[0]) + len(used[1]) == len(data.train) + len(held) == (count or len(rgb.train))
    for label in range(10):
        mine, theirs = (held.labels == label).sum().item(), (data.train.labels == label).sum().item()
        assert mine == round(0.1 * (mine + theirs))
    assert torch.equal(rgb.train.images[data.train.indices], data.train.images)
    assert set(hold_out(rgb, count, seed=2)[1].indices.tolist()) != used[1]


@pytest.mark.parametrize("scenario", ["class", "random", "poisoned"])
def test_forget_and_retain_are_what_the_original_was_trained_on(cells, scenario):
    """F1 of the public code: there a tenth of the forget set was never trained on."""
    case = Swept({**cells["class", 0], "scenario": scenario}, 0, "cpu")
    forget, retain = set(case.task.forget.indices.tolist()), set(case.task.retain.indices.tolist())
    assert not forget & retain
    assert forget | retain == set(case.task.train.indices.tolist()) == set(case.task.data.train.indices.tolist())
    assert not (forget | retain) & set(case.validation.indices.tolist())


def test_one_dense_original_serves_both_scenarios(cells, same):
    """It is trained on forget and retain samples alike, so the same run, from the cache, is the original of both."""
    models = [Swept(cells[s, 0], 0, "cpu").original().model for s in ("class", "random")]
    assert same(*models)


def test_the_sparse_original_and_reference_share_a_mask(cells):
    """95 % pruned, both; the reference has other weights."""
    case = Swept(cells["random", 95], 0, "cpu")
    original = case.original().model
    retrained = case.retrained(original).model
    assert sparsity(original) == pytest.approx(95, abs=0.01)
    masks = masks_of(original), masks_of(retrained)
    assert all(torch.equal(a, b) for a, b in zip(*(m.values() for m in masks), strict=True))
    again = Swept(cells["random", 95], 0, "cpu").original().model  # from the cache
    assert all(torch.equal(a, b) for a, b in zip(original.parameters(), again.parameters(), strict=True))
    assert sparsity(again) == sparsity(original)


def test_only_the_own_mask_is_free_of_the_forget_set(cells, folders, monkeypatch, same):
    """With other images in the forget set it is bit for bit the same model; the two with the original's mask are not.

    The dense one never saw them either. All at the sparsity asked for, which is what a smoke cell has at 95 %.
    """
    recipe = {**cells["random", 95]["recipe"], "epochs": 25, "batch_size": 64}  # long enough for a rewinding epoch
    settings = {**cells["random", 95], "sweeps": [], "samples": 150, "recipe": recipe, "model": "convnet-slim"}
    request = Swept.request

    def spoilt(self, data):
        forget = request(self, data).forget_indices
        images = data.train.images.clone()
        images[forget] = 255 - images[forget]
        return request(self, replace(data, train=replace(data.train, images=images)))

    made = {}
    for name, ask in (("as it is", request), ("spoilt", spoilt)):
        monkeypatch.setenv("MU_CACHE", str(folders / name))
        monkeypatch.setattr(experiments.Case, "request", ask)
        models = []
        monkeypatch.setattr(experiments, "outputs", lambda m, t, seen=models: seen.append(m) or outputs(m, t))
        found = pd.DataFrame(experiments.references(settings, 0, "cpu"))
        made[name] = dict(zip(found["variant"].unique(), models[1:], strict=True))  # the first is measured against
        assert found.set_index(["variant", "metric"])["value"]["as published", "Avg. Gap"] == 0
    unlike = {name for name, model in made["spoilt"].items() if not same(model, made["as it is"][name])}
    assert unlike == {"as published", "rewound"}
    kept = {
        name: torch.cat([m.flatten() for m in masks_of(model).values()]) for name, model in made["spoilt"].items()
    }
    assert torch.equal(kept["as published"], kept["rewound"])
    assert not torch.equal(kept["as published"], kept["own mask"])
    assert {name: round(100 * (~mask).double().mean().item()) for name, mask in kept.items()} == {
        "dense": 0, "as published": 95, "rewound": 95, "own mask": 95,
    }  # fmt: skip


def test_the_forget_set_is_not_what_training_begins_with(rgb):
    """A tenth of the first epoch's first tenth, not all of it. Breaks if one seed draws both by one permutation."""
    for make in (mu.forget_random, mu.forget_poisoned):
        task = make(rgb, 0.1, seed=0)
        order = torch.randperm(len(rgb.train), generator=torch.Generator().manual_seed(0))
        first = order[: len(task.forget_indices)]
        assert torch.isin(first, task.forget_indices).double().mean() < 0.4


def test_rounds_of_iterative_pruning_go_on_from_one_another(cells, monkeypatch):
    """Six rounds after three train three more times: each round is kept."""
    trained = []
    real = experiments.pruning.imp
    monkeypatch.setattr(experiments.pruning, "imp", lambda *a, **k: trained.append(k) or real(*a, **k))
    for rounds, calls in ((2, 2), (3, 3)):
        percent = 100 * (1 - 0.8**rounds)
        case = Swept({**cells["class", 0], "pruner": "imp", "sparsity": percent}, 0, "cpu")
        assert sparsity(case.original().model) == pytest.approx(percent, abs=0.05)
        assert len(trained) == calls


# ---- choices --------------------------------------------------------------------------------------------


def test_every_value_tried_is_recorded(rows, cells):
    """Each method, each value: accuracies, membership and the gap that is guessed; or that it diverged."""
    for scenario, percent in (("class", 0), ("random", 95)):
        part = rows[(rows["scenario"] == scenario) & (rows["sparsity"] == percent)]
        for sweep in cells[scenario, percent]["sweeps"]:
            for value in sweep["values"]:
                metrics = set(part.loc[(part["method"] == sweep["method"]) & (part["tried"] == value), "metric"])
                assert metrics == {"diverged"} or metrics >= {
                    "UA",
                    "RA",
                    "TA",
                    "MIA-Efficacy",
                    "Avg. Gap",
                    "proxy gap",
                }
    assert rows["value"].map(math.isfinite).all()


def test_masks_survive_every_method(rows):
    """As many weights are exactly zero after each method as in the original."""
    pruned = rows[(rows["metric"] == "zero weights") & (rows["sparsity"] == 95)]
    assert len(pruned) > 8
    assert pruned["value"].tolist() == pytest.approx([95] * len(pruned), abs=0.01)


def test_the_guess_is_the_retrained_models_level(cells):
    """A retrained model that scores as guessed is at distance zero; the forget set of a class counts as all wrong."""
    case = Swept(cells["class", 0], 0, "cpu")
    original = case.original().model
    out, held = mu.metrics.outputs(original, case.task), mu.predict(original, case.validation)
    forget, retain, unseen = case.expected(original)
    asked = case.validation.labels != TARGET
    assert forget == 0
    assert retain == mu.metrics.accuracy(out.retain, case.task.retain.labels)
    assert unseen == mu.metrics.accuracy(held[asked], case.validation.labels[asked])
    known = mu.metrics.accuracy(out.forget, case.task.forget.labels)
    assert case.proxy_gap((forget, retain, unseen), original, out) == pytest.approx(known / 3)
    random = Swept(cells["random", 0], 0, "cpu")
    forget, _, unseen = random.expected(original)
    assert forget == unseen == mu.metrics.accuracy(held, case.validation.labels)


def test_what_is_timed_goes_round_the_training_images(rgb, same):
    """More images than there are start again at the first; the network is the cell's own, by its seed. Breaks if so
    many images are cut down to what there is."""
    settings, size = {"dataset": "synthetic-rgb", "model": "resnet9-slim"}, len(rgb.train)
    data, model = untrained(settings, 3, "cpu", images=size + 2)
    assert data.train.indices.tolist() == [*rgb.train.indices.tolist(), *rgb.train.indices[:2].tolist()]
    assert same(model, mu.build_model("resnet9-slim", rgb, seed=3))
    assert len(untrained(settings, 3, "cpu")[0].train) == size


# ---- backdoor -------------------------------------------------------------------------------------------


def test_attack_success_of_a_clean_and_of_a_hijacked_model(rgb):
    """A perfect clean model: 0, or the class's share with target images; one that always answers 0: 100."""
    task = mu.forget_poisoned(rgb, 0.1, target=0)
    labels = task.test.labels

    class Answers(torch.nn.Module):
        def __init__(self, answers):
            super().__init__()
            self.answers, self.weight = answers, torch.nn.Parameter(torch.zeros(1))
            self.at = 0

        def forward(self, images):
            part = self.answers[self.at : self.at + len(images)]
            self.at += len(images)
            return functional.one_hot(part, 10).float()

    share = 100 * (labels == 0).double().mean().item()
    assert attack_success(Answers(labels), task) == 0
    assert attack_success(Answers(labels), task, with_target=True) == pytest.approx(share)
    assert attack_success(Answers(torch.zeros_like(labels)), task) == 100


# ---- Proposition 2 --------------------------------------------------------------------------------------


def quadratic(seed=0):
    """A linear softmax model on 2x2 images: its Hessian can be written down."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3, bias=False))
    return model, torch.rand(20, 1, 2, 2), torch.randint(3, (20,))


def test_curvature_is_the_hessians_largest_singular_value():
    """Against the dense Hessian's eigenvalues."""
    model, images, labels = quadratic()
    loss = lambda w: functional.cross_entropy(images.flatten(1) @ w.view(3, 4).T, labels)
    hessian = torch.autograd.functional.hessian(loss, model[1].weight.detach().flatten())
    largest = torch.linalg.svdvals(hessian).max().item()
    assert experiments._largest_curvature(model, images, labels, seed=0) == pytest.approx(largest, rel=1e-3)


def test_curvature_of_a_masked_model_is_that_of_the_weights_left():
    """Against the dense Hessian of the same weights without masks, rows and columns of the pruned ones dropped."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 2), torch.nn.Tanh(), torch.nn.Flatten(), torch.nn.Linear(12, 3)
    )
    masked = apply_masks(network, experiments.layer_masks(network, 75))
    images, labels = torch.randn(20, 1, 3, 3), torch.randint(3, (20,))
    plain = dense(masked)
    names, shapes = zip(*((name, p.shape) for name, p in plain.named_parameters()), strict=True)

    def loss(flat):
        parts = flat.split([shape.numel() for shape in shapes])
        weights = {name: part.view(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        return functional.cross_entropy(torch.func.functional_call(plain, weights, (images,)), labels)

    flat = torch.nn.utils.parameters_to_vector(plain.parameters()).detach()
    kept = torch.cat([p.detach().flatten() != 0 if name == "0.weight" else torch.ones(p.numel(), dtype=torch.bool)
                      for name, p in plain.named_parameters()])  # fmt: skip
    hessian = torch.autograd.functional.hessian(loss, flat)[kept][:, kept]
    largest = torch.linalg.svdvals(hessian).max().item()
    assert experiments._largest_curvature(masked, images, labels, seed=0) == pytest.approx(largest, rel=1e-3)


def test_descent_is_plain_gradient_descent():
    """Two steps by hand; the model handed in stays."""
    model, images, labels = quadratic()
    start = model[1].weight.detach().clone()
    w = start.clone().requires_grad_()
    for part in (slice(0, 10), slice(10, 20)):
        loss = functional.cross_entropy(images[part].flatten(1) @ w.T, labels[part])
        (g,) = torch.autograd.grad(loss, w)
        w = (w - 0.5 * g).detach().requires_grad_()
    pairs = [(images[:10], labels[:10]), (images[10:], labels[10:])]
    assert torch.allclose(experiments._descend(model, pairs, 0.5)[1].weight, w, atol=1e-6)
    assert torch.equal(model[1].weight, start)


def test_the_error_vanishes_where_one_step_is_all(rgb):
    """After a single step, ascent from it leads back to the start, which is what retraining without it is."""
    settings = {
        "dataset": "synthetic-rgb",
        "model": "convnet-slim",
        "percents": [0, 90],
        "steps": 1,
        "batch": 8,
        "lr": 0.1,
    }
    rows = pd.DataFrame(experiments.proposition(settings, 0, "cpu"))
    assert rows.loc[rows["metric"] == "error", "value"].max() < 1e-5
    assert (rows.loc[rows["metric"] == "distance travelled", "value"] > 1e-3).all()


def test_masks_keep_the_same_share_of_every_layer():
    """By size the largest of each; at random others, as many. Breaks if a layer is lost whole."""
    data = mu.load_dataset("synthetic-rgb")
    model = mu.build_model("convnet-slim", data)
    convs = prunable(model)
    for name, mask in experiments.layer_masks(model, 95).items():
        size = convs[name].weight.detach().abs()
        assert mask.sum() == round(0.05 * mask.numel())
        assert size[mask].min() >= size[~mask].max()
        shuffled = experiments._shuffled(mask, torch.Generator().manual_seed(0))
        assert shuffled.sum() == mask.sum()
        assert not torch.equal(shuffled, mask)


# ---- transfer -------------------------------------------------------------------------------------------


def test_transfer_runs_on_folders_of_images(noisy_folder):
    """The way to ImageNet: two sets of generated pictures; every method probed, the removed class unlearned."""
    noisy_folder("source", 32)
    noisy_folder("target", 32)
    settings = get_item("sparsity-tab4").grid("smoke")[0] | {
        "dataset": "folder:source:32", "target": "folder:target:32", "removed": 1, "samples": None,
    }  # fmt: skip
    settings["recipe"] |= {"epochs": 15, "batch_size": 8}
    rows = pd.DataFrame(experiments.transfer(json.loads(json.dumps(settings)), 0, "cpu"))
    probes = rows[rows["metric"] == "probe accuracy"].set_index("method")["value"]
    assert list(probes.index) == ["untrained", "trained", "retrain", "l1-sparse"]
    assert probes.between(0, 100).all()
    values = rows.set_index(["method", "metric"])["value"]
    assert values["retrain", "UA"] == 100  # a class it never saw
    assert values["retrain", "RA"] > 40  # chance is 33
    assert set(rows.loc[rows["metric"] == "RTE", "method"]) == {"retrain", "l1-sparse"}
    assert rows.loc[rows["method"] == "untrained", "metric"].tolist() == ["probe accuracy"]


# ---- views ----------------------------------------------------------------------------------------------


def test_views_share_the_record_of_their_item():
    """Same cells under the item's own key, so that nothing is run twice."""
    main, view = get_item("sparsity-tab3"), get_item("sparsity-fig1")
    assert view.record == "sparsity-tab3"
    assert main.record == main.id
    assert [c.key for c in view.cells("smoke")] == [c.key for c in main.cells("smoke")]
    assert vars(replace(view, id=main.id, title=main.title, shows="")) == vars(main)


class Sums(torch.nn.Module):
    """Answers the sum of an image's pixels, modulo 10: right by chance, and seen by no training."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, images):
        return functional.one_hot(images.long().flatten(1).sum(1) % 10, 10).float()


def test_the_numbers_of_the_backdoor_by_counting(monkeypatch):
    """SA: test images as they are. ASR: triggered ones taken for class 0, of the other classes and of all; UA:
    poisoned training images not taken for it. Breaks if the two ASR change places, or SA is of training images."""
    settings = {**get_item("sparsity-fig5").cells("smoke")[0].settings, "sweeps": []}
    monkeypatch.setattr(Swept, "original", lambda self: SimpleNamespace(model=Sums()))
    found = {row["metric"]: row["value"] for row in experiments.backdoor(settings, 0, "cpu")}
    task = Swept(settings, 0, "cpu").task
    answers = lambda images: [int(image.long().sum()) % 10 for image in images]
    share = lambda hits: 100 * sum(hits) / len(hits)
    labels, triggered = task.test.labels.tolist(), answers(task.triggered_test.images)
    expected = {
        "SA": share([a == y for a, y in zip(answers(task.test.images), labels, strict=True)]),
        "ASR": share([a == 0 for a, y in zip(triggered, labels, strict=True) if y != 0]),
        "ASR, target class included": share([a == 0 for a in triggered]),
        "UA": 100 - share([a == 0 for a in answers(task.forget.images)]),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert len(set(expected.values())) == 4


def test_privacy_leaves_out_test_images_of_the_class(rgb, monkeypatch):
    """Retained samples beside test images of the same classes. Breaks if images of the forgotten class are among
    those never seen, for they tell the class."""
    task, handed = mu.forget_class(rgb, 0), []
    monkeypatch.setattr(experiments.attacks, "mia_privacy", lambda *sets: handed.append(sets) or 50.0)
    draw = lambda part: torch.randn(len(part), 10, generator=torch.Generator().manual_seed(len(part)))
    out = Outputs(*(draw(part) for part in (task.forget, task.retain, task.test)))
    experiments.privacy(out, task)
    ((members, others),) = handed
    p = out.test.softmax(1)
    assert others.tolist() == pytest.approx(
        [p[i, y].item() for i, y in enumerate(task.test.labels.tolist()) if y != 0]
    )
    assert len(members) == len(task.retain)


def test_the_bound_and_what_it_is_made_of():
    """Without a mask, by another optimiser: eta^2 t |theta_t - theta_0| sigma, and the error over the norm of the
    weights *retrained*. Breaks if a power of eta is lost, or the norm is that of the start."""
    sizes = {"percents": [0], "steps": 3, "batch": 64, "lr": 0.5}
    settings = {"dataset": "synthetic-rgb", "model": "convnet-slim", **sizes}
    rows = [row for row in experiments.proposition(settings, 0, "cpu") if row["mask"] == "size"]
    found = {row["metric"]: row["value"] for row in rows}
    data = mu.load_dataset("synthetic-rgb")
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(0)).split(64)[:3]

    def descend(batches):
        model = mu.build_model("convnet-slim", data, seed=0)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
        for batch in batches:
            optimiser.zero_grad()
            functional.cross_entropy(model(data.train.images[batch]), data.train.labels[batch]).backward()
            optimiser.step()
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    start, end, without = descend([]), descend(order), descend(order[1:])
    assert found["distance travelled"] == pytest.approx((end - start).norm().item(), rel=1e-4)
    assert found["bound"] == pytest.approx(0.25 * 3 * found["distance travelled"] * found["curvature"], rel=1e-6)
    assert found["error"] / found["relative error"] == pytest.approx(without.norm().item(), rel=1e-4)
    assert without.norm().item() != pytest.approx(start.norm().item(), rel=1e-3)


def test_so_many_classes_are_removed_as_the_settings_say():
    """Two of ten, wholly; other ones at another seed. Breaks if they are what stays."""
    settings = {**get_item("sparsity-tab4").cells("smoke")[0].settings, "removed": 2}
    gone = []
    for seed in (0, 1):
        task = experiments.Classes(settings, seed, "cpu").task
        gone.append(set(task.forget.labels.tolist()))
        assert len(gone[-1]) == 2
        assert set(task.retain.labels.tolist()) == set(range(10)) - gone[-1]
    assert gone[0] != gone[1]


def test_the_probe_learns_from_training_images_and_is_asked_about_test_images(monkeypatch):
    """Breaks if the two change places."""
    target = mu.load_dataset("synthetic-rgb")
    assert len(target.test) < len(target.train)
    settings = {**get_item("sparsity-tab4").cells("smoke")[0].settings, "probe": len(target.test) + 10}
    handed = []
    monkeypatch.setattr(experiments.explain, "linear_probe", lambda *four: handed.append(four) or 50.0)
    list(experiments.transfer(settings, 0, "cpu"))
    assert len(handed) == 4
    for found, labels, asked, truth in handed:
        assert len(found) == len(labels) == len(target.test) + 10
        assert len(asked) == len(target.test)
        assert torch.equal(truth, target.test.labels)


@pytest.mark.parametrize(("scenario", "label"), [("class", TARGET), ("random", -1)])
def test_the_published_fisher_replaces_a_row_where_the_code_does(scenario, label):
    """By the number of samples: 4,500 of CIFAR-10, of whatever class. Breaks if turned round."""
    (sweep,) = experiments.sweeps_of("paper", scenario, ("fisher-as-published",))
    default = mu.methods()["fisher-as-published"].defaults["label"]
    assert sweep["options"].get("label", default) == label


def test_ascent_takes_half_the_epochs_of_fine_tuning():
    """Five of ten, as published; not more than a small profile has. Breaks if five is the least."""
    of = lambda profile: {s["method"]: s["tune"] for s in experiments.sweeps_of(profile, "class")}
    assert (of("paper")["gradient-ascent"], of("paper")["fine-tune"]) == ((5, 256), (10, 256))
    assert of("laptop")["gradient-ascent"] == of("laptop")["fine-tune"] == (3, 32)


def test_the_control_keeps_as_many_weights_of_each_layer_but_others(monkeypatch):
    """Masks at random beside masks by size. Breaks if the control is the same mask."""
    seen, apply = [], apply_masks
    watch = lambda model, masks: seen.append(masks) or apply(model, masks)
    monkeypatch.setattr(experiments, "apply_masks", watch)
    sizes = {"percents": [90], "steps": 2, "batch": 8, "lr": 0.1}
    settings = {"dataset": "synthetic-rgb", "model": "convnet-slim", **sizes}
    list(experiments.proposition(settings, 0, "cpu"))
    size, chance = seen
    for name in size:
        assert size[name].sum() == chance[name].sum()
        assert not torch.equal(size[name], chance[name])


def test_a_value_at_which_the_backdoored_model_diverges_is_said(monkeypatch):
    """Breaks if it is left out, as if it had not been tried."""
    (cell,) = [c for c in get_item("sparsity-fig5").cells("smoke", 1) if c.settings["sparsity"] == 95]
    columns = {"option": "lr", "tried": 0.01}
    monkeypatch.setattr(experiments, "tries", lambda *_: [("fine-tune", None, 1.0, columns)])
    found = [r for r in experiments.backdoor(cell.settings, 0, "cpu") if r["method"] == "fine-tune"]
    assert found == [{"method": "fine-tune", "metric": "diverged", "value": 1, **columns}]
