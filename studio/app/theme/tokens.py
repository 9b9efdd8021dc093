"""The visual language in numbers: colour roles, spaces, radii, type sizes. No colour stands anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.catalog.spec import Family

Scheme: TypeAlias = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Colors:
    """Colours by role, as ``#rrggbb``.

    Attributes:
        background: Behind everything.
        canvas: Under the network.
        panel: Panels and bars.
        raised: Controls and cards on a panel.
        card: A node of the network.
        line: Borders and separators.
        wire: Between the nodes.
        grid: Dots of the canvas.
        text: What must be read.
        dim: What supports it; contrast of at least 4.5 to 1 on panel.
        faint: What may be missed.
        accent: Selection, focus, the one main action.
        on_accent: Text on accent.
        good: Success, running.
        warning: Something to look at.
        bad: Errors.
        train: Series of the training part.
        validation: Series of the validation part.
        target: Ports that give or take the truth.
        shadow: Under cards, with its own transparency.
        classes: Of classes, in their order. Any two are further apart than 0.045 in Oklab, also for those who
            cannot tell red from green or blue from yellow, and each has a contrast of 3 to 1 on card.
        heat: Steps of the map viridis, from little to much: away from the colour of the canvas.
    """

    background: str
    canvas: str
    panel: str
    raised: str
    hover: str
    card: str
    line: str
    wire: str
    grid: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    train: str
    validation: str
    target: str
    shadow: str
    families: dict[Family, str]
    classes: tuple[str, ...]
    heat: tuple[str, ...]


def _families(colors: str) -> dict[Family, str]:
    """Return the colour of each family; what only arranges shares the calm colour of inputs."""
    names: tuple[Family, ...] = (
        "input",
        "convolution",
        "normalization",
        "activation",
        "pooling",
        "linear",
        "regularization",
        "loss",
        "block",
    )
    found = dict(zip(names, colors.split(), strict=True))
    shared: dict[Family, Family] = {
        "shape": "input",
        "merge": "input",
        "sequence": "linear",
        "feature": "convolution",
        "custom": "block",
    }
    return {**found, **{family: found[like] for family, like in shared.items()}}


def _classes(colors: str) -> tuple[str, ...]:
    return tuple(colors.split())


PALETTE: dict[str, str] = {
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "grey": "#8b95a7",
}
"""Colours that people may give to nodes, frames and notes: those of Okabe and Ito, told apart by all."""

DARK = Colors(
    background="#16181d",
    canvas="#1b1e24",
    panel="#20242b",
    raised="#272c35",
    hover="#303641",
    card="#272c35",
    line="#343a45",
    wire="#5d6675",
    grid="#2a2f38",
    text="#e6e9ef",
    dim="#98a2b3",
    faint="#5d6675",
    accent="#4da3ff",
    on_accent="#0b1420",
    good="#3ecf8e",
    warning="#f5b14c",
    bad="#ff6b6b",
    train="#56B4E9",
    validation="#E69F00",
    target="#E69F00",
    shadow="#000000",
    families=_families("#8b95a7 #4da3ff #b388ff #3ecf8e #f5b14c #ff8fab #7dd3fc #ff6b6b #cbd5e1"),
    classes=_classes("#56b4e9 #e69f00 #00a67c #d94ab3 #f0e442 #fd5b0b #cfc4e7 #99f7fc #af824c #7cd591"),
    heat=("#375a8c", "#2b738e", "#228c8d", "#21a585", "#3fbc72", "#76d053", "#b9de28", "#fde725"),
)

LIGHT = Colors(
    background="#eef0f4",
    canvas="#f7f8fa",
    panel="#ffffff",
    raised="#f1f3f7",
    hover="#e6eaf1",
    card="#ffffff",
    line="#d9dee7",
    wire="#98a2b3",
    grid="#dfe3ea",
    text="#1c2430",
    dim="#5b6675",
    faint="#98a2b3",
    accent="#1769e0",
    on_accent="#ffffff",
    good="#0f9d63",
    warning="#b86e00",
    bad="#d33a3a",
    train="#0072B2",
    validation="#E69F00",
    target="#b07800",
    shadow="#1c2430",
    families=_families("#8b95a7 #1769e0 #7a4fd1 #0f9d63 #c07a00 #c9446b #1286b3 #d33a3a #334155"),
    classes=_classes("#209ce2 #c57a00 #009068 #e758c0 #1957bb #650200 #a264f6 #1c2430 #715c95 #512b5a"),
    heat=("#aedc2f", "#5ec961", "#28ae7f", "#20918c", "#2c728e", "#3a528b", "#472d7b", "#440154"),
)

SPACE = 4
"""All spaces are multiples of it, in pixels at 100 %."""

RADIUS = 6
CARD_RADIUS = 8
STRIPE = 4
PORT_RING = 8
DOT_RING = 8
"""Diameter of the dots that wires are led through, in canvas pixels."""
WIRE_WIDTH = 2.0
WIRE_CORNER = 10.0
"""How far from their corners wires with corners turn, in canvas pixels."""

HEADLINE_PX = 22
PREVIEW_SIZE = 296, 184
"""Of the picture of what a layer gives for one sample."""

MARK_TITLE = 28
"""Height of a frame's title, by which it is held."""

