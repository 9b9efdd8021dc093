"""Reading, trusting and writing custom layers in the real window; the engine only listens."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.code.dialog import CodeDialog
from studio.app.code.trust_dialog import TrustDialog
from studio.app.main_window import MainWindow
from studio.app.picture import write_picture
from studio.catalog.code_templates import RESIDUAL_SCALE, SWISH
from studio.catalog.custom import code_of
from studio.engine.records import Check, Checked, EngineLost, Ready
from studio.graph.problems import Fix, Problem
from studio.graph.report import NodeReport, Totals
from studio.project import trust
from tests.helpers.custom_code import around_code, canary, layer
from tests.helpers.drawing import block, draw
from tests.helpers.window import action, open_window

CODE = layer("return x + 5")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    trust.store().revoke(CODE)
    return open_window(qtbot, tmp_path, around_code(CODE, trusted=False))


def num_checks(window: MainWindow) -> int:
    client = window.workspace.link._client
    return sum(isinstance(one, Check) for one in client.asked)  # type: ignore[attr-defined]


def answer(window: MainWindow, *problems: Problem, shape: tuple[int, ...] | None = (1, 8, 8)) -> None:
    report = NodeReport("mine", shape, parameters=3)
    checked = Checked(0, problems, (report,), Totals(), (), "")
    window.workspace.facts.update(checked, window.document.design)


def trust_dialog(window: MainWindow) -> TrustDialog:
    return next(one for one in window.findChildren(TrustDialog) if one.isVisible())


def code_dialog(window: MainWindow) -> CodeDialog:
    return next(one for one in window.findChildren(CodeDialog) if one.isVisible())


def untrusted() -> Problem:
    fix = Fix("Read the code…", "trust", "mine")
    return Problem("error", "untrusted", "Not trusted.", "mine", argument="code", fixes=(fix,))


def test_the_problem_leads_to_the_code_and_trust_to_another_check(window: MainWindow) -> None:
    answer(window, untrusted(), shape=None)
    before = window.document.history.can_undo
    window.problems.list.cards()[0].fixes.buttons()[0].click()
    dialog = trust_dialog(window)
    assert dialog.code.toPlainText() == CODE
    assert dialog.code.isReadOnly()
    assert '"mine"' in dialog.where.text()
    assert '"demo"' in dialog.where.text()
    assert "no sandbox" in dialog.warning.text()
    assert dialog.cancel.isDefault()
    assert not trust.is_trusted(CODE)
    checks = num_checks(window)
    dialog.accept_button.click()
    assert trust.is_trusted(CODE)
    assert num_checks(window) == checks + 1
    assert window.document.history.can_undo == before  # trust is no edit


def test_the_popover_of_the_canvas_leads_there_too(window: MainWindow) -> None:
    answer(window, untrusted(), shape=None)
    window.canvas.problems.step(0) if window.canvas.problems.problem else None
    window.canvas.problems._mend(untrusted().fixes[0])
    trust_dialog(window).cancel.click()
    assert not trust.is_trusted(CODE)


def test_the_inspector_says_whether_code_is_trusted(window: MainWindow) -> None:
    page = window.inspector.node_page
    window.workspace.selection.set(["mine"])
    assert "not trusted on this machine" in page.code.state.text()
    assert "code" not in (page.form.rows if page.form else {})
    page.code.read.click()
    trust_dialog(window).accept_button.click()
    assert page.code.state.text() == "5 lines of Python; trusted."
    assert page.code.read.isHidden()
    window.workspace.selection.set(["fc"])
    assert page.code.isHidden()


def test_unreadable_code_cannot_be_trusted(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, around_code(f"{CODE}# \u202e\n", trusted=False))
    window.document.code_wanted.emit("mine", False)
    dialog = trust_dialog(window)
    assert "U+202E" in dialog.refusal.text()
    assert dialog.code.error_line == 6
    assert not dialog.accept_button.isEnabled()


def test_nothing_runs_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    """Opened, drawn, selected, shown, edited, copied, pasted, exported as a picture, found, undone."""
    left = tmp_path / "canary"
    window = open_window(qtbot, tmp_path, around_code(canary(left), trusted=False))
    window.workspace.selection.set(["mine"])
    window.grab()
    window.document.code_wanted.emit("mine", False)
    trust_dialog(window).cancel.click()
    action(window, "edit.copy").trigger()
    action(window, "edit.paste").trigger()
    action(window, "help.layer").trigger()
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    dialog.code.replace_code(dialog.code.toPlainText() + "# more\n")
    dialog.refresh()
    dialog.apply.click()
    assert not trust.is_trusted(code_of(window.document.graph.node("mine")))
    action(window, "edit.undo").trigger()
    dialog.close()
    for name in ("network.svg", "network.png"):
        write_picture(window.document.design, tmp_path / name)
    assert not left.exists()


def test_applying_is_one_step_and_trust_is_asked_for_by_a_button(window: MainWindow) -> None:
    window.workspace.selection.set(["mine"])
    action(window, "graph.edit_code").trigger()
    dialog = code_dialog(window)
    assert (dialog.code.toPlainText(), dialog.is_modified) == (CODE, False)
    assert not dialog.apply.isEnabled()
    new = layer("return x + 6", arguments="width: int = 3")
    dialog.code.replace_code(new)
    dialog.refresh()
    assert "arguments: width = 3" in dialog.declared.text()
    dialog.apply.click()
    assert code_of(window.document.graph.node("mine")) == new
    assert not trust.is_trusted(new)
    assert "not trusted" in dialog.verdict.text()
    dialog.apply_and_trust.click()
    assert trust.is_trusted(new)
    assert [edge.target_port for edge in window.document.graph.inputs_of("mine")] == ["x"]
    action(window, "edit.undo").trigger()
    assert code_of(window.document.graph.node("mine")) == CODE
    assert dialog.code.toPlainText() == CODE  # what was applied follows
    action(window, "edit.redo").trigger()
    assert dialog.code.toPlainText() == new
    dialog.close()


def test_code_that_cannot_be_read_is_marked_and_not_applied(window: MainWindow) -> None:
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    dialog.code.replace_code(layer("return x +"))
    dialog.refresh()
    assert dialog.code.error_line == 5
    assert "invalid syntax" in dialog.verdict.text()
    assert not dialog.apply.isEnabled()
    assert not dialog.apply_and_trust.isEnabled()
    dialog.code.replace_code(CODE)
    dialog.refresh()
    assert dialog.code.error_line == 0
    dialog.close()


def test_what_pytorch_says_is_shown_at_its_line(window: MainWindow) -> None:
    trust.store().trust(CODE)
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    answer(window, Problem("error", "code", "Mine, line 5: wrong.", "mine", line=5))
    assert (dialog.code.error_line, dialog.verdict.text()) == (5, "Mine, line 5: wrong.")
    answer(window)
    assert dialog.code.error_line == 0
    assert dialog.verdict.text() == "PyTorch: output 1 × 8 × 8; 3 parameters."
    dialog.close()


def test_typing_is_not_lost_without_a_question(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    dialog.code.replace_code(SWISH)
    asked: list[str] = []
    buttons = QMessageBox.StandardButton

    def ask(*arguments: object) -> object:
        asked.append(str(arguments[1]))
        return buttons.Cancel if len(asked) == 1 else buttons.Discard

    monkeypatch.setattr(QMessageBox, "question", ask)
    assert not dialog.close()
    assert dialog.close()
    assert len(asked) == 2
    assert code_of(window.document.graph.node("mine")) == CODE


def test_another_edit_of_the_layer_does_not_overwrite_what_is_typed(window: MainWindow) -> None:
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    dialog.code.replace_code(SWISH)
    window.document.edit_design("other", lambda design: dialog.place.with_code(design, RESIDUAL_SCALE))
    assert dialog.code.toPlainText() == SWISH
    dialog.refresh()
    dialog.apply.click()
    assert code_of(window.document.graph.node("mine")) == SWISH
    dialog.close()


def test_all_layers_with_the_same_code_can_follow_also_in_blocks(qtbot: QtBot, tmp_path: Path) -> None:
    inner = block("B", ("i", "BlockInput"), ("m", "Custom", "i", {"code": CODE}), ("o", "BlockOutput", "m"))
    graph = draw(
        ("x", "ImageInput"),
        ("a", "Custom", "x", {"code": CODE}),
        ("b", "block:B", "a", {"repeat": 2}),
        blocks=[inner],
    )
    window = open_window(qtbot, tmp_path, graph)
    window.document.code_wanted.emit("b[1]/m", True)
    dialog = code_dialog(window)
    assert dialog.windowTitle() == "Code of m"
    assert "1 other layer" in dialog.everywhere.text()
    dialog.everywhere.setChecked(True)
    dialog.code.replace_code(SWISH)
    dialog.refresh()
    dialog.apply_and_trust.click()
    assert code_of(window.document.design.node("a")) == SWISH
    assert code_of(window.document.design.blocks["B"].graph.node("m")) == SWISH
    action(window, "edit.undo").trigger()
    assert code_of(window.document.design.node("a")) == CODE
    dialog.close()


def test_the_editor_of_a_layer_that_is_deleted_says_so(window: MainWindow) -> None:
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    window.workspace.selection.set(["mine"])
    action(window, "edit.delete").trigger()
    assert "not in the project" in dialog.verdict.text()
    assert not dialog.apply.isEnabled()
    action(window, "edit.undo").trigger()
    assert "not in the project" not in dialog.verdict.text()
    dialog.close()


def test_one_editor_for_one_layer(window: MainWindow) -> None:
    for _ in range(2):
        window.document.code_wanted.emit("mine", True)
    assert sum(one.isVisible() for one in window.findChildren(CodeDialog)) == 1
    code_dialog(window).close()


def test_templates_are_put_in_as_one_step_of_the_editors_undo(window: MainWindow) -> None:
    window.document.code_wanted.emit("mine", True)
    dialog = code_dialog(window)
    menu = dialog.findChild(QPushButton, "code.templates").menu()  # type: ignore[union-attr]
    assert [entry.text() for entry in menu.actions()] == [
        "Swish",
        "Residual scale",
        "Custom autograd function",
        "Two inputs, two outputs",
    ]
    menu.actions()[1].trigger()
    assert dialog.code.toPlainText() == RESIDUAL_SCALE
    dialog.code.undo()
    assert dialog.code.toPlainText() == CODE
    dialog.close()


def test_a_design_that_ends_every_engine_is_not_tried_for_ever(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, starts = window.workspace, []
    monkeypatch.setattr(space.link, "start", lambda: starts.append(1))
    lost, ready = (
        EngineLost("The engine ended by itself with exit code 1."),
        Ready(0, 1, "2.11", ("cpu",), "cpu"),
    )
    for _ in range(4):
        space.link.ready.emit(ready)
        space.link.lost.emit(lost)
    assert len(starts) == 2
    space.link.checked.emit(Checked(0, (), (), Totals(), (), ""))
    space.link.ready.emit(ready)
    space.link.lost.emit(lost)
    assert len(starts) == 3


def test_coming_back_from_a_terminal_asks_again_while_code_waits(window: MainWindow, qtbot: QtBot) -> None:
    answer(window)
    checks = num_checks(window)
    window.connections._look_for_trust(Qt.ApplicationState.ApplicationActive)
    qtbot.wait(100)
    assert num_checks(window) == checks
    answer(window, untrusted(), shape=None)
    window.connections._look_for_trust(Qt.ApplicationState.ApplicationActive)
    qtbot.waitUntil(lambda: num_checks(window) == checks + 1)
