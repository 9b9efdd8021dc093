"""Vision Transformers: an image as a sequence of patches."""

from __future__ import annotations

from functools import partial
from typing import Any

from studio.catalog.spec import ArgSpec
from studio.errors import ZooError
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, NUM_CLASSES, check_image, image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

REFERENCE = "Dosovitskiy et al. 2020, arXiv:2010.11929"
_EPS = 1e-6

_DIM = BlockArgument("dim", 64, "Features of a token.", minimum=1)
_HEADS = BlockArgument("heads", 4, "Attentions side by side; divides dim.", minimum=1)
_MLP_DIM = BlockArgument("mlp_dim", 256, "Units of the hidden layer of each block.", minimum=1)
_DROPOUT = BlockArgument("dropout", 0.0, "Probability of dropping a number.", minimum=0.0, maximum=1.0)


def _mlp() -> Design:
    """Return the hidden layer that each token goes through by itself."""
    inside = Inside()
    inside.port()
    inside.chain("Linear", "0", out_features="=mlp_dim")
    inside.chain("GELU", "1")
    inside.chain("Dropout", "2", p="=dropout")
    inside.chain("Linear", "3", out_features="=dim")
    inside.chain("Dropout", "4", p="=dropout")
    inside.give()
    return inside.design("MLP", "Two Linear layers on each token by itself.", (_DIM, _MLP_DIM, _DROPOUT))


def _encoder_block() -> Design:
    """Return a block of the encoder: attention, then an MLP, each with a shortcut, normalized before."""
    inside = Inside()
    entry = inside.port()
    inside.chain("LayerNorm", "ln_1", eps=_EPS)
    inside.chain("MultiheadAttention", "self_attention", num_heads="=heads")
    inside.chain("Dropout", "dropout", p="=dropout")
    looked = inside.chain("Add", "add_1", (inside.last, entry))
    inside.line()
    inside.chain("LayerNorm", "ln_2", eps=_EPS)
    inside.chain(_mlp(), "mlp", dim="=dim", mlp_dim="=mlp_dim", dropout="=dropout")
    inside.chain("Add", "add_2", (looked, inside.last))
    inside.give()
    return inside.design(
        "EncoderBlock",
        "Attention over all tokens, then an MLP on each; both with a shortcut, normalized before.",
        (_DIM, _HEADS, _MLP_DIM, _DROPOUT),
        REFERENCE,
    )


def _encoder() -> Design:
    """Return the position embedding, a row of blocks, and the last normalization."""
    inside = Inside()
    entry = inside.port()
    position = inside.add(
        "Parameter", "pos_embedding", row=1, shape="=(1, tokens, dim)", init="normal", value=0.02
    )
    inside.chain("Add", "add", (entry, position))
    inside.chain("Dropout", "dropout", p="=dropout")
    more: dict[str, Any] = {name: f"={name}" for name in ("dim", "heads", "mlp_dim", "dropout")}
    inside.chain(_encoder_block(), "layers", repeat="=depth", **more)
    inside.chain("LayerNorm", "ln", eps=_EPS)
    inside.give()
    return inside.design(
        "Encoder",
        "A learned place for each token, and a row of transformer blocks.",
        (
            BlockArgument("tokens", 65, "Patches and the class token.", minimum=1),
            _DIM,
            BlockArgument("depth", 6, "Blocks.", minimum=1, maximum=1000),
            _HEADS,
            _MLP_DIM,
            _DROPOUT,
        ),
        REFERENCE,
    )


def vision_transformer(
    name: str,
    input_shape: tuple[int, ...],
    num_classes: int,
    patch_size: int,
    dim: int,
    depth: int,
    heads: int,
    mlp_dim: int,
    dropout: float,
) -> Graph:
    """Build a Vision Transformer: patches, a class token, the encoder, scores from the class token."""
    check_image(name, input_shape, patch_size)
    _check(name, dim, heads)
    _, height, width = input_shape
    patches = (height // patch_size) * (width // patch_size)
    net = Network()
    net.input(input_shape)
    net.chain("Conv2d", "conv_proj", out_channels=dim, kernel_size=patch_size, stride=patch_size)
    net.chain("Flatten", "flatten", start_dim=2)
    tokens = net.chain("Transpose", "tokens")
    token = net.add("Parameter", "class_token", row=1, column=2, shape=(1, 1, dim))
    # Wires only tell it how many samples there are.
    expanded = net.add("ExpandToBatch", "expand", (token, tokens), row=1, column=4)
    net.chain("Concat", "join", (expanded, tokens), row=0, dim=1)
    net.line()
    net.chain(
        _encoder(),
        "encoder",
        tokens=patches + 1,
        dim=dim,
        depth=depth,
        heads=heads,
        mlp_dim=mlp_dim,
        dropout=dropout,
    )
    net.chain("Select", "class_row", dim=1, index=0)
    net.chain("Linear", "head", out_features=num_classes)
    return net.finish()


def _check(name: str, dim: int, heads: int) -> None:
    """Refuse a width that the heads cannot share."""
    if dim % heads:
        raise ZooError(
            f'Template "{name}": dim {dim} cannot be shared by {heads} heads. Make dim a multiple of heads.',
            argument="dim",
        )


def _arguments(
    shape: ArgSpec, classes: ArgSpec, patch: int, dim: int, depth: int, heads: int, mlp_dim: int
) -> tuple[ArgSpec, ...]:
    """Return the arguments with their defaults."""
    return (
        shape,
        classes,
        ArgSpec(
            "patch_size", "int", patch, "Height and width of a patch.", minimum=1, maximum=1024, unit="px"
        ),
        ArgSpec("dim", "int", dim, "Features of a token; a multiple of heads.", minimum=1, maximum=65_536),
        ArgSpec("depth", "int", depth, "Blocks of the encoder.", minimum=1, maximum=1000),
        ArgSpec("heads", "int", heads, "Attentions side by side.", minimum=1, maximum=1024),
        ArgSpec("mlp_dim", "int", mlp_dim, "Units of each block's hidden layer.", minimum=1, maximum=262_144),
        ArgSpec("dropout", "float", 0.0, "Probability of dropping a number.", minimum=0.0, maximum=0.99),
    )


TEMPLATES = (
    Template(
        "vision_transformer",
        "Vision Transformer, small",
        "An image as a sequence of patches: class token, learned places, transformer blocks, scores from "
        "the class token.",
        _arguments(image(3, 32, 32), NUM_CLASSES, 4, 64, 6, 4, 256),
        partial(vision_transformer, "vision_transformer"),
        REFERENCE,
        family="Transformers",
        year=2020,
        parameters=308_042,
        macs=22_611_328,
    ),
    Template(
        "vit_b_16",
        "ViT-B/16",
        "The base Vision Transformer with patches of 16×16: 12 blocks of width 768. Its weights are "
        "torchvision's, with the blocks numbered in a row.",
        _arguments(IMAGENET, IMAGENET_CLASSES, 16, 768, 12, 12, 3072),
        partial(vision_transformer, "vit_b_16"),
        REFERENCE,
        family="Transformers",
        year=2020,
        parameters=86_567_656,
        macs=17_563_828_224,
    ),
)
