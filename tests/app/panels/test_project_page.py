import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from studio.app.panels.data_match import match_inputs, matches
from studio.app.panels.sample_view import to_image
from studio.engine.records import DataDescribed, Progress
from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.project.config import TrainingConfig
from studio.project.datasets import DATASETS


def digits(**changes):
    found = {
        "shape": (1, 8, 8),
        "classes": tuple("0123456789"),
        "counts": (1258, 270, 269),
        "samples": np.arange(4 * 64, dtype=np.float32).reshape(4, 1, 8, 8),
        "labels": np.arange(4),
    }
    return DataDescribed(1, "digits", **{**found, **changes})


@pytest.fixture
def page(inspector):
    return inspector.project_page


def choose(combo, data):
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def test_all_data_sets_are_offered_by_title(page):
    combo = page.data.choice
    offered = {combo.itemData(i): combo.itemText(i) for i in range(combo.count())}
    assert offered == {key: spec.title for key, spec in DATASETS.items()}


def test_choosing_a_data_set_drops_the_options_of_the_old_one(page, document, type_into):
    choose(page.data.choice, "moons")
    type_into(page.data.options.rows["noise"].editor, "0.5")
    assert document.project.data.options == {"noise": 0.5}
    choose(page.data.choice, "xor")
    assert (document.project.data.dataset, document.project.data.options) == ("xor", {})
    document.undo()
    assert document.project.data.options == {"noise": 0.5}
    assert page.data.options.rows["noise"].editor.text() == "0.5"


def test_fractions_that_leave_nothing_to_train_on_are_refused(page, document, type_into):
    type_into(page.data.split.rows["validation_fraction"].editor, "0.9")
    assert document.project.data.validation_fraction == 0.15
    reason = page.findChild(QLabel, "data.validation_fraction.reason").text()
    assert "must leave some training data" in reason


def test_learning_rate_is_set_and_undone(page, document, type_into):
    type_into(page.training.rows["lr"].editor, "1e-7")
    assert document.project.training.lr == 1e-7
    document.undo()
    assert page.training.rows["lr"].editor.text() == "0.05"


def test_training_settings_out_of_range_are_refused_with_the_reason(page, document, type_into):
    type_into(page.training.rows["lr"].editor, "-1")
    assert document.project.training.lr == 0.05
    assert page.findChild(QLabel, "training.lr.reason").text() == "lr should be greater than 0."


def test_each_optimizer_shows_its_own_settings(page, document, type_into):
    rows = page.training.rows
    assert rows["beta1"].editor.isHidden()
    choose(rows["optimizer"].editor, "adam")
    assert rows["momentum"].editor.isHidden()
    assert not rows["beta1"].editor.isHidden()
    type_into(rows["beta2"].editor, "0.99")
    assert document.project.training.betas == (0.9, 0.99)


def test_settings_that_most_leave_alone_are_folded_and_counted(page, document, type_into):
    fold = page.training.folds["schedule"]
    assert fold.form.isHidden()
    assert fold.fold.text() == "Learning rate schedule"
    fold.fold.click()
    choose(page.training.rows["schedule"].editor, "exponential")
    type_into(page.training.rows["total_factor"].editor, "1000")
    assert fold.fold.text() == "Learning rate schedule, 2 set"
    assert (document.project.training.schedule, document.project.training.total_factor) == (
        "exponential",
        1000.0,
    )
    assert page.training.rows["step_size"].editor.isHidden()


def test_a_preset_sets_everything_in_one_step(page, document):
    menu = page.training.presets.menu()
    action = next(one for one in menu.actions() if one.objectName() == "training.preset.imagenet")
    menu.aboutToShow.emit()
    assert "lr: 0.05 → 0.1" in action.toolTip()
    assert "He, Zhang, Ren & Sun 2016" in action.toolTip()
    action.trigger()
    training = document.project.training
    assert (training.lr, training.weight_decay, training.schedule) == (0.1, 0.0001, "plateau")
    menu.aboutToShow.emit()
    assert action.isChecked()
    document.undo()
    assert document.project.training == TrainingConfig()


