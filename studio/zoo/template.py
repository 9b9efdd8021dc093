"""A template: an architecture with arguments, which builds a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.catalog.spec import ArgSpec
from studio.errors import ZooError, nearest
from studio.graph.graph import Graph
from studio.graph.node import Value

FAMILIES = (
    "Perceptrons",
    "Convolutional networks",
    "Residual networks",
    "Autoencoders",
    "Sequences",
    "Recommenders",
    "Transformers",
)
"""Headings of the gallery and of ``studio templates``, in their order."""


@dataclass(frozen=True)
class Template:
    """An architecture that can be started from.

    Attributes:
        name: What `studio.zoo.build` and ``studio new`` call it.
        title: Its name on screen.
        summary: One or two lines that say what it is, and which variant.
        arguments: What can be chosen, with defaults and ranges.
        make: Builds the graph from all arguments.
        reference: Where to read about it.
        dataset: Key of a data set that suits its defaults; empty if the studio brings none.
        family: Its heading in the gallery, one of `FAMILIES`.
        year: When it was published.
        parameters: Learnable numbers with its defaults, shared ones counted once.
        macs: Multiply-accumulates of convolutions and matrix products for one sample, with its defaults.
        normalization: How its data must be normalized (`DataConfig.normalization`); empty leaves it open.
    """

    name: str
    title: str
    summary: str
    arguments: tuple[ArgSpec, ...]
    make: Callable[..., Graph]
    reference: str = ""
    dataset: str = ""
    family: str = "Convolutional networks"
    year: int = 0
    parameters: int = 0
    macs: int = 0
    normalization: str = ""

    def build(self, given: Mapping[str, Value | list[int]]) -> Graph:
        """Return the graph for some arguments, with defaults for the others.

        Raises:
            ZooError: An argument does not exist, or a value is not allowed.
        """
        known = {argument.name: argument for argument in self.arguments}
        for name in given:
            if name not in known:
                raise ZooError(
                    f'Template "{self.name}" has no argument "{name}"{nearest(name, known) or "."} '
                    f"It has {', '.join(known)}.",
                    argument=name,
                )
        values: dict[str, Any] = {}
        for argument in self.arguments:
            value = _frozen(given.get(argument.name, argument.default))
            value = argument.coerce(value)
            reason = argument.why_not(value)
            if reason is not None:
                raise ZooError(
                    f'Template "{self.name}": {argument.name} {reason}. {argument.help}',
                    argument=argument.name,
                )
            if argument.type == "ints" and isinstance(value, int):
                value = (value,)
            values[argument.name] = value
        return self.make(**values)


def _frozen(value: Value | list[int]) -> Value:
    """Return a list as the tuple that a graph keeps."""
    return tuple(value) if isinstance(value, list) else value
