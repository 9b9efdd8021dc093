"""Small convolutional networks."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spec import ArgSpec
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.zoo.arguments import ACTIVATION, NUM_CLASSES, check_image, image
from studio.zoo.builder import Network
from studio.zoo.template import Template

_POOLS = {"average": "AvgPool2d", "max": "MaxPool2d"}


def lenet5(input_shape: tuple[int, ...], num_classes: int, activation: str, pooling: str) -> Graph:
    """Build LeNet-5; images smaller than the paper's 32×32 get a border of 2."""
    check_image("lenet5", input_shape, 12)
    builder, act, pool = Network(), activation.lower(), _POOLS[pooling]
    border = 2 if min(input_shape[1:]) < 32 else 0
    builder.input(input_shape)
    builder.chain("Conv2d", "conv1", out_channels=6, kernel_size=5, padding=border)
    builder.chain(activation, f"{act}1")
    builder.chain(pool, "pool1", kernel_size=2)
    builder.chain("Conv2d", "conv2", out_channels=16, kernel_size=5)
    builder.chain(activation, f"{act}2")
    builder.chain(pool, "pool2", kernel_size=2)
    builder.chain("Flatten", "flatten")
    for number, width in enumerate((120, 84), 1):
        builder.chain("Linear", f"fc{number}", out_features=width)
        builder.chain(activation, f"{act}{number + 2}")
    builder.chain("Linear", "fc3", out_features=num_classes)
    return builder.finish()


def small_cnn(
    input_shape: tuple[int, ...],
    num_classes: int,
    channels: tuple[int, ...],
    batch_norm: bool,
    activation: str,
) -> Graph:
    """Build 3×3 convolutions that keep the size, pools between them, and an average over what is left."""
    check_image("small_cnn", input_shape, 2 ** (len(channels) - 1))
    builder = Network()
    builder.input(input_shape)
    for number, width in enumerate(channels, 1):
        builder.chain(
            "Conv2d", f"conv{number}", out_channels=width, kernel_size=3, padding=1, bias=not batch_norm
        )
        if batch_norm:
            builder.chain("BatchNorm2d", f"bn{number}")
        builder.chain(activation, f"{activation.lower()}{number}")
        if number < len(channels):
            builder.chain("MaxPool2d", f"pool{number}", kernel_size=2)
    builder.chain("AdaptiveAvgPool2d", "gap", output_size=1)
    builder.chain("Flatten", "flatten")
    builder.chain("Linear", "fc", out_features=num_classes)
    return builder.finish()


def two_stage(
    input_shape: tuple[int, ...], num_classes: int, channels: tuple[int, ...], activation: str
) -> Graph:
    """Build two stages of convolution and pool, of which the classifier sees both."""
    check_image("two_stage", input_shape, 4)
    if len(channels) != 2:
        raise ZooError(
            f'Template "two_stage": channels must be 2 numbers, not {len(channels)}: one for each stage.',
            argument="channels",
        )
    net, ends = Network(), []
    net.input(input_shape)
    for number, width in enumerate(channels, 1):
        net.chain("Conv2d", f"conv{number}", out_channels=width, kernel_size=5, padding=2)
        net.chain(activation, f"{activation.lower()}{number}")
        ends.append(net.chain("MaxPool2d", f"pool{number}", kernel_size=2))
    deep = net.chain("Flatten", "flatten2")
    # The first stage's maps are pooled once more, so that they do not outnumber the second's.
    net.chain("MaxPool2d", "subsample", ends[0], row=1, column=6, kernel_size=2)
    net.chain("Flatten", "flatten1")
    net.chain("Concat", "stages", (net.last, deep), row=0)
    net.chain("Linear", "fc", out_features=num_classes)
    return net.finish()


TEMPLATES = (
    Template(
        "small_cnn",
        "Small CNN",
        "3×3 convolutions with batch normalization, a pool between them, an average over each map and a "
        "Linear layer. Trains on the digits in seconds.",
        (
            image(1, 8, 8),
            NUM_CLASSES,
            ArgSpec(
                "channels",
                "ints",
                (32, 64),
                "Filters of each convolution.",
                minimum=1,
                maximum=100_000,
                max_items=12,
            ),
            ArgSpec("batch_norm", "bool", True, "Normalize over the batch before each activation."),
            ACTIVATION,
        ),
        small_cnn,
        "Ioffe & Szegedy 2015; Lin et al. 2013",
        "digits",
        "Convolutional networks",
        2015,
        19_562,
        313_984,
    ),
    Template(
        "lenet5",
        "LeNet-5",
        "The digit reader of 1998 in its usual form: every map of the second convolution sees all six before "
        "it, pools have no weights, and a softmax replaces the radial basis functions. 61,706 parameters.",
        (
            image(1, 28, 28),
            NUM_CLASSES,
            replace(ACTIVATION, default="Tanh", help="Function after each layer; the paper's is Tanh."),
            ArgSpec(
                "pooling",
                "choice",
                "average",
                "How maps are halved; the paper averages.",
                choices=("average", "max"),
            ),
        ),
        lenet5,
        "LeCun et al. 1998",
        "mnist",
        "Convolutional networks",
        1998,
        61_706,
        416_520,
    ),
    Template(
        "two_stage",
        "Multi-stage features",
        "Two stages of convolution and pool; the classifier sees the first stage, pooled once more, beside "
        "the second: fine and coarse features together.",
        (
            image(1, 28, 28),
            NUM_CLASSES,
            ArgSpec(
                "channels",
                "ints",
                (16, 32),
                "Filters of the two stages.",
                minimum=1,
                maximum=100_000,
                max_items=2,
            ),
            replace(ACTIVATION, default="Tanh"),
        ),
        two_stage,
        "Sermanet, Kavukcuoglu, Chintala & LeCun 2013, arXiv:1212.0142",
        "mnist",
        "Convolutional networks",
        2013,
        36_778,
        2_845_920,
    ),
)
