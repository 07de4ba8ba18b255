"""Machine unlearning, reproducibly: the package behind the companion book.

import mu

data = mu.load_dataset("mnist5k")
task = mu.forget_rare(data, label=3, count=8)
ledger = mu.Ledger(keep=0.1)
original = mu.train(mu.build_model("lenet", data), task.train, mu.Recipe(), ledger=ledger)
unlearned = mu.unlearn("partial-amnesiac", original, task, ledger=ledger)
print(mu.evaluate(unlearned, task))
"""

from mu import attacks, metrics
from mu.data import Dataset, Samples, load_dataset
from mu.downloads import DataError
from mu.ledger import Ledger, RunningSum
from mu.metrics import Scores, evaluate
from mu.models import build_model, predict
from mu.selection import Layout, Selection
from mu.spill import LedgerFull
from mu.storage import CorruptFile
from mu.tasks import Task, forget_class, forget_poisoned, forget_random, forget_rare, forget_some, forget_subclass
from mu.training import Recipe, train
from mu.unlearning import methods, unlearn

__version__ = "0.1.0"

__all__ = [
    "CorruptFile",
    "DataError",
    "Dataset",
    "Layout",
    "Ledger",
    "LedgerFull",
    "Recipe",
    "RunningSum",
    "Samples",
    "Scores",
    "Selection",
    "Task",
    "attacks",
    "build_model",
    "evaluate",
    "forget_class",
    "forget_poisoned",
    "forget_random",
    "forget_rare",
    "forget_some",
    "forget_subclass",
    "load_dataset",
    "methods",
    "metrics",
    "predict",
    "train",
    "unlearn",
]