def test_devices_of_the_engine_are_offered(inspector, page):
    inspector.set_devices(("cpu", "cuda:0"))
    combo = page.training.rows["device"].editor
    assert [combo.itemText(i) for i in range(combo.count())] == ["auto", "cpu", "cuda:0"]
    assert combo.currentText() == "auto"


def test_notes_are_one_step_when_the_field_is_left(page, document, qtbot):
    qtbot.keyClicks(page.notes, "first try")
    assert document.project.notes == ""
    page.notes.clearFocus()
    page.flush()
    assert document.project.notes == "first try"
    document.undo()
    assert page.notes.toPlainText() == ""


def test_counts_and_samples_are_shown(inspector, page):
    inspector.show_data(digits())
    facts = page.data.preview.table.facts()
    assert facts["training"] == "1,258"
    assert facts["classes"] == "10"
    assert not page.data.preview.samples.isHidden()
    assert page.data.preview.samples.accessibleName() == "Samples: 0, 1, 2, 3"


def test_answer_about_another_data_set_is_ignored(inspector, page, document):
    choose(page.data.choice, "moons")
    inspector.show_data(digits())
    assert page.data.preview.table.facts() == {}


def test_missing_data_can_be_downloaded(inspector, page, qtbot):
    choose(page.data.choice, "mnist")
    empty = np.zeros((0,), np.float32)
    inspector.show_data(
        DataDescribed(1, "mnist", (1, 28, 28), (), (0, 0, 0), empty, available=False, message="Not here yet.")
    )
    preview = page.data.preview
    assert preview.message.text() == "Not here yet."
    with qtbot.waitSignal(inspector.download_requested):
        qtbot.mouseClick(preview.download, Qt.MouseButton.LeftButton)
    inspector.show_progress(Progress(1, 512 * 1024, 1024 * 1024, "images"))
    assert preview.bar.value() == preview.bar.maximum() / 2
    assert not preview.download.isEnabled()
    inspector.show_data_error("No connection. Try again.")
    assert preview.download.isEnabled()
    assert not preview.download.isHidden()


def test_match_sets_the_input_in_one_step(inspector, page, document, qtbot):
    inspector.show_data(digits())
    assert not page.data.match.isHidden()
    qtbot.mouseClick(page.data.match, Qt.MouseButton.LeftButton)
    assert dict(document.graph.node("n1").arguments) == {"channels": 1, "height": 8, "width": 8}
    assert page.data.match.isHidden()
    document.undo()
    assert not document.graph.node("n1").arguments


def test_match_turns_an_image_input_into_a_vector_input(document):
    node = match_inputs(document.graph, (2,)).node("n1")
    assert (node.kind, dict(node.arguments), node.name) == ("VectorInput", {"features": 2}, "imageinput")


def test_match_without_an_input_says_what_to_do():
    with pytest.raises(GraphError, match="Drag one from the library"):
        match_inputs(Graph(), (2,))


def test_picture_keeps_its_pixels():
    image = to_image(np.array([[[0, 255, 7]]], np.uint8))
    assert [image.pixelColor(x, 0).red() for x in range(3)] == [0, 255, 7]
    colored = to_image(np.array([[[1]], [[2]], [[3]]], np.uint8)).pixelColor(0, 0)
    assert (colored.red(), colored.green(), colored.blue()) == (1, 2, 3)


def test_a_download_can_be_cancelled(qtbot, inspector):
    preview = inspector.project_page.data.preview
    assert preview.cancel.isHidden()
    inspector.show_progress(Progress(1, 10.0, 100.0, "Downloading"))
    assert not preview.cancel.isHidden()
    with qtbot.waitSignal(inspector.download_cancelled):
        preview.cancel.click()
    inspector.show_data_error("Cancelled.")
    assert preview.cancel.isHidden()


