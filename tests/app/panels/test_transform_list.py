"""The list of transforms: added, moved, set, removed, each one step of undo; what is wrong is marked."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from studio.engine.records import DataDescribed
from studio.project.config import DataConfig
from studio.project.transforms import TRANSFORMS, Transform


@pytest.fixture
def panel(inspector):
    return inspector.project_page.data


def kinds(document):
    return [transform.kind for transform in document.project.data.transforms]


def add(panel, kind):
    panel.transforms.menu.aboutToShow.emit()
    panel.transforms.menu.findChild(QAction, f"action.transforms.add.{kind}").trigger()


def key(panel, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(panel.transforms.list, key, modifiers)


def test_every_transform_is_in_the_menu_with_what_it_does(panel):
    for kind, spec in TRANSFORMS.items():
        action = panel.transforms.menu.findChild(QAction, f"action.transforms.add.{kind}")
        assert spec.title in action.text()
        assert spec.summary in action.text()


def test_adding_is_one_step_and_chooses_the_new_one(panel, document):
    add(panel, "random_crop")
    add(panel, "random_horizontal_flip")
    assert kinds(document) == ["random_crop", "random_horizontal_flip"]
    assert panel.transforms.list.currentRow() == 1
    assert set(panel.transforms.form.rows) == {"p"}
    document.undo()
    assert kinds(document) == ["random_crop"]
    document.undo()
    assert document.project.data == DataConfig()
    assert panel.transforms.list.isHidden()


def test_an_argument_is_set_in_place_and_undone(panel, document, type_into):
    add(panel, "random_crop")
    type_into(panel.transforms.form.rows["padding"].editor, "2")
    assert document.project.data.transforms == (Transform.of("random_crop", padding=2),)
    assert "padding 2" in panel.transforms.list.item(0).text()
    document.undo()
    assert panel.transforms.form.rows["padding"].editor.text().startswith("4")


def test_alt_and_arrows_move_and_delete_removes(panel, document):
    for kind in ("random_crop", "random_horizontal_flip", "pixel_mean"):
        add(panel, kind)
    key(panel, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert kinds(document) == ["random_crop", "pixel_mean", "random_horizontal_flip"]
    assert panel.transforms.list.currentRow() == 1
    document.undo()
    assert kinds(document) == ["random_crop", "random_horizontal_flip", "pixel_mean"]
    panel.transforms.list.setCurrentRow(0)
    key(panel, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # it is the first already
    assert kinds(document)[0] == "random_crop"
    key(panel, Qt.Key.Key_Delete)
    assert kinds(document) == ["random_horizontal_flip", "pixel_mean"]


def test_a_drop_reorders_in_one_step(panel, document):
    for kind in ("random_crop", "random_horizontal_flip", "pixel_mean"):
        add(panel, kind)
    model = panel.transforms.list.model()
    model.moveRow(model.index(-1, 0).parent(), 2, model.index(-1, 0).parent(), 0)  # as a drop does
    assert kinds(document) == ["pixel_mean", "random_crop", "random_horizontal_flip"]
    texts = [panel.transforms.list.item(row).text() for row in range(3)]
    assert [text.split("   ")[0] for text in texts] == ["Per-pixel mean", "Random crop", "Flip"]
    document.undo()
    assert kinds(document) == ["random_crop", "random_horizontal_flip", "pixel_mean"]


def test_buttons_that_can_do_nothing_say_why(panel, document):
    add(panel, "random_crop")
    assert not panel.transforms.up.isEnabled()
    assert panel.transforms.up.toolTip() == "It is the first already"
    assert panel.transforms.down.toolTip() == "It is the last already"
    panel.transforms.remove.click()
    assert kinds(document) == []
    assert panel.transforms.remove.isHidden()


def test_what_cannot_be_done_is_offered_with_the_reason(panel, document):
    add(panel, "mixup")
    panel.transforms.menu.aboutToShow.emit()
    action = panel.transforms.menu.findChild(QAction, "action.transforms.add.cutmix")
    assert not action.isEnabled()
    assert action.toolTip() == "Samples are mixed already"
    document.edit_project("Choose", lambda p: type(p)(p.name, p.graph, DataConfig(dataset="iris")))
    panel.transforms.menu.aboutToShow.emit()
    action = panel.transforms.menu.findChild(QAction, "action.transforms.add.random_crop")
    assert "takes pictures" in action.toolTip()


def test_an_error_is_shown_at_the_transform_it_belongs_to(panel, document, type_into):
    add(panel, "random_horizontal_flip")
    add(panel, "center_crop")  # of the size of a digit
    assert document.project.data.transforms[1].values["size"] == 8
    type_into(panel.transforms.form.rows["size"].editor, "20")
    reason = panel.findChild(QLabel, "data.transforms.reason")
    assert "Transform 2, Centre crop, cannot cut 20×20 out of 8×8" in reason.text()
    colors = [panel.transforms.list.item(row).foreground().color() for row in (0, 1)]
    assert colors[0] != colors[1]


def test_a_shape_after_a_crop_is_offered_to_the_input(panel, document, type_into):
    add(panel, "center_crop")
    type_into(panel.transforms.form.rows["size"].editor, "6")
    assert "1 × 6 × 6" in panel.match.text()


def described(**changes):
    samples = np.random.default_rng(0).random((9, 1, 8, 8), np.float32)
    found = {"samples": samples, "labels": np.arange(9), "changed": samples[..., ::-1].copy()}
    return DataDescribed(1, "digits", (1, 8, 8), tuple("0123456789"), (9, 1, 1), **{**found, **changes})


def test_samples_stand_beside_what_the_transforms_make_of_them(panel, inspector, qtbot):
    panel.show_data(described())
    view = panel.preview.samples
    assert view.shows_changes
    assert len(view._pictures) == 18
    assert view._pictures[1].pixel(0, 0) == view._pictures[0].pixel(7, 0)
    with qtbot.waitSignal(inspector.draw_requested):
        panel.preview.again.click()
    panel.show_data(described(changed=np.zeros((0,), np.float32)))
    assert not view.shows_changes
    assert panel.preview.again.isHidden()
