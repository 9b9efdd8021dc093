"""Import…: what is asked of the engine, what is said of its answers, and what becomes of the project."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from studio import zoo
from studio.app.import_dialog import ImportDialog
from studio.app.network_import import KEPT_S, sweep
from studio.engine.records import (
    Cancel,
    EngineLost,
    Failed,
    FetchWeights,
    ImportNetwork,
    ListNetworks,
    NetworkImported,
    NetworkOffer,
    NetworksListed,
    Progress,
    WeightsFetched,
)
from studio.project.format import to_data
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved, recovery_folder

OFFERS = (
    NetworkOffer("alexnet", (3, 224, 224), 61_100_840, "V1", 244_000_000, 0.565, True),
    NetworkOffer("maxvit_t", (3, 224, 224), 30_900_000, "V1", 124_000_000, 0.837, False),
    NetworkOffer("vit_b_16", (3, 224, 224), 86_567_656, "V1", 346_000_000, math.nan, False),
)


class Made:
    """What the dialog was allowed to do, and did."""

    def __init__(self):
        self.allowed, self.projects = True, []

    def __call__(self, project, shelter):
        self.projects.append((project, shelter))
        return self.allowed


@pytest.fixture
def made():
    return Made()


@pytest.fixture
def dialog(qtbot, client, link, made, tmp_path):
    found = ImportDialog(made, tmp_path / "shelter", link, tmp_path)
    qtbot.addWidget(found)
    with qtbot.waitExposed(found):
        found.open()
    assert client.asked == [ListNetworks(1)]
    tell(client, link, NetworksListed(1, OFFERS))
    return found


def tell(client, link, *records):
    client.answers += records
    link.drain()


def imported(number, weights="alexnet.safetensors", difference=0.0, notes=()):
    project = to_data(Project("alexnet", zoo.build("mlp")))
    return NetworkImported(number, project, "alexnet", weights, difference, notes)


def test_until_the_list_is_there_nothing_can_be_imported(qtbot, client, link, made, tmp_path):
    dialog = ImportDialog(made, tmp_path, link, tmp_path)
    qtbot.addWidget(dialog)
    assert "Asking" in dialog.list.words.text()
    assert not dialog.import_button.isEnabled()
    tell(client, link, Failed(1, "lost", "The engine is not running."))
    assert dialog.list.words.text() == "The engine is not running."


def test_the_first_network_is_chosen_and_shown_in_numbers(dialog):
    facts = dialog.page.facts.facts()
    assert dialog.page.title.text() == "alexnet"
    assert facts["parameters"] == "61,100,840"
    assert facts["ImageNet top-1 accuracy"] == "56.50 %"
    assert dialog.import_button.isEnabled()


def test_an_unknown_accuracy_is_said_so(dialog):
    dialog.list.choose("vit_b_16")
    assert dialog.page.facts.facts()["ImageNet top-1 accuracy"] == "unknown"


@pytest.mark.parametrize(
    ("query", "shown", "chosen"),
    [
        ("vit", ["maxvit_t", "vit_b_16"], "vit_b_16"),
        ("ViT-b", ["vit_b_16"], "vit_b_16"),
        ("max t", ["maxvit_t"], "maxvit_t"),
        ("", ["alexnet", "maxvit_t", "vit_b_16"], "alexnet"),
    ],
)
def test_searching_leaves_what_matches_and_chooses_what_begins_so(dialog, query, shown, chosen):
    dialog.list.search.setText(query)
    assert dialog.list.shown() == shown
    assert dialog.page.offer.name == chosen


def test_a_search_without_a_match_hints_and_disables_import(dialog):
    dialog.list.search.setText("alexnot")
    assert "Did you mean" in dialog.list.words.text()
    assert "alexnet" in dialog.list.words.text()
    assert not dialog.import_button.isEnabled()


def test_arrows_walk_the_list_from_within_the_search(dialog, qtbot):
    qtbot.keyClick(dialog.list.search, Qt.Key.Key_Down)
    assert dialog.page.offer.name == "maxvit_t"


def test_the_columns_sort_by_number(dialog):
    dialog.list.tree.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert dialog.list.shown() == ["vit_b_16", "alexnet", "maxvit_t"]


def test_weights_on_this_computer_are_imported_at_once(dialog, client, tmp_path):
    dialog.import_button.click()
    assert client.asked[-1] == ImportNetwork(2, "alexnet", "pretrained", "", 1000, str(tmp_path / "shelter"))
    assert dialog.progress.isVisible()
    assert not dialog.page.isEnabled()


def test_others_are_fetched_first_with_progress(dialog, client, link):
    dialog.list.choose("maxvit_t")
    assert "downloaded first" in dialog.page.words.text()
    dialog.import_button.click()
    assert client.asked[-1] == FetchWeights(2, "maxvit_t")
    tell(client, link, Progress(2, 2.0**20, 2.0**22, "Downloading the weights of maxvit_t"))
    assert (dialog.progress.value(), dialog.progress.maximum()) == (250, 1000)
    assert dialog.outcome.text().endswith("1.0 MiB of 4.0 MiB")
    tell(client, link, WeightsFetched(2, "maxvit_t"))
    assert isinstance(client.asked[-1], ImportNetwork)
    assert (dialog.progress.maximum(), dialog.page.offer.is_here) == (0, True)


def test_without_a_network_it_says_so_here_and_can_be_tried_again(dialog, client, link, qtbot):
    dialog.list.choose("maxvit_t")
    dialog.import_button.click()
    with qtbot.assertNotEmitted(link.failed):
        tell(client, link, Failed(2, "engine", "The weights could not be downloaded."))
    assert dialog.outcome.text() == "The weights could not be downloaded."
    assert dialog.outcome.property("role") == "bad"
    assert dialog.import_button.isEnabled()


def test_random_weights_are_not_fetched(dialog, client):
    dialog.list.choose("maxvit_t")
    dialog.page.set_value("weights", "random")
    dialog.page.set_value("classes", 7)
    dialog.import_button.click()
    assert (client.asked[-1].weights, client.asked[-1].classes) == ("random", 7)


def test_a_file_must_be_chosen_before_it_is_imported(dialog, client, tmp_path):
    dialog.page.set_value("weights", "file")
    assert not dialog.import_button.isEnabled()
    assert dialog.import_button.toolTip() == "Choose a file of weights."
    dialog.page.set_file(tmp_path / "mine.safetensors")
    dialog.import_button.click()
    assert (client.asked[-1].weights, client.asked[-1].file) == ("file", str(tmp_path / "mine.safetensors"))


@pytest.mark.parametrize(
    ("difference", "words"), [(0.0, "equal to the last bit"), (2.5e-7, "differ by 2.5e-07 at most")]
)
def test_how_far_the_copy_is_from_the_original_is_said(dialog, client, link, difference, words):
    dialog.import_button.click()
    tell(client, link, imported(2, difference=difference, notes=("One note.",)))
    assert words in dialog.outcome.text()
    assert "It starts from alexnet.safetensors" in dialog.outcome.text()
    assert dialog.outcome.text().endswith("One note.")


def test_what_was_imported_opens_with_the_folder_of_its_weights(dialog, client, link, made, tmp_path):
    dialog.import_button.click()
    tell(client, link, imported(2))
    assert dialog.import_button.text() == "Open as a new project"
    assert dialog.focusWidget() is dialog.import_button
    made.allowed = False
    dialog.import_button.click()
    assert dialog.isVisible()
    made.allowed = True
    dialog.import_button.click()
    assert not dialog.isVisible()
    (project, shelter) = made.projects[-1]
    assert (project.name, shelter) == ("alexnet", tmp_path / "shelter")


def test_choosing_something_else_forgets_what_was_imported(dialog, client, link):
    dialog.import_button.click()
    tell(client, link, imported(2))
    dialog.page.set_value("classes", 3)
    assert (dialog.import_button.text(), dialog.outcome.text()) == ("Import", "")


def test_cancel_withdraws_the_question_and_keeps_the_dialog(dialog, client, link):
    dialog.import_button.click()
    dialog.cancel_button.click()
    assert client.asked[-1] == Cancel(3, request=2)
    tell(client, link, imported(2))
    assert (dialog.outcome.text(), dialog.project) == ("Cancelled.", None)
    assert dialog.isVisible()


def test_closing_while_it_works_withdraws_the_question(dialog, client):
    dialog.import_button.click()
    dialog.reject()
    assert client.asked[-1] == Cancel(3, request=2)


def test_a_lost_engine_ends_the_wait(dialog, client, link):
    dialog.import_button.click()
    tell(client, link, EngineLost("killed by signal 9"))
    assert "killed by signal 9" in dialog.outcome.text()
    assert dialog.import_button.isEnabled()


def test_weights_that_waited_for_long_are_swept(tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.safetensors").write_bytes(b"x")
    age = (tmp_path / "old").stat().st_mtime - KEPT_S - 10
    os.utime(tmp_path / "old", (age, age))
    sweep(tmp_path)
    sweep(tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_weights_that_can_be_recovered_are_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shelter = tmp_path / "imported" / "old"
    shelter.mkdir(parents=True)
    os.utime(shelter, (100, 100))
    Journal(recovery_folder()).write(Unsaved("dead.1", Project("net"), "", str(shelter)))
    sweep(shelter.parent)
    assert shelter.exists()
