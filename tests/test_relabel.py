"""Samples under other labels."""

import torch
from torch import nn

import mu
from mu.data import Samples
from mu.unlearning.relabel import numbered, wrong_labels


def test_wrong_labels_are_wrong_and_uniform(data):
    """Never the true label, every other one alike: chi-square over 9 labels. Breaks if 0 is drawn as a shift, or
    the range ends one short."""
    many = data.train[torch.arange(150).repeat(60)]
    flipped = wrong_labels(many, 10, seed=0)
    assert (flipped.labels != many.labels).all()
    assert torch.equal(flipped.images, many.images)
    shift = (flipped.labels - many.labels) % 10
    counts = torch.bincount(shift, minlength=10)[1:].double()
    expected = len(shift) / 9
    assert ((counts - expected) ** 2 / expected).sum() < 26.1  # 8 degrees of freedom, p = 0.001
    assert torch.equal(wrong_labels(many, 10, seed=0).labels, flipped.labels)
    assert not torch.equal(wrong_labels(many, 10, seed=1).labels, flipped.labels)


def test_numbers_are_positions(task):
    """0 .. n - 1 in place of the labels, all else as it was. Breaks if the data set's indices are taken."""
    numbers = numbered(task.retain)
    assert numbers.labels.tolist() == list(range(len(task.retain)))
    assert numbers.labels.dtype == torch.int64
    assert torch.equal(numbers.images, task.retain.images)
    assert torch.equal(numbers.indices, task.retain.indices)


def test_a_loss_is_handed_the_numbers_of_its_images():
    """Image k is all k, and so is the logit of a network that takes the mean. Breaks if images and numbers are
    shuffled apart on the way through `train`."""

    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.gain = nn.Parameter(torch.ones(1))

        def forward(self, images):
            return self.gain * images.float().mean((1, 2, 3)).unsqueeze(1)

    n, seen = 30, []
    images = torch.arange(n, dtype=torch.uint8).view(n, 1, 1, 1).expand(n, 1, 2, 2)
    samples = Samples(images, torch.full((n,), 7), torch.arange(n) + 500)

    def loss(logits, numbers):
        seen.append((logits.detach().flatten(), numbers))
        return 0 * logits.sum()

    mu.train(Mean(), numbered(samples), mu.Recipe(epochs=1, batch_size=8, optimizer="sgd"), loss=loss)
    assert all(torch.equal(logits, numbers.float()) for logits, numbers in seen)
    assert sorted(torch.cat([numbers for _, numbers in seen]).tolist()) == list(range(n))
