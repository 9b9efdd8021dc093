"""What a person can do with how nodes look: collapse them, hide ports, colour and widen them.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from studio.app.canvas.commands import Commands, amount
from studio.app.canvas.expanding import Expanding, kept_level
from studio.app.canvas.scene import Scene
from studio.app.live_pictures import TITLES, can_show
from studio.app.selection import Selection
from studio.app.theme.measures import MIN_WIDTH
from studio.app.theme.measures import WIDEST_CARD as WIDEST
from studio.catalog.registry import spec_of
from studio.graph import edits, levels
from studio.graph.block import block_name
from studio.graph.graph import Graph
from studio.graph.node import LivePicture, Node


class CardCommands:
    """Edits of the looks of nodes at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
        scene: Knows how large cards are.
    """

    def __init__(self, selection: Selection, commands: Commands, scene: Scene) -> None:
        self._selection = selection
        self._commands = commands
        self._scene = scene

    def collapse(self, node_ids: Iterable[str] | None = None) -> None:
        """Make single rows of cards, or cards again if all are; the first port stays level with its wire."""
        nodes = self._chosen(node_ids)
        on = not all(node.look.collapsed for node in nodes)

        def change(graph: Graph) -> Graph:
            changed = edits.set_look(graph, [node.id for node in nodes], collapsed=on)
            cards = {node.id: self._scene.card_as(changed.node(node.id)) for node in nodes}
            places = {node.id: kept_level(node, self._scene.cards[node.id], cards[node.id]) for node in nodes}
            return edits.move(changed, places)

        self._attempt("Collapse {}" if on else "Expand {}", nodes, change)

    def hide_unused(self, node_ids: Iterable[str] | None = None) -> None:
        """Hide the ports of nodes that may stay without a wire and are, or show them if all are hidden."""
        nodes = self._chosen(node_ids)
        on = not all(node.look.hides_unused for node in nodes)
        self._set("Hide unused ports of {}" if on else "Show all ports of {}", nodes, hides_unused=on)

    def expand(self, node_ids: Iterable[str] | None = None) -> None:
        """Show the insides of blocks in place, or fold them if all are shown; what is beside makes way."""
        nodes = [node for node in self._chosen(node_ids) if block_name(node) in self._commands.graph.blocks]
        if not nodes:
            self._commands.say("Select a block to show its inside.")
            return
        on = not all(node.look.expanded for node in nodes)

        paths = [(node.id,) for node in nodes]
        change = partial(Expanding(self._scene).done, paths=paths, on=on)
        self._attempt("Expand {} in place" if on else "Fold {}", nodes, change)

    def expand_inside(self, path: Sequence[str]) -> None:
        """Show the inside of a block that another shows, or fold it.

        Args:
            path: Ids that lead there from the level on show.
        """
        level = levels.level(self._commands.graph, path[:-1])
        node = level.node(path[-1])
        on = not node.look.expanded
        label = f"Expand {node.name} in place" if on else f"Fold {node.name}"
        self._commands.attempt(label, partial(Expanding(self._scene).done, paths=[path], on=on))

    def color(self, name: str, node_ids: Iterable[str] | None = None) -> None:
        """Give nodes a colour by its name; empty for that of their family."""
        self._set("Colour {}", self._chosen(node_ids), color=name)

    @property
    def chosen_color(self) -> str | None:
        """The colour that all selected nodes have been given; None if they differ."""
        colors = {node.look.color for node in self._chosen(None)}
        return colors.pop() if len(colors) == 1 else None

    def show_picture(self, picture: LivePicture, node_ids: Iterable[str] | None = None) -> None:
        """Let nodes show a live picture while they train; an empty one for what their family shows."""
        label = f"Show {TITLES[picture].lower()} on {{}}" if picture else "Live picture of {} as its family"
        self._set(label, self._chosen(node_ids), shows=picture)

    def next_picture(self) -> None:
        """Let the selected nodes show the next live picture that one of them can."""
        offered = [picture for picture in TITLES if not self.why_not_picture(picture)]
        now = self.chosen_picture or "auto"
        place = offered.index(now) if now in offered else -1
        self.show_picture(offered[(place + 1) % len(offered)])

    def why_not_picture(self, picture: LivePicture) -> str:
        """Return why none of the selected nodes can show a live picture; empty if one can."""
        graph = self._commands.graph
        reasons = [can_show(picture, spec_of(node, graph.blocks)) for node in self._chosen(None)]
        return "" if not all(reasons) else next(iter(reasons), "Nothing is selected.")

    @property
    def chosen_picture(self) -> LivePicture | None:
        """The live picture that is chosen for all selected nodes; None if they differ."""
        pictures = {node.look.shows for node in self._chosen(None)}
        return pictures.pop() if len(pictures) == 1 else None

    @property
    def chosen_family(self) -> str:
        """The family that all selected nodes are of; empty if they are of several, or of none."""
        graph = self._commands.graph
        specs = [spec_of(node, graph.blocks) for node in self._chosen(None)]
        families = {spec.family if spec is not None else "" for spec in specs}
        return families.pop() if len(families) == 1 else ""

    def widen(self, node_id: str, width: float) -> None:
        """Give a card a width; 0 for as wide as its words."""
        self._set("Widen {}" if width else "Width of {} as its words", self._chosen([node_id]), width=width)

    def widen_by(self, step: float) -> None:
        """Make the selected cards wider by a step, or narrower; each from the width it has now."""
        nodes = [node for node in self._chosen(None) if not node.look.collapsed]

        def change(graph: Graph) -> Graph:
            for node in nodes:
                width = min(max(self._scene.size(node.id)[0] + step, MIN_WIDTH), WIDEST)
                graph = edits.set_look(graph, [node.id], width=width)
            return graph

        self._attempt("Widen {}" if step > 0 else "Narrow {}", nodes, change)

    def fit_width(self) -> None:
        """Make the selected cards as wide as their words."""
        self._set("Width of {} as its words", self._chosen(None), width=0.0)

    def _chosen(self, node_ids: Iterable[str] | None) -> list[Node]:
        chosen = self._selection.ordered() if node_ids is None else node_ids
        return [self._commands.graph.node(node_id) for node_id in chosen]

    def _set(self, label: str, nodes: list[Node], **changes: object) -> None:
        ids = [node.id for node in nodes]
        self._attempt(label, nodes, lambda graph: edits.set_look(graph, ids, **changes))

    def _attempt(self, label: str, nodes: list[Node], change: Callable[[Graph], Graph]) -> None:
        if not nodes:
            self._commands.say("Nothing is selected.")
            return
        self._commands.attempt(
            label.format(amount(self._commands.graph, [node.id for node in nodes])), change
        )
