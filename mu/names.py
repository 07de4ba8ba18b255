"""What the book calls data sets, networks and papers, in the order in which it shows them."""

from __future__ import annotations

NAMES = {
    "mlp": "MLP", "lenet": "LeNet", "convnet": "ConvNet", "alexnet": "AlexNet", "resnet9": "ResNet9",
    "resnet18": "ResNet-18", "vgg16": "VGG-16", "vit": "ViT", "convnet-slim": "ConvNet, 1/8 width",
    "alexnet-slim": "AlexNet, 1/8 width", "resnet9-slim": "ResNet9, 1/8 width",
    "resnet18-slim": "ResNet-18, 1/4 width", "vgg16-slim": "VGG-16, 1/4 width", "vit-slim": "ViT, 1/3 width",
    "mnist": "MNIST", "mnist5k": "MNIST 5k", "mnist5k-pairs": "MNIST 5k in pairs", "organamnist": "OrganAMNIST",
    "svhn": "SVHN", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "cifar20": "CIFAR-20",
    "folder:faces:32": "Pins faces", "folder:tiny-imagenet:64": "Tiny ImageNet", "folder:imagenet:64": "ImageNet",
    "mumis": "MU-Mis", "beyond": "beyond the papers",
}  # fmt: skip


def shown(key: str) -> str:
    """What the book calls it; the key itself if it has no other name."""
    return NAMES.get(key, key)


def place(key: str) -> int:
    """Where it stands in the book's order; what has no name comes last."""
    return list(NAMES).index(key) if key in NAMES else len(NAMES)
