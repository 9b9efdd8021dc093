"""What can be chosen, as data: one entry a preference, from which its row in the dialog is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values; without options they are filled in while the program runs."""

    name: str
    title: str
    help: str
    options: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    name: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range.

    Attributes:
        unit: Follows the number.
        scale: So many of what is shown are one of what is kept: 100 for a share shown in percent.
        decimals: Places after the point.
        at_least: Words for the smallest value: ``never``.
    """

    name: str
    title: str
    help: str
    minimum: float
    maximum: float
    step: float
    unit: str
    scale: float = 1.0
    decimals: int = 0
    at_least: str = ""


Row: TypeAlias = Choice | Switch | Number


@dataclass(frozen=True, slots=True)
class Page:
    """Preferences that belong together.

    Attributes:
        name: For object names.
    """

    name: str
    title: str
    icon: str
    rows: tuple[Row, ...]


PAGES: tuple[Page, ...] = (
    Page(
        "general",
        "General",
        "ph.sliders-horizontal",
        (
            Choice(
                "theme",
                "Theme",
                "The system's follows your desktop from light to dark.",
                (("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
            ),
            Choice(
                "byte_units",
                "Memory in",
                "Binary units count 1024 to the next, decimal ones 1000.",
                (("binary", "KiB, MiB, GiB"), ("decimal", "kB, MB, GB")),
            ),
            Choice(
                "cost_units",
                "Cost in",
                "A multiply-accumulate is one MAC and two FLOPs.",
                (("MACs", "MACs"), ("FLOPs", "FLOPs")),
            ),
            Number(
                "autosave_s",
                "Keep a recovery copy every",
                "Of what is not saved, in your user folder; your files are never touched.",
                0,
                3600,
                5,
                " s",
                at_least="never",
            ),
        ),
    ),
    Page(
        "canvas",
        "Canvas",
        "ph.grid-four",
        (
            Choice(
                "wire_style",
                "Wires",
                "How they run from port to port.",
                (("curved", "Curved"), ("straight", "Straight"), ("orthogonal", "At right angles")),
            ),
            Switch("grid_visible", "Show the grid", "As dots, one at every third step."),
            Switch("grid_snaps", "Snap to the grid", "Ctrl held while dragging lets go of it for once."),
            Number("grid_size", "Step of the grid", "Arrow keys push by it, too.", 2, 64, 1, " units"),
            Switch("animates", "Glide", "Off, the canvas jumps to where it goes: less motion."),
        ),
    ),
    Page(
        "training",
        "Training",
        "ph.play",
        (
            Choice(
                "device", "auto stands for", "Where projects train whose device is auto, on this machine."
            ),
            Number(
                "monitoring_share",
                "Looking may cost",
                "Of training time, for live activations, filters and curves. At 0 nothing is looked at.",
                0,
                50,
                0.5,
                " %",
                scale=100.0,
                decimals=1,
            ),
        ),
    ),
)
