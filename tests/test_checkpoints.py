"""Training that is killed and goes on: bitwise as if nothing had happened, and the time of both parts is counted."""

import contextlib

import pytest
import torch
from torch import nn

import mu
from mu import checkpoints
from mu.checkpoints import resumable
from mu.experiments.cache import kept
from mu.storage import CorruptFile, cache_folder

RECIPES = {
    "momentum": mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.05, momentum=0.9, schedule="cosine"),
    "plain": mu.Recipe(epochs=4, batch_size=32, optimizer="sgd", lr=0.05, augment="crop-flip"),
    "adam": mu.Recipe(epochs=4, batch_size=32, optimizer="adam", schedule="step", weight_decay=1e-3),
}


class Killed(Exception):
    pass


@pytest.fixture
def always(monkeypatch):
    """A state is kept after every epoch."""
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)


@pytest.fixture
def dropping(normed):
    """seed -> a network with batch norms and dropout, so that training draws at every step."""

    def build(seed=0):
        model = normed(seed)
        model.insert(len(model) - 1, nn.Dropout(0.5))
        return model

    return build


@contextlib.contextmanager
def killed_after(monkeypatch, epochs, call=1):
    """Let that call of `train` die while its state after so many epochs is the last one kept."""
    save = checkpoints.Checkpoint.save

    def dying(self, done, last):
        if self.run and self.run.calls == call and done > epochs:
            raise Killed
        save(self, done, last)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints.Checkpoint, "save", dying)
        yield


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_killed_training_goes_on_bitwise(recipe, epochs, dropping, task, same, tmp_path, monkeypatch, always):
    """Weights, statistics and every draw. Breaks if the optimiser, a generator or the schedule starts over."""
    whole = mu.train(dropping(), task.train, recipe, seed=3)
    with killed_after(monkeypatch, epochs), resumable(tmp_path, lambda: 0.0), pytest.raises(Killed):
        mu.train(dropping(), task.train, recipe, seed=3)
    seen = []
    with resumable(tmp_path, lambda: 0.0):
        look = lambda flat, progress: seen.append(progress)
        model = mu.train(dropping(), task.train, recipe, seed=3, on_gradient=look)
    assert seen[0] == epochs / recipe.epochs
    assert same(model, whole)


def test_calls_are_told_apart(small, task, same, tmp_path, monkeypatch, always):
    """A second training in the same block has a state of its own, and the first one is not run again."""
    recipe = RECIPES["momentum"]
    first = mu.train(small(), task.train, recipe, seed=1)
    second = mu.train(first, task.retain, recipe, seed=2)

    def both(steps):
        with resumable(tmp_path, lambda: 0.0):
            count = lambda flat, progress: steps.append(progress)
            made = mu.train(small(), task.train, recipe, seed=1, on_gradient=count)
            steps.append("second")
            return mu.train(made, task.retain, recipe, seed=2, on_gradient=count)

    with killed_after(monkeypatch, 2, call=2), pytest.raises(Killed):
        both([])
    steps = []
    assert same(both(steps), second)
    assert steps[:2] == ["second", 0.5]


def test_nothing_is_written_outside_or_early(small, task, tmp_path):
    """Short trainings leave nothing, and those outside a block never do."""
    with resumable(tmp_path, lambda: 0.0):
        mu.train(small(), task.train, RECIPES["plain"])
    assert not list(tmp_path.iterdir())


def test_recorded_training_starts_over(small, task, same, tmp_path, monkeypatch, always):
    """A ledger cannot be half there. Breaks if a training with a recorder goes on with an empty one."""
    recipe = RECIPES["plain"]
    with resumable(tmp_path, lambda: 0.0):
        for more in ({"ledger": mu.Ledger(1.0)}, {"on_step": lambda step, model: step == 2}):
            mu.train(small(), task.train, recipe, **more)
    assert not list(tmp_path.iterdir())


def test_a_kept_model_counts_the_time_before_the_kill(small, task, same, monkeypatch, always):
    """The seconds of both processes are added up, the state is gone when the model is there, and it is the same."""
    recipe = RECIPES["momentum"]
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("mu.timing.time.process_time", lambda: float(next(clock)))
    make = lambda model: mu.train(model, task.train, recipe, seed=1)
    with killed_after(monkeypatch, 2), pytest.raises(Killed):
        kept({"a": 1}, small, make, device="cpu")
    (folder,) = (cache_folder() / "trained").iterdir()
    assert [path.name for path in folder.iterdir()] == ["unfinished"]
    done = kept({"a": 1}, small, make, device="cpu")
    # The first process looked at its clock at 0 and after epochs 1 and 2: 20 s. The second at its start, after epochs
    # 3 and 4, and at its end: 30 s.
    assert done.seconds == 50
    assert same(done.model, mu.train(small(), task.train, recipe, seed=1))
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]


def test_a_damaged_state_is_named(small, task, tmp_path, always):
    """It is neither used nor quietly thrown away."""
    with resumable(tmp_path, lambda: 0.0):
        mu.train(small(), task.train, RECIPES["plain"])
    path = tmp_path / "0.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorruptFile, match=r"0\.safetensors"), resumable(tmp_path, lambda: 0.0):
        mu.train(small(), task.train, RECIPES["plain"])


def test_generators_outside_are_left_alone(small, task, tmp_path, always):
    """Going on sets the global generator inside only."""
    with resumable(tmp_path, lambda: 0.0):
        mu.train(small(), task.train, RECIPES["plain"])
    before = torch.default_generator.get_state()
    with resumable(tmp_path, lambda: 0.0):
        mu.train(small(), task.train, RECIPES["plain"])
    assert torch.equal(before, torch.default_generator.get_state())
