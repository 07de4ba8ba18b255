"""The one training loop.

Originals, retrained references and every unlearning method that takes gradient steps, but MU-Mis, go through `train`.
All trainable parameters are moved into one flat vector, of which the model's tensors are views: the optimiser
then updates one tensor, a step's change is one subtraction, and recording it never touches the arithmetic of
training. Images stay uint8 on the device; augmentation is a tensor operation there; there is no data loader.
"""

from __future__ import annotations

import contextlib
import copy
import math
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import torch
from torch.nn import functional
from torch.optim.swa_utils import update_bn

from mu.checkpoints import Checkpoint
from mu.models import answer, batch_norms, device_of
from mu.selection import Layout, flatten, trainable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jaxtyping import Bool, Float, UInt8
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.ledger import Recorder

OPTIMIZERS = ("sgd", "adam")
SCHEDULES = ("constant", "cosine", "step")
AUGMENTATIONS = ("none", "crop-flip")
CROP_PADDING = 4  # pixels: the usual CIFAR recipe (He et al. 2016, section 4.2)


@dataclass(frozen=True)
class Recipe:
    """How to train. Points of the schedule are shares of the run, so a shorter run keeps its shape."""

    epochs: int = 10  # passes over the samples
    batch_size: int = 64  # samples per step; the last batch of an epoch may be smaller
    optimizer: str = "adam"  # "sgd" or "adam" (betas 0.9 and 0.999)
    lr: float = 1e-3  # peak learning rate
    momentum: float = 0.0  # of SGD, from 0 to below 1
    weight_decay: float = 0.0  # L2 penalty added to the gradient
    schedule: str = "constant"  # "constant", "cosine" (to zero) or "step" (at the milestones)
    milestones: tuple[float, ...] = (0.5, 0.75)  # shares of the run at which "step" multiplies by gamma
    gamma: float = 0.1  # factor of "step"
    warmup: float = 0.0  # share of the run over which the rate rises linearly from zero
    augment: str = "none"  # "none" or "crop-flip" (pad 4, random crop, random mirror)
    precision: str = "auto"  # "float32", "bfloat16" (autocast), or "auto": bfloat16 on a GPU

    def __post_init__(self) -> None:
        object.__setattr__(self, "milestones", tuple(self.milestones))  # a list where it comes from JSON
        for name, allowed in (
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("augment", AUGMENTATIONS),
            ("precision", ("auto", "float32", "bfloat16")),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        if not all(isinstance(count, Integral) for count in (self.epochs, self.batch_size)):
            raise ValueError(f"epochs and batch_size are whole numbers, not {self.epochs!r} and {self.batch_size!r}")
        if self.epochs < 0 or self.batch_size < 1 or not 0 < self.lr < math.inf:
            raise ValueError(f"epochs >= 0, batch_size >= 1 and a finite lr > 0 are needed, not {self}")
        if not all(0 <= value < math.inf for value in (self.weight_decay, self.gamma)):
            raise ValueError(f"weight_decay and gamma must be finite and not below 0, not those of {self}")
        if not 0 <= self.momentum < 1 or not all(0 <= share <= 1 for share in (self.warmup, *self.milestones)):
            raise ValueError(f"momentum below 1, warmup and milestones from 0 to 1 are needed, not those of {self}")

    def rate(self, progress: float) -> float:
        """Learning rate after the share `progress` (0 to 1) of the run."""
        if progress < self.warmup:
            return self.lr * progress / self.warmup
        if self.schedule == "cosine":
            return self.lr * 0.5 * (1 + math.cos(math.pi * progress))
        if self.schedule == "step":
            return self.lr * self.gamma ** sum(progress >= m for m in self.milestones)
        return self.lr

    def build_optimizer(self, vector: Tensor) -> torch.optim.Optimizer:
        if self.optimizer == "adam":
            return torch.optim.Adam([vector], lr=self.lr, weight_decay=self.weight_decay, fused=True)
        return torch.optim.SGD(
            [vector], lr=self.lr, momentum=self.momentum, weight_decay=self.weight_decay, fused=True
        )


def train(
    model: nn.Module,
    samples: Samples,
    recipe: Recipe,
    *,
    seed: int = 0,
    start_epoch: int = 0,
    ledger: Recorder | Sequence[Recorder] = (),
    loss: Callable[[Tensor, Tensor], Tensor] = functional.cross_entropy,
    partial: Callable[[Float[Tensor, " d"], Layout, int], Bool[Tensor, " d"]] | None = None,
    frozen_norm: bool = False,
    on_gradient: Callable[[Flat, float], None] | None = None,
    on_step: Callable[[int, nn.Module], bool | None] | None = None,
) -> nn.Module:
    """Train a copy of `model` from the weights it has.

    Args:
        model: images -> logits; left untouched. Every parameter with `requires_grad` is trained; a batch norm none of
            whose parameters has it keeps its statistics.
        samples: what to train on; moved to the model's device.
        recipe: optimiser, schedule and length.
        seed: drives batch order, augmentation and dropout, and nothing else. Same seed, device and thread
            count: bitwise the same result, but for the attention of a ViT on a GPU.
        start_epoch: skip so many epochs of the recipe. Rates and step numbers go on from there; the optimiser is
            fresh, and the batch orders are those that a run from epoch 0 would begin with.
        ledger: recorder(s) shown the parameter change and the samples of every step.
        loss: (logits, labels) -> scalar to minimise.
        partial: (gradient, layout, number of the step) -> the entries of the update to apply, such as
            `mu.Selection(0.1).mask` (Gogineni & Nadimi, Algorithms 2 and 3); the others stay bitwise as they were.
        frozen_norm: batch norms keep and use the statistics they have, as in evaluation mode; their weights are still
            trained. For steps on samples of one class, whose own statistics would not fit the others.
        on_gradient: called before each step with parameters and gradient as flat vectors and the share of the run
            that is done (0 to 1), to change the gradient in place: a penalty, a mask. `Flat.model` is the live model.
        on_step: called after each step with its number (from 0 at epoch 0) and the live model; True ends training.

    Returns:
        The trained copy, in evaluation mode.

    Raises:
        FloatingPointError: the loss became NaN or infinite, and the message names epoch and step; or the weights did.
        ValueError: there are no samples, nothing to train, `start_epoch` lies outside the recipe, or the model does
            not take uint8 images, or a last batch of one, or its parameters are of several dtypes; or it is called
            inside `torch.inference_mode()`.
    """
    if not trainable(model):
        raise ValueError("there is nothing to train: the model has no trainable parameter")
    if torch.is_inference_mode_enabled():
        raise ValueError("training takes gradients; leave torch.inference_mode()")
    if len(dtypes := {str(parameter.dtype) for parameter in trainable(model).values()}) > 1:  # one vector has one
        raise ValueError(f"the trainable parameters are of several dtypes, {', '.join(sorted(dtypes))}; use one")
    device = device_of(model)
    samples = samples.to(device)
    if not len(samples):
        raise ValueError("there are no samples to train on")
    if not 0 <= start_epoch <= recipe.epochs:
        raise ValueError(f"start_epoch must be from 0 to the recipe's {recipe.epochs} epochs, not {start_epoch}")
    recorders = [ledger] if hasattr(ledger, "record") else list(ledger)
    positions = samples.indices.cpu()  # recorders look them up there, and a GPU is not waited for
    steps_per_epoch = math.ceil(len(samples) / recipe.batch_size)
    total = recipe.epochs * steps_per_epoch
    stop = False
    with _trainable_copy(model) as (model, flat), _repeatable(seed, device) as generator, torch.enable_grad():
        for norm in batch_norms(model):
            own = list(norm.parameters(recurse=False))
            if frozen_norm or (own and not any(parameter.requires_grad for parameter in own)):
                norm.eval()
        optimizer = recipe.build_optimizer(flat.vector)
        for recorder in recorders:
            recorder.begin(flat.layout)
        checkpoint = Checkpoint(model, optimizer, generator, enabled=not recorders and on_step is None)
        epochs = range(max(start_epoch, checkpoint.load()), recipe.epochs)
        step = epochs.start * steps_per_epoch
        for epoch in epochs:
            losses = torch.zeros(steps_per_epoch, device=device)
            order = torch.randperm(len(samples), generator=generator)
            batches = zip(order.split(recipe.batch_size), order.to(device).split(recipe.batch_size), strict=True)
            for i, (drawn, batch) in enumerate(batches):
                images = augment(samples.images[batch], recipe.augment, generator)
                with autocast(recipe.precision, device):
                    value = loss(answer(model, images), samples.labels[batch])
                flat.gradient.zero_()
                value.backward()
                losses[i] = value.detach()
                if on_gradient:
                    on_gradient(flat, step / total)
                optimizer.param_groups[0]["lr"] = recipe.rate(step / total)
                if recorders or partial:
                    flat.remember()
                optimizer.step()
                if partial:
                    flat.restore_except(partial(flat.gradient, flat.layout, step))
                if recorders:
                    change = flat.change()
                for recorder in recorders:
                    recorder.record(step, change, positions[drawn], flat.vector)
                stop = bool(on_step and on_step(step, model))
                step += 1
                if stop:
                    break
            bad = (~losses.isfinite()).nonzero()  # the loop's only synchronisation, once an epoch
            if len(bad):
                raise FloatingPointError(
                    f"the loss became {losses[bad[0, 0]].item()} in epoch {epoch}, step {bad[0, 0].item()}; "
                    f"a smaller learning rate than {recipe.lr:g} may help"
                )
            checkpoint.save(epoch + 1, last=epoch + 1 == recipe.epochs)
            if stop:
                break
        if not flat.vector.isfinite().all():  # no loss was taken after the last step
            raise FloatingPointError(
                f"the weights became infinite in the last steps; a smaller learning rate than {recipe.lr:g} may help"
            )
        for recorder in recorders:
            recorder.finish(flat.vector)
    return model.eval()


def recalibrate(model: nn.Module, samples: Samples, batch_size: int = 512) -> nn.Module:
    """A copy of `model` whose batch-norm statistics are re-estimated on `samples`; weights stay bitwise.

    Subtracting recorded updates leaves the statistics of the trained model behind, which do not fit the
    changed weights and still hold the forgotten samples. This mends both, at the price of using data.

    Raises:
        ValueError: there is no sample.
    """
    if not len(samples):
        raise ValueError("no statistics can be estimated: there is no sample")
    model = copy.deepcopy(model)
    images = samples.images.to(device_of(model))
    with _repeatable(0, images.device):
        update_bn(images.tensor_split(math.ceil(len(images) / batch_size)), model)  # it weights all batches alike
    return model.eval()


def augment(
    images: UInt8[Tensor, "n channel height width"], how: str, generator: torch.Generator
) -> UInt8[Tensor, "n channel height width"]:
    """Pad by 4, crop at a random place and mirror at random, each image by itself, on its device."""
    if how == "none":
        return images
    n, _, height, width = images.shape

    def draw(high: int) -> Tensor:  # on the CPU, so that a seed means the same everywhere; copied without waiting
        drawn = torch.randint(high, (n,), generator=generator, pin_memory=images.is_cuda)
        return drawn.to(images.device, non_blocking=True)

    top, left, mirror = draw(2 * CROP_PADDING + 1), draw(2 * CROP_PADDING + 1), draw(2).bool()
    padded = functional.pad(images, (CROP_PADDING,) * 4)
    rows = top[:, None] + torch.arange(height, device=images.device)  # n, height
    columns = torch.arange(width, device=images.device).expand(n, width)
    columns = left[:, None] + torch.where(mirror[:, None], columns.flip(1), columns)  # n, width
    n_index = torch.arange(n, device=images.device)[:, None, None]
    # Indexed dimensions come first: n, height, width, channel.
    return padded[n_index, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


class Flat:
    """A model's trainable parameters as views of one vector, and their gradients as views of another."""

    def __init__(self, model: nn.Module) -> None:
        self.model, self.layout = model, Layout.of(model)
        parameters = trainable(model).values()
        self.vector: Float[Tensor, " d"] = flatten(p.detach() for p in parameters)
        self.gradient = torch.zeros_like(self.vector)
        self.vector.grad = self.gradient
        self.before = torch.empty_like(self.vector)
        for p, data, grad in zip(
            parameters, self.layout.split(self.vector), self.layout.split(self.gradient), strict=True
        ):
            p.data, p.grad = data.view(p.shape), grad.view(p.shape)

    def remember(self) -> None:
        self.before.copy_(self.vector)

    def change(self) -> Float[Tensor, " d"]:
        """Parameters now minus parameters when last remembered."""
        return self.vector - self.before

    def restore_except(self, mask: Tensor) -> None:
        torch.where(mask, self.vector, self.before, out=self.vector)


@contextlib.contextmanager
def _trainable_copy(model: nn.Module) -> Iterator[tuple[nn.Module, Flat]]:
    """A deep copy in training mode with flat parameters; on leaving, parameters own their memory again."""
    model = copy.deepcopy(model).train()
    flat = Flat(model)
    yield model, flat
    for p in model.parameters():
        p.data, p.grad = p.data.clone(), None


@contextlib.contextmanager
def _repeatable(seed: int, device: torch.device) -> Iterator[torch.Generator]:
    """All randomness inside comes from `seed`; the caller's random state and settings are as before after."""
    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda), deterministic():
        torch.default_generator.manual_seed(seed)
        if cuda:
            with torch.cuda.device(device):  # the seed is the current device's
                torch.cuda.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)


@contextlib.contextmanager
def deterministic() -> Iterator[None]:
    """The same convolutions every time, on a GPU too. What is asked for in float32 is not computed in TF32."""
    cudnn, products = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, products.fp32_precision
    cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, products.fp32_precision = True, False, False, "ieee"
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, products.fp32_precision = before


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """The precision that a `Recipe` asks for, for a forward pass on this device."""
    enabled = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)