def test_match_data_gives_random_samples_the_shape_of_the_input(page, document, qtbot):
    choose(page.data.choice, "synthetic")
    button = page.data.match_data
    assert not button.isHidden()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.project.data.options["shape"] == "1,28,28"
    assert button.isHidden()
    assert page.data.match.isHidden()
    choose(page.data.choice, "moons")
    assert button.isHidden()


def test_shape_of_random_samples_is_typed_and_the_input_follows(page, document, type_into, qtbot):
    choose(page.data.choice, "synthetic")
    field = page.data.options.rows["shape"].editor
    field.selectAll()
    qtbot.keyClicks(field, "16\r")
    type_into(page.data.options.rows["vocabulary"].editor, "9")
    assert document.project.data.options == {"shape": "16", "vocabulary": 9}
    assert page.data.match.text() == "Match input to data (16)"


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "arguments"),
    [
        ((12,), "int64", "TokenInput", {"length": 12}),
        ((), "int64", "IndexInput", {}),
        ((5, 3), "float32", "SequenceInput", {"length": 5, "features": 3}),
        ((1, 800), "float32", "SignalInput", {"channels": 1, "length": 800}),
        ((1, 2, 3, 4), "float32", "VolumeInput", {"channels": 1, "depth": 2, "height": 3, "width": 4}),
        ((2, 3), "int64", "TensorInput", {"shape": (2, 3), "dtype": "int64"}),
    ],
)
def test_match_takes_the_input_for_the_samples(document, shape, dtype, kind, arguments):
    node = match_inputs(document.graph, shape, dtype).node("n1")
    assert (node.kind, dict(node.arguments)) == (kind, arguments)


def test_table_is_matched_by_the_shape_that_was_read_in_it(inspector, page, document):
    choose(page.data.choice, "csv")
    assert page.data.match.isHidden()
    inspector.show_data(
        DataDescribed(1, "csv", (13,), ("a", "b"), (70, 15, 15), np.zeros((4, 13), np.float32), np.zeros(4))
    )
    assert not page.data.match.isHidden()
    page.data.match.click()
    assert matches(document.design, (13,))
    inspector.show_data_error("The file is gone.")
    assert page.data.match.isHidden()


def test_chosen_file_is_one_step(page, document, monkeypatch, tmp_path, qtbot):
    choose(page.data.choice, "csv")
    name = str(tmp_path / "flowers.csv")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (name, ""))
    qtbot.mouseClick(page.data.file, Qt.MouseButton.LeftButton)
    data = document.project.data
    assert (data.folder, data.options) == (str(tmp_path), {"file": "flowers.csv"})
    document.undo()
    assert (document.project.data.folder, document.project.data.options) == ("", {})


def test_folder_says_what_an_empty_one_means(page):
    choose(page.data.choice, "csv")
    assert page.data.folder.field.placeholderText() == "project"
    assert not page.data.file.isHidden()
    choose(page.data.choice, "mnist")
    assert page.data.folder.field.placeholderText() == "user cache"
    assert page.data.file.isHidden()


def test_class_weights_are_chosen_in_one_step(page, document):
    choose(page.training.rows["class_weights"].editor, "balanced")
    assert document.project.training.class_weights == "balanced"
    document.undo()
    assert document.project.training.class_weights == "none"


def test_target_scaling_is_offered_for_values_and_set_in_one_step(page, document):
    row = page.data.split.rows["target_scaling"]
    page.data.show_data(digits())
    assert not row.editor.isVisibleTo(page)
    page.data.show_data(digits(classes=()))
    assert row.editor.isVisibleTo(page)
    choose(row.editor, "standardize")
    assert document.project.data.target_scaling == "standardize"
    document.undo()
    assert document.project.data.target_scaling == "none"


def test_columns_are_offered_for_a_table_with_a_file(page, qtbot):
    assert not page.data.columns.isVisibleTo(page)
    choose(page.data.choice, "csv")
    assert not page.data.columns.isEnabled()
    assert page.data.columns.toolTip() == "Columns: choose the file first."
    page.data.file.chosen.emit("", "flowers.csv")
    with qtbot.waitSignal(page.data.columns_requested):
        page.data.columns.click()
