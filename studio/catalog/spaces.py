"""Sequences, maps and volumes: what the 1d, 2d and 3d forms of a layer differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.catalog.spec import IMAGES_IN, ArgSpec
from studio.graph.node import Value
from studio.graph.port import PortSpec


@dataclass(frozen=True, slots=True)
class Space:
    """What a layer slides over.

    Attributes:
        dims: Dimensions behind the channels; also the digit in torch's names.
        noun: What is there: ``maps``.
        sides: What its sizes are called, in torch's order.
        places: Letters of its sizes: ``H and W``.
        times: How a card writes one number for all sides: ``:pair``.
        port: The input of a layer that works on it.
        unit: Of a length in it.
    """

    dims: int
    noun: str
    sides: tuple[str, ...]
    places: str
    times: str
    port: PortSpec
    unit: str = ""

    def kind(self, stem: str) -> str:
        """Return torch's name of a layer here: ``Conv`` → ``Conv2d``."""
        return f"{stem}{self.dims}d"

    def sizes(self, of: str) -> str:
        """Return what the numbers of a window are: ``Height and width of a filter``."""
        names = [*self.sides[:-2], " and ".join(self.sides[-2:])]
        return f"{', '.join(names).capitalize()} of {of}"

    def window(self, name: str, default: Value, help_text: str, **more: Any) -> ArgSpec:
        """Return an argument that is one number for all sides or one for each."""
        given: dict[str, Any] = {"minimum": 1, "unit": self.unit, **more}
        return ArgSpec(
            name, "pair", default, help_text, items=self.dims, item_names=self.sides[: self.dims], **given
        )


SEQUENCES = Space(
    1,
    "sequences",
    ("length",),
    "L",
    "",
    PortSpec("input", layout="N, C, L", help="Sequences: one row of numbers for each channel."),
)
MAPS = Space(2, "maps", ("height", "width"), "H and W", ":pair", IMAGES_IN, "px")
VOLUMES = Space(
    3,
    "volumes",
    ("depth", "height", "width"),
    "D, H and W",
    ":cube",
    PortSpec("input", layout="N, C, D, H, W", help="Volumes, or films: D is the time."),
    "px",
)

SPACES = (MAPS, SEQUENCES, VOLUMES)
"""Maps first: they are what people look for most."""
