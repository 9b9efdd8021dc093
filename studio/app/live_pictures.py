"""Which live picture each node shows: what was chosen for it or its family, or what matters of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from studio.app.place import DEEPEST, OUTSIDE, Place, inside_of
from studio.catalog.registry import spec_of
from studio.catalog.spec import LayerSpec
from studio.graph.block import ENABLED, PREFIX, block_name
from studio.graph.graph import Graph
from studio.graph.node import LivePicture, Node
from studio.graph.ordering import in_order

TITLES: dict[LivePicture, str] = {
    "auto": "What matters",
    "histogram": "Activation histogram",
    "filters": "Learned filters",
    "maps": "Feature maps of a sample",
    "gradient": "Gradient norm over time",
    "dead": "Dead or saturated units",
    "none": "Nothing",
}
"""What can be chosen, in the order of menus."""

SHORT: dict[LivePicture, str] = {
    "auto": "What matters",
    "histogram": "Histogram",
    "filters": "Filters",
    "maps": "Feature maps",
    "gradient": "Gradient norm",
    "dead": "Dead units",
    "none": "Nothing",
}
"""The same where there is little room."""

TIPS: dict[LivePicture, str] = {
    "auto": "Filters of convolutions, histograms of activations, gradients of other layers that learn",
    "histogram": "How the values are distributed that leave the layer",
    "filters": "Its weights as pictures, the strongest first",
    "maps": "What it gives for one sample of the validation part, always the same",
    "gradient": "Norm of its weights' gradient at every look, on a logarithmic scale; of a layer without "
    "weights, of the gradient that comes back to its output",
    "dead": "Share of its units that give 0 for hundreds of samples on end, and of values of a sigmoid or "
    "tanh where it is flat",
    "none": "The card stays as it is while the network trains",
}

Families = Mapping[str, LivePicture]
"""What layers of a family show where it is not what matters."""

HAVE_FILTERS = ("convolution", "linear")
"""Families with layers whose weights can be seen."""

NO_FILTERS = "Only convolutions and linear layers have filters."

_MATTERS: dict[str, tuple[LivePicture, ...]] = {
    "convolution": ("filters",),
    "linear": ("filters", "gradient"),
    "sequence": ("gradient",),
    "activation": ("histogram",),
}


@dataclass(frozen=True, slots=True)
class Pictured:
    """A node on show that is to have a live picture.

    Attributes:
        name: Dotted, as a run has it.
        kind: Of the layer; a run of an older design may have another of this name.
        owner: Id of the card that it is seen on: its own, or that of the block that shows its inside.
        pictures: The first of which there is anything is shown.
        is_chosen: A person wants it: where there is nothing, the card says so.
        learns: It may have weights.
    """

    name: str
    kind: str
    owner: str
    pictures: tuple[LivePicture, ...]
    is_chosen: bool
    learns: bool


def can_show(picture: LivePicture, spec: LayerSpec | None) -> str:
    """Return why layers of a kind cannot show a picture; empty if they can."""
    if picture in ("", "auto", "none"):
        return ""
    if spec is None or spec.role not in ("layer", "input"):
        return "Nothing of it can be looked at while the network trains."
    if picture == "filters" and not (spec.learns and spec.family in HAVE_FILTERS):
        return NO_FILTERS
    return ""


def chosen_for(node: Node, spec: LayerSpec | None, families: Families) -> LivePicture:
    """Return what is chosen for a node, by itself or with its family; ``auto`` where nothing is."""
    return node.look.shows or families.get(spec.family if spec is not None else "", "auto")


def pictures_for(node: Node, spec: LayerSpec, families: Families) -> tuple[LivePicture, ...]:
    """Return the pictures of a node, of which the first is shown that there is anything of."""
    chosen = chosen_for(node, spec, families)
    if chosen == "none":
        return ()
    return _MATTERS.get(spec.family, ()) if chosen == "auto" else (chosen,)


def pictured(graph: Graph, families: Families, place: Place = OUTSIDE, owner: str = "") -> Iterator[Pictured]:
    """Yield the nodes of a level that are to have a picture, and of blocks there that show their inside.

    Cards of a single row have no room for one, and what is switched off computes nothing.

    Args:
        graph: What is on show.
        families: What families show.
        place: Where in the network that is.
        owner: Id of the card that the level is seen on; empty: it is the canvas.
    """
    for node_id in in_order(graph.nodes):
        node = graph.node(node_id)
        if node.look.collapsed or node.arguments.get(ENABLED) is False:
            continue
        card = owner or node_id
        block = graph.blocks.get(block_name(node) or "")
        if block is not None and node.look.expanded:
            if place.path.count("/") < DEEPEST:
                inside = replace(block.graph, blocks=graph.blocks)
                yield from pictured(inside, families, inside_of(node, block, place), card)
            continue
        spec = spec_of(node, graph.blocks)
        if spec is None or spec.role not in ("layer", "input"):
            continue
        pictures = pictures_for(node, spec, families)
        if pictures:
            chosen = chosen_for(node, spec, families) != "auto"
            learns = spec.learns or spec.kind.startswith(PREFIX)
            yield Pictured(place.dotted + node.name, node.kind, card, pictures, chosen, learns)
