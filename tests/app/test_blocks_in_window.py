"""Blocks in the whole window: build a residual block by hand, group, repeat, expose, undo, save, reopen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from studio.app.block_import import BlockChoice
from studio.app.canvas.rename_field import RenameField
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.catalog.registry import signatures
from studio.engine.local import LocalClient
from studio.graph import edits
from studio.graph.expansion import expand
from studio.graph.node import Edge
from studio.project.config import DataConfig
from studio.project.files import read, write
from studio.project.project import Project
from tests.helpers.residual import residual_network

PATIENCE_MS = 60_000


@pytest.fixture
def window(qtbot, tmp_path):
    made = MainWindow(LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(made, before_close_func=leave)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    return made


def leave(window: MainWindow) -> None:
    window.workspace.close()
    window.document.history.mark_saved()


def do(window: MainWindow, name: str) -> None:
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    assert found.isEnabled(), found.toolTip()
    found.trigger()


def wire(window: MainWindow, *edges: Edge) -> None:
    for edge in edges:
        assert window.canvas.commands.connect(edge)


def build_by_hand(window: MainWindow) -> dict[str, str]:
    """image → stem → (conv → relu → add, with a shortcut) → flatten → fc → loss; return ids by name."""
    kinds = (
        "ImageInput",
        "Conv2d",
        "Conv2d",
        "ReLU",
        "Add",
        "Flatten",
        "Linear",
        "Target",
        "CrossEntropyLoss",
    )
    image, stem, conv, relu, add, flat, fc, target, loss = (window.canvas.add_layer(kind) for kind in kinds)
    wire(
        window,
        Edge(image, "output", stem, "input"),
        Edge(stem, "output", conv, "input"),
        Edge(conv, "output", relu, "input"),
        Edge(relu, "output", add, "inputs"),
        Edge(stem, "output", add, "inputs"),
        Edge(add, "output", flat, "input"),
        Edge(flat, "output", fc, "input"),
        Edge(fc, "output", loss, "input"),
        Edge(target, "target", loss, "target"),
    )
    window.document.edit("Pad", lambda graph: edits.set_argument(graph, conv, "padding", 1))
    return {"conv": conv, "relu": relu, "add": add}


def layers(window: MainWindow) -> set[str]:
    design = window.document.design
    return {node.name for node in expand(design, signatures(design)).graph.nodes.values()}


def test_residual_block_from_hand_built_to_saved(window, qtbot, tmp_path):
    nothing = window.document.design
    parts = build_by_hand(window)
    window.workspace.selection.set(parts.values())
    do(window, "block.group")
    field = window.canvas.findChildren(RenameField)[-1]
    field.setText("Residual")
    field.finish()
    made = window.workspace.selection.single
    assert window.inspector.page is window.inspector.node_page

    page = window.inspector.node_page
    page.form.rows["repeat"].edited.emit("repeat", 3)
    name = window.document.graph.node(made).name
    assert sum(found.startswith(f"{name}.2.") for found in layers(window)) == len(parts)

    do(window, "block.enter")
    inner = next(node for node in window.document.graph.nodes.values() if node.kind == "Conv2d")
    window.workspace.selection.set([inner.id])
    page.form.rows["out_channels"].expose_wanted.emit("out_channels")
    assert window.document.design.block("Residual").argument("out_channels") is not None
    do(window, "block.leave")
    assert window.workspace.selection.single == made
    assert "out_channels" in page.form.rows
    qtbot.waitUntil(lambda: window.workspace.facts.report(made) is not None, timeout=PATIENCE_MS)

    path = tmp_path / "mine.flow"
    write(window.document.project, path)
    before = len(layers(window))
    do(window, "block.ungroup")
    assert len(layers(window)) == before
    while window.document.history.can_undo:
        window.document.undo()
    assert window.document.design == nothing
    assert window.open_path(path)
    assert list(window.document.design.blocks) == ["Residual"]
    assert window.document.graph.node(made).arguments["repeat"] == 3
    assert window.library.model.index_of("block:Residual").isValid()


def test_problem_inside_a_block_leads_into_it(window, qtbot):
    graph = residual_network()
    window.new_project(Project("demo", graph, DataConfig(dataset="digits")))
    window.document.enter("n2")
    window.document.edit("Break", lambda level: edits.set_argument(level, "n2", "kernel_size", 40))
    window.document.leave()
    facts = window.workspace.facts
    qtbot.waitUntil(lambda: any("/" in found.node for found in facts.problems), timeout=PATIENCE_MS)
    problem = next(found for found in facts.problems if "/" in found.node)
    assert facts.problems_of("n2")
    window.problems.node_chosen.emit(problem.node)
    assert window.document.block == "Residual"
    assert window.document.graph.node(window.workspace.selection.single).name == "conv"
    qtbot.waitUntil(lambda: bool(facts.problems_of("n2")), timeout=PATIENCE_MS)


def test_shapes_inside_come_when_a_block_is_entered(window, qtbot):
    window.new_project(Project("demo", residual_network(), DataConfig(dataset="digits")))
    window.document.enter("n2")
    facts = window.workspace.facts
    qtbot.waitUntil(lambda: facts.report("n3") is not None, timeout=PATIENCE_MS)
    assert facts.shape_on(window.document.graph, Edge("n3", "output", "n4", "inputs")) == (8, 8, 8)
    window.document.leave()
    qtbot.waitUntil(lambda: facts.report("n5") is not None, timeout=PATIENCE_MS)


def test_blocks_of_a_file_are_imported(window, tmp_path, monkeypatch):
    path = tmp_path / "other.flow"
    write(Project("other", residual_network()), path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    monkeypatch.setattr(BlockChoice, "exec", lambda self: BlockChoice.DialogCode.Accepted)
    do(window, "block.import")
    assert list(window.document.design.blocks) == ["Residual"]
    assert read(path).graph.blocks == window.document.design.blocks


def test_actions_say_why_they_are_off(window):
    for name in ("group", "ungroup", "make_unique", "enter", "leave", "add_input", "add_output", "bypass"):
        action = window.findChild(QAction, f"action.block.{name}")
        assert not action.isEnabled()
        assert action.toolTip().endswith(".")
