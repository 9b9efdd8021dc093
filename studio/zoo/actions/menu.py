"""The actions as a list: what a menu, a command line or a script shows and runs by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.errors import ZooError, nearest
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.zoo.actions.change import Change
from studio.zoo.actions.deepen import deepen_with_identity
from studio.zoo.actions.dense_to_conv import Shapes, convert_fc_to_conv
from studio.zoo.actions.head import RESTS, replace_head
from studio.zoo.actions.layers import insert_batch_norm, replace_activation
from studio.zoo.actions.scale import MAX_FACTOR, multiply_depth, multiply_width
from studio.zoo.actions.shortcuts import OPTIONS, remove_shortcuts, switch_shortcuts


@dataclass(frozen=True)
class Action:
    """A change to a whole network.

    Attributes:
        name: What the command line calls it.
        title: What the menu says.
        summary: One line.
        arguments: What can be chosen.
        make: Makes the change.
        needs_shapes: It takes what every layer gives, by path, as ``shapes``.
    """

    name: str
    title: str
    summary: str
    make: Callable[..., Change]
    arguments: tuple[ArgSpec, ...] = ()
    needs_shapes: bool = False

    def run(self, graph: Graph, given: Mapping[str, Value], shapes: Shapes | None = None) -> Change:
        """Return the network after the action.

        Args:
            graph: The network.
            given: Arguments that differ from the defaults.
            shapes: What every layer gives, where the action needs it.

        Raises:
            ZooError: An argument that does not exist or cannot have that value, or a network that the
                action does not suit.
        """
        values: dict[str, Any] = {argument.name: argument.default for argument in self.arguments}
        for name, value in given.items():
            values[name] = self._checked(name, value)
        if self.needs_shapes:
            values["shapes"] = shapes or {}
        return self.make(graph, **values)

    def _checked(self, name: str, value: Value) -> Value:
        argument = next((found for found in self.arguments if found.name == name), None)
        if argument is None:
            known = [found.name for found in self.arguments]
            raise ZooError(
                f'"{self.title}" has no argument "{name}"{nearest(name, known) or "."}', argument=name
            )
        value = argument.coerce(value)
        reason = argument.why_not(value)
        if reason is not None:
            raise ZooError(f'"{self.title}": {name} {reason}.', argument=name)
        return value


def actions() -> dict[str, Action]:
    """Return all actions by name, in the order of the menu."""
    found = (*_of_layers(), *_of_shortcuts(), *_of_sizes(), *_of_the_end())
    return {action.name: action for action in found}


def _of_layers() -> tuple[Action, ...]:
    """Return what is done to layers of one kind."""
    kinds = tuple(spec.kind for spec in registry.layers().values() if spec.family == "activation")
    return (
        Action(
            "replace_activation",
            "Replace activation…",
            "Replace every activation of a kind.",
            replace_activation,
            (
                ArgSpec("old", "choice", "ReLU", "What is replaced.", choices=kinds),
                ArgSpec("new", "choice", "PReLU", "What it becomes.", choices=kinds),
                ArgSpec("per_channel", "bool", True, "A PReLU learns a slope for each channel."),
            ),
        ),
        Action(
            "insert_batch_norm",
            "Add batch normalization…",
            "Normalize after every convolution that is not normalized.",
            insert_batch_norm,
            (ArgSpec("drop_bias", "bool", True, "Switch the convolutions' own biases off."),),
        ),
    )


def _of_shortcuts() -> tuple[Action, ...]:
    """Return what is done to the shortcuts of residual networks."""
    return (
        Action(
            "remove_shortcuts", "Remove shortcuts", "Turn a ResNet into a plain network.", remove_shortcuts
        ),
        Action(
            "switch_shortcuts",
            "Switch shortcut option…",
            "Give all residual blocks shortcuts of option A, B or C.",
            switch_shortcuts,
            (
                ArgSpec(
                    "option",
                    "choice",
                    "B",
                    "A: zero-padded identity. B: projection where the shape changes. C: projections "
                    "everywhere. none: no shortcuts.",
                    choices=OPTIONS,
                ),
            ),
        ),
    )


def _of_sizes() -> tuple[Action, ...]:
    """Return what makes a network larger or smaller."""
    factor = ArgSpec(
        "factor", "float", 2.0, "By how much.", minimum=1 / MAX_FACTOR, maximum=MAX_FACTOR, step=0.25
    )
    return (
        Action(
            "multiply_width",
            "Multiply width…",
            "Give every hidden layer more or fewer features.",
            multiply_width,
            (factor,),
        ),
        Action(
            "multiply_depth",
            "Multiply depth…",
            "Make every row of repeated blocks longer or shorter.",
            multiply_depth,
            (factor,),
        ),
        Action(
            "deepen_with_identity",
            "Deepen with identity blocks…",
            "Add blocks to every residual row that leave the output as it is.",
            deepen_with_identity,
            (ArgSpec("by", "int", 1, "How many blocks each row gets.", minimum=1, maximum=1000),),
        ),
    )


def _of_the_end() -> tuple[Action, ...]:
    """Return what is done to the last layers."""
    return (
        Action(
            "convert_fc_to_conv",
            "Turn Linear layers into convolutions…",
            "Let the network slide over images of any size.",
            convert_fc_to_conv,
            (
                ArgSpec(
                    "average",
                    "bool",
                    False,
                    "On: average the map and keep the losses. Off: the map of scores comes out.",
                ),
            ),
            needs_shapes=True,
        ),
        Action(
            "replace_head",
            "Replace last layer…",
            "Let what was learned serve other classes: a fresh last layer, and the others held back.",
            replace_head,
            (
                ArgSpec("num_classes", "int", 10, "Outputs of the new layer.", minimum=1, maximum=1_000_000),
                ArgSpec(
                    "rest",
                    "choice",
                    "freeze",
                    "freeze: no other layer learns. slow: the others learn at a tenth of the learning rate. "
                    "train: the others learn as before.",
                    choices=RESTS,
                ),
            ),
        ),
    )
