"""What papers and torchvision say of the networks of the zoo: the figures that ours are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure.

    Attributes:
        template: Name of the template.
        arguments: With which it is that network.
        title: What the source calls it.
        parameters: Learnable numbers, as published; a text such as ``0.46 M`` holds to its last digit. Empty
            if the source does not say.
        macs: Multiply-accumulates, likewise.
        source: Where it stands.
    """

    template: str
    arguments: dict[str, Any]
    title: str
    parameters: str
    macs: str
    source: str


_COUNTS = "count of the published layers"
_HE = "He et al. 2015, arXiv:1512.03385"
_TORCHVISION = "torchvision"

PUBLISHED = (
    Published("lenet5", {"input_shape": (1, 32, 32)}, "LeNet-5", "61,706", "", _COUNTS),
    Published("alexnet", {}, "AlexNet 2012", "60,965,224", "", _COUNTS),
    Published("alexnet_torchvision", {}, "AlexNet", "61,100,840", "", _TORCHVISION),
    Published("vgg11", {}, "VGG-11", "132,863,336", "7.609 G", _TORCHVISION),
    Published("vgg13", {}, "VGG-13", "133,047,848", "11.308 G", _TORCHVISION),
    Published("vgg16", {}, "VGG-16", "138,357,544", "15.470 G", _TORCHVISION),
    Published("vgg19", {}, "VGG-19", "143,667,240", "19.632 G", _TORCHVISION),
    Published("vgg11", {"batch_norm": True}, "VGG-11 with BN", "132,868,840", "", _TORCHVISION),
    Published("vgg19", {"batch_norm": True}, "VGG-19 with BN", "143,678,248", "", _TORCHVISION),
    Published("googlenet", {}, "GoogLeNet 2014, with its heads", "13,378,280", "", _COUNTS),
    Published("googlenet", {"aux": False}, "GoogLeNet 2014", "6,998,552", "", _COUNTS),
    Published("googlenet_torchvision", {}, "GoogLeNet with BN and heads", "13,004,888", "", _TORCHVISION),
    Published("plain18", {}, "plain-18", "11,515,688", "1.8 G", _HE),
    Published("plain34", {}, "plain-34", "21,623,848", "3.6 G", _HE),
    Published("resnet18", {}, "ResNet-18", "11,689,512", "1.8 G", _TORCHVISION),
    Published("resnet34", {"shortcut": "A"}, "ResNet-34 A", "21,623,848", "3.6 G", _HE),
    Published("resnet34", {"shortcut": "B"}, "ResNet-34 B", "21,797,672", "3.664 G", _TORCHVISION),
    Published("resnet34", {"shortcut": "C"}, "ResNet-34 C", "22,716,840", "", _COUNTS),
    Published("resnet50", {"stride_in": "paper"}, "ResNet-50, stride in 1×1", "25,557,032", "3.858 G", _HE),
    Published("resnet50", {}, "ResNet-50, stride in 3×3", "25,557,032", "4.089 G", _TORCHVISION),
    Published("resnet50", {"shortcut": "C"}, "ResNet-50 C", "40,128,552", "", _COUNTS),
    Published("resnet101", {"stride_in": "paper"}, "ResNet-101, stride in 1×1", "44,549,160", "7.6 G", _HE),
    Published("resnet101", {}, "ResNet-101, stride in 3×3", "44,549,160", "7.801 G", _TORCHVISION),
    Published("resnet152", {"stride_in": "paper"}, "ResNet-152, stride in 1×1", "60,192,808", "11.3 G", _HE),
    Published("resnet152", {}, "ResNet-152, stride in 3×3", "60,192,808", "11.514 G", _TORCHVISION),
    Published("wide_resnet50_2", {}, "Wide ResNet-50-2", "68,883,240", "11.398 G", _TORCHVISION),
    Published("resnext50_32x4d", {}, "ResNeXt-50 32×4d", "25,028,904", "4.230 G", _TORCHVISION),
    Published("cifar_plain", {"n": 3}, "CIFAR plain-20", "0.27 M", "", _HE),
    Published("cifar_plain", {"n": 9}, "CIFAR plain-56", "0.85 M", "", _HE),
    Published("cifar_resnet", {"n": 3}, "CIFAR ResNet-20", "0.27 M", "", _HE),
    Published("cifar_resnet", {"n": 5}, "CIFAR ResNet-32", "0.46 M", "", _HE),
    Published("cifar_resnet", {"n": 7}, "CIFAR ResNet-44", "0.66 M", "", _HE),
    Published("cifar_resnet", {"n": 9}, "CIFAR ResNet-56", "0.85 M", "", _HE),
    Published("cifar_resnet", {"n": 18}, "CIFAR ResNet-110", "1.7 M", "", _HE),
    Published("cifar_resnet", {"n": 200}, "CIFAR ResNet-1202", "19.4 M", "", _HE),
    Published("autoencoder", {"tied": True}, "Autoencoder 784-500, tied", "393,284", "", _COUNTS),
    Published("autoencoder", {"tied": False}, "Autoencoder 784-500, untied", "785,284", "", _COUNTS),
    Published("vit_b_16", {}, "ViT-B/16", "86,567,656", "17.56 G", _TORCHVISION),
)

_UNITS = {"M": 10**6, "G": 10**9}


def agrees(stated: str, measured: int) -> bool:
    """Say whether a measured number is the stated one to its last digit; an empty statement is no claim."""
    if not stated:
        return True
    digits, _, unit = stated.partition(" ")
    if not unit:
        return measured == int(digits.replace(",", ""))
    places = len(digits.partition(".")[2])
    return f"{measured / _UNITS[unit]:.{places}f}" == digits
