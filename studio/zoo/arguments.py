"""Arguments that many templates share, and the checks that no range can say."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.errors import ZooError

ACTIVATIONS = ("ReLU", "LeakyReLU", "PReLU", "ELU", "SELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Identity")
MAX_SIDE = 1_000_000

ACTIVATION = ArgSpec("activation", "choice", "ReLU", "Function after each hidden layer.", choices=ACTIVATIONS)
INPUT_SHAPE = ArgSpec(
    "input_shape",
    "ints",
    (1, 28, 28),
    "One sample's shape: 3 numbers for images (channels, height, width), 1 for rows (features).",
    minimum=1,
    maximum=MAX_SIDE,
    max_items=3,
)


def classes(default: int = 10) -> ArgSpec:
    """Return the argument that says how many classes there are."""
    return ArgSpec(
        "num_classes", "int", default, "Number of classes of the data set.", minimum=2, maximum=MAX_SIDE
    )


def image(channels: int, height: int, width: int) -> ArgSpec:
    """Return the argument that says what one image is like."""
    return ArgSpec(
        "input_shape",
        "ints",
        (channels, height, width),
        "One image's shape: channels, height, width.",
        minimum=1,
        maximum=MAX_SIDE,
        max_items=3,
    )


NUM_CLASSES = classes()
IMAGENET_CLASSES = classes(1000)
IMAGENET = image(3, 224, 224)


def check_image(template: str, shape: tuple[int, ...], smallest: int = 1) -> None:
    """Refuse what is no image, or one too small for the network's pools.

    Raises:
        ZooError: The shape has not three numbers, or a side is shorter than `smallest`.
    """
    if len(shape) != 3:
        reason = f"must be 3 numbers, not {len(shape)}. One image's shape: channels, height, width."
    elif min(shape[1:]) < smallest:
        reason = f"must be at least {smallest}×{smallest} images, not {shape[1]}×{shape[2]}."
    else:
        return
    raise ZooError(f'Template "{template}": input_shape {reason}', argument="input_shape")


def check_sample(template: str, shape: tuple[int, ...]) -> None:
    """Refuse what is neither an image nor a row.

    Raises:
        ZooError: The shape has two numbers.
    """
    if len(shape) == 2:
        raise ZooError(
            f'Template "{template}": input_shape must be 1 or 3 numbers, not 2. {INPUT_SHAPE.help}',
            argument="input_shape",
        )
