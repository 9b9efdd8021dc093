"""Somebody who edits, undoes, redoes, saves and opens a project at random, and knows what it must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from studio.app.document import Document
from studio.catalog.registry import signatures
from studio.errors import StudioError
from studio.graph import edits
from studio.graph.definitions import make_unique, set_repeat
from studio.graph.graph import Graph
from studio.graph.grouping import group
from studio.graph.mark import Mark
from studio.graph.marks import add_mark, remove_marks
from studio.graph.node import Edge
from studio.graph.swapping import exchange_nodes
from studio.graph.ungrouping import ungroup
from studio.project import format as document_format
from studio.project.files import read, write
from studio.project.project import Project

KINDS = ("Conv2d", "ReLU", "Add", "Concat", "Dropout", "Linear", "Flatten", "BatchNorm2d")
MOST_NODES = 16


class RandomEditor:
    """Each `step` does one thing; then the document is, to the letter, what it was at that step of its past.

    What the past was is kept as text: a value that somebody changed in place would show.

    Args:
        document: Is edited.
        folder: Where the project is saved.
        random: Decides.
    """

    def __init__(self, document: Document, folder: Path, random: Random) -> None:
        self.document = document
        self.done: list[str] = []
        self._path = folder / "net.flow"
        self._random = random
        self.past = [written(document.project)]
        self.index = 0
        self.saved: str | None = self.past[0]
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (60, self._edit),
            (18, self._undo),
            (10, self._redo),
            (4, self._go_to),
            (8, self._gesture),
            (3, self._save),
            (1, self._load),
            (4, self._level),
        ]

    def step(self) -> None:
        """Do one thing, and look."""
        (act,) = self._random.choices([act for _, act in self._acts], [weight for weight, _ in self._acts])
        self.done.append(act.__name__)
        act()
        self.check()

    def check(self) -> None:
        """See whether the document is what it must be."""
        document, history = self.document, self.document.history
        assert written(document.project) == self.past[self.index], "it is not what it was at this step"
        assert history.index == self.index, f"step {history.index} instead of {self.index}"
        assert history.can_undo == (self.index > 0)
        assert history.can_redo == (self.index + 1 < len(self.past))
        assert document.is_modified == (self.past[self.index] != self.saved)

    def undo_all_and_redo_all(self) -> None:
        """Go back to the beginning and to the end again, and look at every step."""
        while self.index:
            self._undo()
            self.check()
        while self.index + 1 < len(self.past):
            self._redo()
            self.check()

    # What is done ---------------------------------------------------------------------------------

    def _edit(self) -> None:
        before = self.document.project
        self._change()
        if self.document.project != before:
            self._recorded()

    def _recorded(self) -> None:
        del self.past[self.index + 1 :]
        self.past.append(written(self.document.project))
        self.index += 1

    def _gesture(self) -> None:
        before = self.document.project
        self.document.begin_gesture("Several")
        for _ in range(self._random.randint(0, 4)):
            self._change()
        if self._random.random() < 0.3:
            self.document.cancel_gesture()
            assert self.document.project is before, "a cancelled gesture left a trace"
            return
        self.document.end_gesture()
        if self.document.project != before:
            self._recorded()

    def _undo(self) -> None:
        self.document.undo()
        self.index = max(self.index - 1, 0)

    def _redo(self) -> None:
        self.document.redo()
        self.index = min(self.index + 1, len(self.past) - 1)

    def _go_to(self) -> None:
        self.index = self._random.randrange(len(self.past))
        self.document.go_to_step(self.index)

    def _save(self) -> None:
        write(self.document.project, self._path)
        self.document.mark_saved(self._path)
        self.saved = self.past[self.index]

    def _load(self) -> None:
        if not self._path.exists():
            return
        project = read(self._path)
        assert written(project) == self.saved, "it was read as another one than was saved"
        before = self.document.sheet
        self.document.open(project, self._path)
        self.document.close(before)
        self.past, self.index = [written(project)], 0

    def _level(self) -> None:
        """Go into a block, or out; it changes nothing."""
        blocks = [node.id for node in self.document.graph.nodes.values() if node.kind.startswith("block:")]
        if self.document.level and (not blocks or self._random.random() < 0.5):
            self.document.leave()
        elif blocks:
            self.document.enter(self._random.choice(sorted(blocks)))

    # Edits ----------------------------------------------------------------------------------------

    def _change(self) -> None:
        """Make one edit, whichever can be made; a refused one must leave all as it is."""
        before = self.document.project
        nodes = sorted(self.document.graph.nodes)
        crowded = len(nodes) > MOST_NODES
        act = self._remove if crowded else self._random.choice(self._edits) if nodes else self._add
        self.done.append(f"  {act.__name__}")
        try:
            act()
        except StudioError:
            assert self.document.project is before, "a refused edit left a trace"

    @property
    def _edits(self) -> list[Callable[[], None]]:
        return [
            *[self._add] * 3,
            *[self._connect] * 5,
            self._disconnect,
            self._remove,
            *[self._set] * 2,
            self._rename,
            *[self._move] * 2,
            self._look,
            self._mark,
            self._bend,
            *[self._group] * 2,
            self._ungroup,
            self._unique,
            self._repeat,
            self._swap,
            self._paste,
            self._settings,
            self._notes,
        ]

    def _on_level(self, change: Callable[[Graph], Graph]) -> None:
        self.document.edit("Edit", change)

    def _pick(self) -> str:
        return self._random.choice(sorted(self.document.graph.nodes))

    def _some(self) -> list[str]:
        nodes = sorted(self.document.graph.nodes)
        return self._random.sample(nodes, self._random.randint(1, min(4, len(nodes))))

    def _add(self) -> None:
        kind, x, y = (
            self._random.choice(KINDS),
            self._random.uniform(-500, 500),
            self._random.uniform(-500, 500),
        )
        self._on_level(lambda graph: edits.add_node(graph, edits.new_node(graph, kind, x=x, y=y)))

    def _connect(self) -> None:
        source, target = self._pick(), self._pick()
        graph = self.document.graph
        signature = signatures(graph)
        out, into = signature(graph.node(source)), signature(graph.node(target))
        if out is None or into is None or not out.outputs or not into.inputs:
            return
        give, take = self._random.choice(out.outputs).name, self._random.choice(into.inputs).name
        self._on_level(lambda graph: edits.connect(graph, source, give, target, take, signature))

    def _wire(self) -> Edge | None:
        edges = sorted(self.document.graph.edges())
        return self._random.choice(edges) if edges else None

    def _disconnect(self) -> None:
        wire = self._wire()
        if wire is not None:
            self._on_level(lambda graph: edits.disconnect(graph, [wire]))

    def _bend(self) -> None:
        wire = self._wire()
        if wire is not None:
            points = tuple((self._random.uniform(0, 9), 5.0) for _ in range(self._random.randint(0, 3)))
            self._on_level(lambda graph: edits.bend(graph, wire, points))

    def _remove(self) -> None:
        some, closing = self._some(), self._random.random() < 0.5
        if closing:
            self._on_level(lambda graph: edits.remove_and_reconnect(graph, some, signatures(graph)))
        else:
            self._on_level(lambda graph: edits.remove_nodes(graph, some))

    def _set(self) -> None:
        node, value = self._pick(), self._random.choice([1, 1.0, True, 0, -0.0, (3, 3), "same", None, 10**12])
        name = self._random.choice(["kernel_size", "out_features", "p", "bias", "padding"])
        self._on_level(lambda graph: edits.set_argument(graph, node, name, value))

    def _rename(self) -> None:
        node, name = self._pick(), self._random.choice(["stem", "head", "a1", "b_2", "not a name"])
        self._on_level(lambda graph: edits.rename(graph, node, name))

    def _move(self) -> None:
        places = {
            node: (self._random.uniform(-1e3, 1e3), self._random.uniform(-1e3, 1e3)) for node in self._some()
        }
        self._on_level(lambda graph: edits.move(graph, places))

    def _look(self) -> None:
        some, collapsed = self._some(), self._random.random() < 0.5
        self._on_level(lambda graph: edits.set_look(graph, some, collapsed=collapsed))

    def _mark(self) -> None:
        marks = sorted(self.document.graph.marks)
        if marks and self._random.random() < 0.4:
            self._on_level(lambda graph: remove_marks(graph, marks[:1]))
            return
        kind = self._random.choice(["note", "frame", "arrow"])
        mark = Mark("", kind, self._random.choice(["", "héllo\nthere", "≈"]), 1.5, 2.0, 30.0, 40.0)
        self._on_level(lambda graph: add_mark(graph, mark))

    def _group(self) -> None:
        some, name = self._some(), f"Block{self._random.randint(1, 99)}"
        level = self.document.level
        if not level:
            self.document.edit_design("Group", lambda graph: group(graph, some, name, signatures(graph)))

    def _block(self) -> str | None:
        found = [node.id for node in self.document.graph.nodes.values() if node.kind.startswith("block:")]
        return self._random.choice(sorted(found)) if found else None

    def _ungroup(self) -> None:
        block = self._block()
        if block is not None:
            self._on_level(lambda graph: ungroup(graph, block, signatures(graph))[0])

    def _unique(self) -> None:
        block = self._block()
        if block is not None and not self.document.level:
            self._on_level(lambda graph: make_unique(graph, block))

    def _repeat(self) -> None:
        block, count = self._block(), self._random.choice([None, 1, 3])
        if block is not None:
            self._on_level(lambda graph: set_repeat(graph, block, count))

    def _swap(self) -> None:
        one, other = self._pick(), self._pick()
        self._on_level(lambda graph: exchange_nodes(graph, one, other, signatures(graph)))

    def _paste(self) -> None:
        some = self._some()
        kept = [node for node in some if not self.document.graph.node(node).kind.startswith("Block")]
        piece = edits.subgraph(self.document.graph, kept)
        self._on_level(lambda graph: edits.paste(graph, piece, 40.0, 40.0)[0])

    def _settings(self) -> None:
        lr = self._random.choice([0.1, 0.05, 1e-3, 0.30000000000000004])
        self.document.edit_project(
            "Set lr", lambda now: replace(now, training=now.training.model_copy(update={"lr": lr}))
        )

    def _notes(self) -> None:
        notes = self._random.choice(["", "n", "Ω\n", "tab\t"])
        self.document.edit_project("Notes", lambda now: replace(now, notes=notes))


def written(project: Project) -> str:
    """Return all that a project holds, as it would be saved."""
    return document_format.dumps(project)