HANDLE = 8
"""Side of the squares by which a selected frame, note or arrow is pulled."""

FRAME_FILL, FRAME_LINE, NOTE_FILL, FRAME_MAP = 0.08, 0.55, 0.14, 0.22
"""How much of their colour frames and notes show: ground, outline, ground of a note, in the overview."""

UNLIMITED = 16_777_215
"""Qt's own largest size of a widget, for one that was limited before."""

WINDOW_SIZE = 1600, 1000
EXPORT_SIZE, BLOCK_IMPORT_SIZE = (520, 300), (480, 360)
LEAST_CANVAS = 240, 160
"""Of the window, two dialogs, and the canvas at its smallest."""

TITLE_PX = 18
BODY_PX = 13
LABEL_PX = 12
SMALL_PX = 11

ICON = 16
CARD_BUTTON = 26
"""Side of a button over a card, in pixels of the widget at every zoom."""

CARD_BUTTON_GAP = 4
CARD_BUTTON_LIFT = 12
"""Gap between such buttons and a card that has a mark or a badge on its edge, in canvas pixels."""

SWATCH = 8
PANEL_MARGIN = 16
FIELD_PADDING = 6
SAMPLE_PX = 28
PAIR_PX = 38
"""Side of a sample that stands beside what the transforms make of it."""

GALLERY_PX = 48
"""Side of a picture among the worst and best samples."""

WAVE_PX = 40
"""Height of a waveform."""

PLANE_PX = 180
POINT_PX = 5.0

UNSAVED_WIDTH = 420
SHEET_TAB_WIDTH = 200
"""A longer name on a project's tab is shortened."""
CASCADE = 32
"""So much lower and further to the right a new window stands than the one it was opened from."""
ELSEWHERE_WIDTH = 360
"""Longer words about the project that trains elsewhere are shortened."""

TOOLBAR_HEIGHT = 48
ROW_HEIGHT = 30
LIST_ROW_HEIGHT = 24
RESULT_HEIGHT = 44
HEADING_HEIGHT = 28
"""Heights of a found thing, in two lines, and of the words over several, in lists that are searched."""

TOUR_NOTE_WIDTH = 340
TOUR_SHADE = 0.45
"""Opacity of the dark around what the tour points at."""

SEARCH_SIZE = 620, 440
SEARCH_HELP_WIDTH = 240
SEARCH_NEEDS = 520
"""Size of a search over the canvas, the width of the help in it, and the width from which there is room."""

FIND_WIDTH = 400
"""Width of the bar that finds nodes."""

SMALL_SEARCH_SIZE = 380, 360
"""Of a search without help."""

SEARCH_LEAST, SEARCH_LOWEST = 320, 220
"""Width and height below which it would rather cover what it is about."""

CANVAS_INSET = 12
"""Between what floats over the canvas and its edges."""

SEARCH_GAP = 12
"""Between such a search and what it is about, and the edges of the window."""

LIBRARY_WIDTH = 216
INSPECTOR_WIDTH = 296

HEAT_STEPS = 8
"""Steps of the colour map of costs."""

HEAT_TINT, HEAT_STRIP = 0.22, 8
"""How much of its colour a card takes on, and the height of the colours in a legend."""

HEAT_GROWTH = 0.32
"""By how much of a usual wire's width each step makes it wider."""

LEGEND_WIDTH, LEGEND_PADDING = 224, 10

NOTE_WIDTH, NOTE_PADDING = 420.0, 10
"""Of the words beside the cursor, at most."""

POPOVER_WIDTH = 360
POPOVER_GAP = 14
"""Width of a problem beside its node, and its distance from the card."""

PALETTE_WIDTH = 640
PALETTE_ROW_HEIGHT = 32
PALETTE_ROWS = 12
"""So many commands are in sight at once."""

PREFERENCE_WIDTH = 200
PREFERENCES_SIZE = 760, 560
PAGES_WIDTH = 148
"""Of the list of pages in the preferences."""

CHEAT_COLUMN_WIDTH = 310
CHEAT_SHEET_SIZE = 1000, 720

RECOVERY_SIZE = 680, 460
FAULT_SIZE, PROBLEM_REPORT_SIZE = (720, 440), (860, 620)
