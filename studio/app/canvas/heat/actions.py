"""Actions that choose what the canvas shows of costs and families, and the menus they are in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.heat.measures import CardMeasure, WireMeasure

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

ON_WIRES: dict[WireMeasure, tuple[str, str]] = {
    "none": ("&Nothing", "All wires look the same"),
    "elements": ("&Elements", "Colour and width of wires: how many numbers flow through them"),
    "bytes": ("&Memory", "Colour and width of wires: how much memory a sample takes on them"),
    "macs": ("&Cost of the source", "Colour and width of wires: what computing them costs"),
    "activation": ("&Activations, live", "Colour and width of wires: spread of what flows, while training"),
    "flow": ("&Gradients, live", "Colour and width of wires: norm of the gradient that comes back"),
}

ON_CARDS: dict[CardMeasure, tuple[str, str]] = {
    "none": ("&Off", "Cards have the colours of their families"),
    "parameters": ("&Parameters", "Colour of cards: how many numbers they learn"),
    "macs": ("&Cost of computing", "Colour of cards: multiply-accumulates for a sample"),
    "bytes": ("&Activation memory", "Colour of cards: memory of their outputs for a sample"),
    "field": ("&Receptive field", "Colour of cards: how much of the input one of their numbers sees"),
    "gradient": ("&Gradient of weights, live", "Colour of cards: norm of their weights' gradient"),
    "ratio": ("&Update / weight, live", "Colour of cards: how much a step changes their weights"),
}

NAMES = tuple(f"view.wires_{key}" for key in ON_WIRES), tuple(f"view.heat_{key}" for key in ON_CARDS)


def add_heat_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add the choices; one of each kind is on."""
    wires, cards = QActionGroup(canvas), QActionGroup(canvas)
    for measure, (text, tip) in ON_WIRES.items():
        show = partial(canvas.heat.show_on_wires, measure)
        wires.addAction(actions.add(f"view.wires_{measure}", text, show, tip=tip, checkable=True))
    for kind, (text, tip) in ON_CARDS.items():
        tint = partial(canvas.heat.show_on_cards, kind)
        cards.addAction(actions.add(f"view.heat_{kind}", text, tint, tip=tip, checkable=True))
    for name in ("view.wires_none", "view.heat_none"):
        actions[name].setChecked(True)
    tip = "What the colours of cards stand for; a press on one selects all of its layers"
    actions.add("view.legend", "Le&gend of families", canvas.toggle_legend, tip=tip, checkable=True)


def fill_heat_menus(actions: Actions, view: QMenu) -> None:
    """Put the choices into the View menu."""
    wires, cards = NAMES
    actions.fill(view.addMenu("Show on &wires"), wires[0], "", *wires[1:])
    actions.fill(view.addMenu("Cost &heat map"), cards[0], "", *cards[1:])
    actions.fill(view, "view.legend")
