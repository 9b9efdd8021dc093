"""What can be set on a node beside its layer's own arguments: off, frozen, initialized, regularized, tied.

Of a loss: its factor, and whether it counts in training only. They are kept among a node's arguments; none
of their names is an argument of torch's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.catalog.arguments import ArgSpec
from studio.graph.block import ENABLED, MAX_REPEAT, REPEAT, TIED_TO

if TYPE_CHECKING:
    from studio.catalog.spec import LayerSpec

ENABLED_SPEC = ArgSpec(ENABLED, "bool", True, "Off: the layer is left out, and passes its first input on.")
REPEAT_SPEC = ArgSpec(
    REPEAT,
    "int",
    None,
    "How many of it stand in a row, each feeding the next, numbered from 0. Empty: one, without a number.",
    minimum=1,
    maximum=MAX_REPEAT,
    optional=True,
)
FROZEN = ArgSpec(
    "frozen",
    "bool",
    False,
    "On: training leaves its weights as they are. A normalization then uses its running statistics, as in "
    "evaluation, and leaves them too; dropout goes on.",
)

INITIALIZATIONS = (
    "default",
    "xavier_uniform",
    "xavier_normal",
    "kaiming_uniform",
    "kaiming_normal",
    "lsuv",
    "orthogonal",
    "normal",
    "uniform",
    "constant",
)

LEARNING = (
    FROZEN,
    ArgSpec(
        "weight_init",
        "choice",
        "default",
        "How weights start. default: torch's own way. xavier: Glorot & Bengio 2010. kaiming: He et al. 2015. "
        "lsuv: orthogonal, then scaled to unit variance on the first batch (Mishkin & Matas 2015).",
        choices=INITIALIZATIONS,
    ),
    ArgSpec(
        "init_mode",
        "choice",
        "fan_in",
        "kaiming: keep the variance forwards (fan_in) or backwards (fan_out).",
        choices=("fan_in", "fan_out"),
    ),
    ArgSpec(
        "init_gain",
        "float",
        None,
        "xavier, orthogonal: the gain; empty: 1. kaiming: likewise; √2. normal: standard deviation; 0.01. "
        "uniform: largest value; 0.05. constant: the value; 0.",
        optional=True,
    ),
    ArgSpec(
        "bias_init", "float", None, "Every bias starts with this. Empty: as torch does it.", optional=True
    ),
    ArgSpec(
        "l1",
        "float",
        0.0,
        "Adds l1 · Σ|w| to the training loss. Not of frozen weights, nor of those that another layer lends.",
        minimum=0.0,
        step=0.0001,
    ),
    ArgSpec(
        "l2",
        "float",
        0.0,
        "Adds l2 · Σw² to the training loss; its gradient is 2 · l2 · w, where the optimizer's weight_decay "
        "adds weight_decay · w.",
        minimum=0.0,
        step=0.0001,
    ),
    ArgSpec("regularize_bias", "bool", False, "l1 and l2 count biases too."),
    ArgSpec(
        "lr_factor",
        "float",
        1.0,
        "The layer's learning rate as a multiple of the project's: less for layers that were trained before, "
        "0 to leave them as they are.",
        minimum=0.0,
        step=0.1,
    ),
    ArgSpec(
        "weight_decay",
        "float",
        None,
        "The optimizer's weight_decay for this layer. Empty: the project's.",
        minimum=0.0,
        optional=True,
        step=0.0001,
    ),
    ArgSpec(
        TIED_TO,
        "node",
        None,
        "Uses another layer's weight instead of its own; that layer's settings say how the weight starts and "
        "whether it is frozen or regularized.",
        optional=True,
    ),
    ArgSpec(
        "tied_as",
        "choice",
        "weight",
        "weight: the same weight, a bias of its own. transposed: the weight turned over (a decoder). "
        "all: the same layer once more.",
        choices=("weight", "transposed", "all"),
    ),
)

LOSS_WEIGHT, ACTIVE = "loss_weight", "active"

LOSS = (
    ArgSpec(
        LOSS_WEIGHT,
        "float",
        1.0,
        "Factor of this loss in the sum of all losses, which training makes smaller.",
        minimum=0.0,
        step=0.1,
    ),
    ArgSpec(
        ACTIVE,
        "choice",
        "always",
        "training: an auxiliary head. The loss counts in training only, and what leads to nothing else is "
        "not even computed in evaluation.",
        choices=("always", "training"),
    ),
)


_OF_BLOCK = (ENABLED_SPEC, REPEAT_SPEC, FROZEN)
_OF_LEARNING = (ENABLED_SPEC, *LEARNING)
_OF_OTHERS = (ENABLED_SPEC,)
# A parameter has nothing to pass on when it is off, and says itself how it starts.
_OF_TENSORS = ("l1", "l2", "lr_factor", "weight_decay")
_OF_PARAMETERS = (FROZEN, *(one for one in LEARNING if one.name in _OF_TENSORS))


def of(spec: LayerSpec) -> tuple[ArgSpec, ...]:
    """Return the settings that a layer's nodes have."""
    if spec.role == "loss":
        return LOSS
    if spec.role != "layer" or spec.call == "constant":
        return ()
    if spec.call == "parameter":
        return _OF_PARAMETERS
    if spec.family == "block":
        return _OF_BLOCK
    return _OF_LEARNING if spec.learns else _OF_OTHERS
