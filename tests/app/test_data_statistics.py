"""The dialog of a data set's statistics: the numbers are NumPy's, and every one can be read."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from studio.app.data_samples import SampleTable
from studio.app.data_statistics import DataStatistics
from studio.app.document import Document
from studio.app.panels.data_panel import DataPanel
from studio.app.theme.theme import theme
from studio.data.datasets import features_of
from studio.data.preview import look
from studio.engine.records import DataDescribed
from studio.project.data_config import DataConfig
from studio.project.project import Project


def described(dataset: str = "iris") -> DataDescribed:
    seen = look(DataConfig(dataset=dataset))
    counts = seen.found.class_counts
    return DataDescribed(
        1, dataset, tuple(seen.inputs.shape[1:]),
        tuple(f"class {k}" for k in range(counts.shape[1])),
        (104, 23, 23), seen.inputs, seen.targets,
        class_counts=counts, means=seen.found.means, variances=seen.found.variances,
        correlation=seen.found.correlation, features=features_of(DataConfig(dataset=dataset)),
    )  # fmt: skip


def test_every_number_is_there(qtbot: QtBot) -> None:
    found = described()
    dialog = DataStatistics("Iris", found)
    qtbot.addWidget(dialog)
    dialog.show()
    item = dialog.features.topLevelItem(2)
    assert item.text(0) == "petal length (cm)"
    assert float(item.text(1)) == np.float64(f"{found.means[2]:.5g}")
    assert float(item.text(2)) == np.float64(f"{found.variances[2]:.5g}")
    counts = found.class_counts[:, 1]
    assert dialog.classes.words(1) == (
        f"class 1: training {counts[0]}, validation {counts[1]}, test {counts[2]}"
    )
    side = dialog.correlation._side()
    assert dialog.correlation.cell_at(QPoint(int(2.5 * side), int(0.5 * side))) == (0, 2)
    assert (
        dialog.correlation.words(0, 2)
        == f"sepal length (cm) and petal length (cm): {found.correlation[0, 2]:.3f}"
    )


def test_the_colour_of_a_cell_is_its_correlation(qtbot: QtBot) -> None:
    dialog = DataStatistics("Iris", described())
    qtbot.addWidget(dialog)
    dialog.show()
    view = dialog.correlation
    image, side = view.grab().toImage(), view._side()
    ratio = image.devicePixelRatio()

    def color(row: int, column: int) -> str:
        return image.pixelColor(int((column + 0.5) * side * ratio), int((row + 0.5) * side * ratio)).name()

    assert color(0, 0) == theme().color("train").name()
    assert color(0, 2) != color(0, 1)  # 0.87 and -0.1


def test_pictures_have_channels_and_no_correlation(qtbot: QtBot) -> None:
    dialog = DataStatistics("Digits", described("digits"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.features.topLevelItem(0).text(0) == "grey"
    assert dialog.features.topLevelItemCount() == 1
    assert dialog.correlation.isHidden()


def test_the_panel_asks_for_it_once_the_data_are_known(qtbot: QtBot) -> None:
    panel = DataPanel(Document(Project("demo", data=DataConfig(dataset="iris"))))
    qtbot.addWidget(panel)
    panel.show()
    assert panel.preview.statistics.isHidden()
    panel.show_data(described())
    with qtbot.waitSignal(panel.statistics_requested) as asked:
        panel.preview.statistics.click()
    assert asked.args[0] == "Iris"


def test_rows_are_shown_as_a_table_with_their_target(qtbot: QtBot) -> None:
    found = described()
    dialog = DataStatistics("Iris", found)
    qtbot.addWidget(dialog)
    table = dialog.tabs.widget(1)
    assert isinstance(table, SampleTable)
    assert table.horizontalHeaderItem(3).text() == "petal length (cm)"
    assert table.item(2, 0).text() == found.classes[int(found.labels[2])]
    assert float(table.item(2, 3).text()) == np.float64(f"{found.samples[2, 2]:.5g}")
