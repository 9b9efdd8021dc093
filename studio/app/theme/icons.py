"""The small shapes that the style sheet and the panels need, as SVG files in both schemes.

A style sheet can only show an image that lies in a file, and cannot colour it. So the shapes are
described here once, written to ``icons/light`` and ``icons/dark`` in the colours of the tokens by
``python -m studio.app.theme.icons``, and shipped with the package; a test compares the files with what
this module would write. Other icons come from qtawesome (`Theme.icon`), which takes 0.1 s to load:
too long for what the first painted window shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtGui import QIcon

from studio.app.theme.tokens import DARK, LIGHT, Colors, Scheme

FOLDER = Path(__file__).parent / "icons"
SEARCH_PATH = "icons"
"""Prefix under which Qt finds the folder: ``url(icons:light/check.svg)``, wherever it is installed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One icon: what is drawn, in a box of `width` × `height`, with roles of colours in braces."""

    body: str
    width: int = 16
    height: int = 16


def _stroke(points: str, role: str, width: float = 1.6) -> str:
    return (
        f'<polyline points="{points}" fill="none" stroke="{{{role}}}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _triangle(points: str, role: str) -> str:
    return f'<polygon points="{points}" fill="{{{role}}}"/>'


def _switch(track: str, knob: str, x: int, edge: str) -> str:
    return (
        f'<rect x="0.5" y="0.5" width="31" height="17" rx="8.5" fill="{{{track}}}" stroke="{{{edge}}}"/>'
        f'<circle cx="{x}" cy="9" r="6" fill="{{{knob}}}"/>'
    )


SHAPES: dict[str, Shape] = {
    "step-up": Shape(_triangle("4,10 8,5 12,10", "dim")),
    "step-up-hover": Shape(_triangle("4,10 8,5 12,10", "text")),
    "step-up-off": Shape(_triangle("4,10 8,5 12,10", "line")),
    "step-down": Shape(_triangle("4,6 8,11 12,6", "dim")),
    "step-down-hover": Shape(_triangle("4,6 8,11 12,6", "text")),
    "step-down-off": Shape(_triangle("4,6 8,11 12,6", "line")),
    "step-left": Shape(_triangle("10,4 5,8 10,12", "dim")),
    "step-right": Shape(_triangle("6,4 11,8 6,12", "dim")),
    "fold-open": Shape(_stroke("4,6 8,10 12,6", "dim")),
    "fold-shut": Shape(_stroke("6,4 10,8 6,12", "dim")),
    "check": Shape(_stroke("3.5,8.5 6.5,11.5 12.5,4.5", "on_accent", 2.0)),
    "check-off": Shape(_stroke("3.5,8.5 6.5,11.5 12.5,4.5", "faint", 2.0)),
    "dash": Shape(_stroke("4,8 12,8", "on_accent", 2.0)),
    "dot": Shape('<circle cx="8" cy="8" r="3.5" fill="{on_accent}"/>'),
    "switch-on": Shape(_switch("accent", "on_accent", 23, "accent"), 32, 18),
    "switch-off": Shape(_switch("raised", "dim", 9, "faint"), 32, 18),
    "switch-mixed": Shape(_switch("raised", "dim", 16, "faint"), 32, 18),
    "lock": Shape(
        '<rect x="3" y="7" width="10" height="7.5" rx="1.5" fill="{dim}"/>'
        '<path d="M5 7 V4.8 a3 3 0 0 1 6 0 V7" fill="none" stroke="{dim}" stroke-width="1.6"/>'
    ),
    "error": Shape(
        '<circle cx="8" cy="8" r="7" fill="{bad}"/>'
        + _stroke("5.5,5.5 10.5,10.5", "panel", 1.8)
        + _stroke("10.5,5.5 5.5,10.5", "panel", 1.8)
    ),
    "warning": Shape(
        '<path d="M8 1.2 L15.4 14.4 H0.6 Z" fill="{warning}" stroke="{warning}" stroke-linejoin="round"/>'
        + _stroke("8,6 8,9.6", "panel", 1.8)
        + '<circle cx="8" cy="12.2" r="1.1" fill="{panel}"/>'
    ),
    "info": Shape(
        '<rect x="1" y="1" width="14" height="14" rx="3" fill="{accent}"/>'
        '<circle cx="8" cy="4.6" r="1.2" fill="{panel}"/>' + _stroke("8,7.6 8,11.8", "panel", 1.8)
    ),
    "good": Shape(
        '<circle cx="8" cy="8" r="7" fill="{good}"/>' + _stroke("5,8.3 7.2,10.5 11,5.8", "panel", 1.8)
    ),
    "search": Shape(
        '<circle cx="7" cy="7" r="4.5" fill="none" stroke="{dim}" stroke-width="1.5"/>'
        + _stroke("10.5,10.5 14,14", "dim")
    ),
    "running": Shape('<circle cx="8" cy="8" r="4" fill="{good}"/>'),
    "close": Shape(_stroke("5,5 11,11", "faint", 1.4) + _stroke("11,5 5,11", "faint", 1.4)),
    "close-hover": Shape(_stroke("5,5 11,11", "text", 1.6) + _stroke("11,5 5,11", "text", 1.6)),
    "clear": Shape(_stroke("4.5,4.5 11.5,11.5", "dim") + _stroke("11.5,4.5 4.5,11.5", "dim")),
}
"""Every shape by the name of its file."""


def svg(name: str, colors: Colors) -> str:
    """Return one icon as SVG text in these colours."""
    shape = SHAPES[name]
    roles = {role: getattr(colors, role) for role in colors.__slots__ if role != "families"}
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shape.width}" height="{shape.height}" '
        f'viewBox="0 0 {shape.width} {shape.height}">{shape.body.format(**roles)}</svg>\n'
    )


def install() -> None:
    """Let Qt find the icons; again is harmless."""
    if str(FOLDER) not in QDir.searchPaths(SEARCH_PATH):
        QDir.addSearchPath(SEARCH_PATH, str(FOLDER))


def icon(name: str, scheme: Scheme) -> QIcon:
    """Return one icon in the colours of a scheme."""
    install()
    return QIcon(f"{SEARCH_PATH}:{scheme}/{name}.svg")


def write(folder: Path = FOLDER) -> None:
    """Write all icons in both schemes."""
    schemes: dict[Scheme, Colors] = {"light": LIGHT, "dark": DARK}
    for scheme, colors in schemes.items():
        (folder / scheme).mkdir(parents=True, exist_ok=True)
        for name in SHAPES:
            (folder / scheme / f"{name}.svg").write_text(svg(name, colors), encoding="utf-8")


if __name__ == "__main__":
    write()
