"""Whether a layer could be wired to where a person is: at which port, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from studio.app.canvas.ports import Side
from studio.catalog.spec import LayerSpec
from studio.graph.port import PortSpec, suits
from studio.graph.wiring import FLOW_WORDS


@dataclass(frozen=True, slots=True)
class Anchor:
    """A port that waits for a wire: the one dragged from, or one of the selected node.

    Attributes:
        node: Its node's id.
        name: Its node's name.
        kind: Its node's kind.
        side: Which side of the node it is on.
        port: What it is.
        shape: What flows there, without the batch dimension, if known.
    """

    node: str
    name: str
    kind: str
    side: Side
    port: PortSpec
    shape: tuple[int, ...] | None = None


class Level(IntEnum):
    """How well a layer fits, best first: it does; it wants another number of dimensions or another type of
    number; it cannot be wired there; it cannot be here at all."""

    FITS = 0
    UNSUITED = 1
    UNFIT = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """How a layer fits.

    Attributes:
        level: How well.
        anchor: The port it would be wired to; None if there is none, or it cannot be wired.
        port: The layer's own port that the wire would end at.
        reason: Why it does not fit, in words without a full stop.
    """

    level: Level
    anchor: Anchor | None = None
    port: str = ""
    reason: str = ""


NO_ANCHOR = Fit(Level.FITS)


def fit(spec: LayerSpec, anchors: Iterable[Anchor]) -> Fit:
    """Return how a layer fits the best of some ports; without any it fits."""
    found = [_fit_one(spec, anchor) for anchor in anchors]
    return min(found, key=lambda one: one.level, default=NO_ANCHOR)


def _fit_one(spec: LayerSpec, anchor: Anchor) -> Fit:
    """Return how a layer fits one port, by the best of its own."""
    own = spec.inputs if anchor.side == "output" else spec.outputs
    if not own:
        return Fit(Level.UNFIT, reason=f"has no {'input' if anchor.side == 'output' else 'output'}")
    flowing = [port for port in own if flows(anchor, port)]
    if not flowing:
        return Fit(Level.UNFIT, reason=_why_no_flow(anchor, own[0]))
    reasons = [why_unsuited(anchor, port) for port in flowing]
    for port, reason in zip(flowing, reasons, strict=True):
        if not reason:
            return Fit(Level.FITS, anchor, port.name)
    return Fit(Level.UNSUITED, anchor, flowing[0].name, reasons[0])


def flows(anchor: Anchor, port: PortSpec) -> bool:
    """Say whether what one of two ports gives is what the other takes."""
    out, into = (anchor.port, port) if anchor.side == "output" else (port, anchor.port)
    return into.takes(out.carries)


def _why_no_flow(anchor: Anchor, port: PortSpec) -> str:
    if anchor.side == "input":
        return f"gives {FLOW_WORDS[port.carries]}, and {anchor.name} takes {_taken(anchor.port)}"
    return f"takes {_taken(port)}, and {anchor.name} gives {FLOW_WORDS[anchor.port.carries]}"


def _taken(port: PortSpec) -> str:
    return " or ".join(FLOW_WORDS[flow] for flow in (port.accepts or (port.carries,)))


def why_unsuited(anchor: Anchor, port: PortSpec) -> str:
    """Return why what flows does not suit, as far as it is known; empty if nothing speaks against it."""
    out, into = (anchor.port, port) if anchor.side == "output" else (port, anchor.port)
    if out.dtype and into.dtype and out.dtype != into.dtype:
        return f"wants {into.dtype}, and {out.dtype} comes"
    if anchor.side == "output" and anchor.shape is not None:
        rank = len(anchor.shape) + 1
        return "" if suits(into.layout, rank) else f"wants {_shown(into.layout)}, and {_dims(rank)} come"
    if anchor.side == "input" and into.layout and out.layout and not _may_meet(out.layout, into.layout):
        return f"gives {_shown(out.layout)}, and {_shown(into.layout)} is wanted"
    return ""


def _shown(layout: str) -> str:
    return " or ".join(f"({form})" for form in layout.split(" or "))


def _dims(rank: int) -> str:
    return f"{rank} dimensions" if rank > 1 else "1 dimension"


def _may_meet(given: str, wanted: str) -> bool:
    """Say whether there is a number of dimensions that two layouts allow."""
    most = max(len(form.split(", ")) for layout in (given, wanted) for form in layout.split(" or "))
    return any(suits(given, rank) and suits(wanted, rank) for rank in range(1, most + 2))
