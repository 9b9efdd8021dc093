"""Hundreds of turns at random over several projects, each compared with plain lists of values."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from studio.app.sheet import Sheet
from studio.graph import edits
from studio.project.project import Project
from tests.app.tabs.conftest import project

TURNS = 150
MOST = 6


@dataclass
class Expected:
    """What one project must be: its values so far, which of them is current, and what is selected."""

    values: list[Project]
    index: int = 0
    selected: frozenset[str] = frozenset()


class Player:
    """Does things at random to a window, and knows what must come of it."""

    def __init__(self, window, seed: int) -> None:
        self.window, self.document = window, window.document
        self.random = random.Random(seed)
        self.expected: dict[Sheet, Expected] = {self.document.sheet: Expected([self.document.project])}
        self.order = [self.document.sheet]

    @property
    def here(self) -> Expected:
        return self.expected[self.document.sheet]

    def turn(self) -> None:
        self.random.choice([self.edit, self.edit, self.select, self.undo, self.redo, self.show, self.show])()
        if self.random.random() < 0.2:
            self.random.choice([self.open, self.close, self.move])()

    def edit(self) -> None:
        kind = self.random.choice(["ReLU", "Conv2d", "Linear"])
        self.document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, kind)))
        here = self.here
        here.values[here.index + 1 :] = [self.document.project]
        here.index += 1

    def select(self) -> None:
        ids = sorted(self.document.graph.nodes)
        chosen = self.random.sample(ids, min(len(ids), 2))
        self.window.workspace.selection.set(chosen)
        self.here.selected = frozenset(chosen)

    def undo(self) -> None:
        self.document.undo()
        self.here.index = max(self.here.index - 1, 0)
        self._forget_what_is_gone()

    def redo(self) -> None:
        self.document.redo()
        self.here.index = min(self.here.index + 1, len(self.here.values) - 1)

    def _forget_what_is_gone(self) -> None:
        self.here.selected = frozenset(node for node in self.here.selected if node in self.document.graph)

    def show(self) -> None:
        self.document.show(self.random.choice(self.order))

    def open(self) -> None:
        if len(self.order) >= MOST:
            return
        before = self.document.sheet
        made = project(f"p{self.random.random()}", "Linear")
        self.document.open(made, None)
        place = self.order.index(before)
        self.order.insert(place + 1, self.document.sheet)
        self.expected[self.document.sheet] = Expected([made])
        if before not in self.document.sheets:  # untouched and empty: it made room
            assert self.expected.pop(before).values == [Project()]
            self.order.remove(before)

    def close(self) -> None:
        if len(self.order) == 1:
            return
        gone = self.random.choice(self.order)
        self.document.close(gone)
        self.order.remove(gone)
        del self.expected[gone]

    def move(self) -> None:
        sheet, place = self.random.choice(self.order), self.random.randrange(len(self.order))
        self.document.move(sheet, place)
        self.order.remove(sheet)
        self.order.insert(place, sheet)

    def compare(self) -> None:
        """Everything must be what the lists say: values, past, selection, cards, tabs."""
        assert list(self.document.sheets) == self.order
        for sheet, expected in self.expected.items():
            assert sheet.project is expected.values[expected.index]
            assert sheet.history.index == expected.index
        assert self.window.workspace.selection.nodes == self.here.selected
        assert set(self.window.canvas.scene.graph.nodes) == set(self.document.graph.nodes)
        assert self.window.projects.bar.tabs.currentIndex() == self.order.index(self.document.sheet)
        assert self.window.projects.bar.tabs.count() == len(self.order)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_turns_keep_all_projects_as_they_must_be(window, seed):
    player = Player(window, seed)
    for _ in range(TURNS):
        player.turn()
        player.compare()
    for sheet in player.order:
        window.document.show(sheet)
        while sheet.history.can_undo:
            player.undo()
        player.compare()
        assert sheet.project is player.expected[sheet].values[0]
