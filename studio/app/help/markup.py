"""What all help pages are made of: their look, headings, and formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, LABEL_PX, SMALL_PX, SPACE, TITLE_PX

LAYER, TERM = "layer:", "term:"
"""Begin the links to other pages."""


def document(body: str) -> str:
    """Return a whole page around what stands on it."""
    colors = theme().colors
    mono = theme().mono().family()
    return (
        f"<html><head><style>"
        f"body {{ color: {colors.text}; font-size: {BODY_PX}px; }}"
        f".title {{ font-size: {TITLE_PX}px; font-weight: 600; margin: 0 0 {SPACE}px 0; }}"
        f".heading {{ font-size: {BODY_PX}px; font-weight: 600; margin: {4 * SPACE}px 0 {SPACE}px 0; }}"
        f"p {{ margin: 0 0 {2 * SPACE}px 0; }}"
        f"a {{ color: {colors.accent}; text-decoration: none; }}"
        f".dim {{ color: {colors.dim}; font-size: {LABEL_PX}px; }}"
        f".small {{ color: {colors.dim}; font-size: {SMALL_PX}px; }}"
        f".mono {{ font-family: '{mono}'; font-size: {LABEL_PX}px; }}"
        f".here {{ color: {colors.accent}; font-family: '{mono}'; font-size: {LABEL_PX}px; }}"
        f".formula {{ font-family: '{mono}'; font-size: {BODY_PX}px; }}"
        f"td {{ padding: {SPACE}px {3 * SPACE}px {SPACE}px 0; }}"
        f"</style></head><body>{body}</body></html>"
    )


def section(title: str, body: str) -> str:
    """Return a heading with a paragraph."""
    return f"{heading(title)}<p>{body}</p>"


def heading(title: str) -> str:
    """Return a heading; Qt would make an h2 larger than asked."""
    return f"<p class='heading'>{escape(title)}</p>"


def ground(lines: Sequence[str]) -> str:
    """Return lines of formulas, already set, on a ground of their own."""
    inner = "<br>".join(f"<span class='formula'>{line}</span>" for line in lines)
    color, room = theme().colors.raised, 2 * SPACE
    return (
        f"<table width='100%' cellspacing='0' bgcolor='{color}' style='margin-top: {room}px'>"
        f"<tr><td style='padding: {2 * SPACE}px {3 * SPACE}px'>{inner}</td></tr></table>"
    )


def typeset(formula: str) -> str:
    """Return a formula with indices of sums and powers in small letters; names keep their underscores."""
    text = re.sub(r"Σ_(\w+)", r"Σ<sub>\1</sub>", escape(formula))
    return re.sub(r"\^(?:\(([^()]*)\)|(\w+))", lambda found: f"<sup>{found[1] or found[2]}</sup>", text)
