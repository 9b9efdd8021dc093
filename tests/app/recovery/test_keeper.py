"""What is kept while a project is not saved, and what another session sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.in_force import in_force
from studio.app.recovery.keeper import Keeper
from studio.app.settings import Preferences, Settings
from studio.errors import ProjectError
from studio.graph import edits
from studio.project.files import write
from studio.project.lock import lock_file
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved
from tests.helpers.canvas_table import small_network


class Bench:
    """A document with a keeper, and another session that looks at the same journal."""

    def __init__(self, folder: Path) -> None:
        self.document = Document(Project("demo", small_network()))
        self.keeper = Keeper(self.document, folder)
        self.other = Keeper(Document(), folder)

    def rename(self, name: str) -> None:
        self.document.edit(f"Rename to {name}", lambda graph: edits.rename(graph, "n2", name))

    def keep(self) -> None:
        self.keeper.keep()
        self.keeper.wait()

    @property
    def written(self) -> tuple[Unsaved, ...]:
        self.keeper.wait()
        journal = self.keeper.journal
        return journal.left_by(journal.sessions())


@pytest.fixture
def bench(tmp_path: Path, qapp: object) -> Iterator[Bench]:
    bench = Bench(tmp_path / "recovery")
    yield bench
    bench.keeper.close()
    bench.other.close()


def die(bench: Bench) -> None:
    """End the session as a crash would: nothing is tidied up, but the system lets go of the lock."""
    bench.keeper.wait()
    assert bench.keeper._lock is not None
    bench.keeper._lock.release()


def test_saved_project_is_not_kept(bench: Bench) -> None:
    bench.keep()
    assert bench.written == ()
    assert not bench.keeper.journal.folder.exists()


def test_unsaved_project_is_kept_with_its_steps_and_file(bench: Bench, tmp_path: Path) -> None:
    bench.rename("a")
    bench.document.mark_saved(tmp_path / "net.flow")
    bench.rename("b")
    bench.rename("c")
    bench.keep()
    (unsaved,) = bench.written
    assert unsaved.project == bench.document.project
    assert (unsaved.path, unsaved.steps) == (str(tmp_path / "net.flow"), 2)


def test_nothing_is_written_twice(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    before = bench.written
    bench.keep()
    assert bench.written == before
    bench.rename("b")
    bench.keep()
    assert [each.project.graph.node("n2").name for each in bench.written] == ["b"]


@pytest.mark.parametrize("way", ["save", "undo", "close"])
def test_saving_undoing_and_closing_let_go(bench: Bench, tmp_path: Path, way: str) -> None:
    bench.rename("a")
    bench.keep()
    assert bench.written
    if way == "save":
        bench.document.mark_saved(tmp_path / "net.flow")
    elif way == "undo":
        bench.document.undo()
    else:
        bench.document.close(bench.document.sheet)
    assert bench.written == ()


def test_each_open_project_has_a_file_of_its_own(bench: Bench) -> None:
    bench.rename("a")
    bench.document.open(Project("other", small_network()), None)
    bench.rename("b")
    bench.keep()
    assert {each.project.name for each in bench.written} == {"demo", "other"}
    bench.document.undo()
    assert [each.project.name for each in bench.written] == ["demo"]


def test_session_that_goes_on_keeps_its_own(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    assert bench.other.left() == ()
    assert bench.keeper.left() == ()


def test_crash_leaves_what_the_next_session_recovers(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    die(bench)
    (unsaved,) = bench.other.left()
    bench.other.recover(unsaved)
    bench.other.wait()
    document = bench.other._document
    assert document.graph.node("n2").name == "a"
    assert document.is_modified
    (kept,) = bench.written
    assert (kept.session, kept.steps) == (bench.other._session, 1)


def test_recovering_into_the_open_file_is_one_step_of_undo(bench: Bench, tmp_path: Path) -> None:
    bench.rename("a")
    bench.document.mark_saved(tmp_path / "net.flow")
    bench.rename("b")
    bench.keep()
    die(bench)
    document = bench.other._document
    document.open(Project("net", small_network()), tmp_path / "net.flow")
    bench.other.recover(bench.other.left()[0])
    assert (document.history.undo_label, document.history.index) == ("Recover what was not saved", 1)
    assert document.graph.node("n2").name == "b"
    assert len(document.sheets) == 1


@pytest.mark.parametrize("is_there", [True, False], ids=["file", "gone"])
def test_recovering_opens_the_file_and_changes_it(bench: Bench, tmp_path: Path, is_there: bool) -> None:
    path = tmp_path / "net.flow"
    bench.document.mark_saved(path)
    if is_there:
        write(bench.document.project, path)
    bench.rename("b")
    bench.keep()
    die(bench)
    document = bench.other._document
    bench.other.recover(bench.other.left()[0])
    assert (document.path, document.graph.node("n2").name, document.is_modified) == (path, "b", True)
    document.undo()
    assert document.graph.node("n2").name == ("conv" if is_there else "b")


def test_thrown_away_is_gone_for_good(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    die(bench)
    bench.other.throw_away(bench.other.left()[0])
    bench.other.wait()
    assert bench.other.left() == ()


def test_proper_end_leaves_nothing(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    bench.keeper.close()
    assert list(bench.keeper.journal.folder.iterdir()) == []


def test_interval_is_the_one_preferred(bench: Bench, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    in_force().follow(settings)
    settings.change(autosave_s=5)
    assert not bench.keeper._timer.isActive()
    bench.rename("a")
    assert (bench.keeper._timer.interval(), bench.keeper._timer.isActive()) == (5000, True)
    settings.change(autosave_s=7)
    assert bench.keeper._timer.interval() == 7000
    settings.change(autosave_s=0)
    assert not bench.keeper._timer.isActive()
    settings.change(autosave_s=5)
    bench.document.undo()
    assert not bench.keeper._timer.isActive()


def test_window_that_is_used_again_keeps_again(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    bench.keeper.close()
    bench.document.open(Project("next", small_network()), None)
    bench.rename("b")
    assert bench.keeper._timer.isActive()
    bench.keep()
    assert "next" in {each.project.name for each in bench.written}


def test_timer_keeps(bench: Bench, qtbot: QtBot) -> None:
    bench.rename("a")
    bench.keeper._timer.start(1)
    qtbot.waitUntil(lambda: bool(bench.written))


def test_trouble_is_said_once_and_tried_again(tmp_path: Path, qapp: object, qtbot: QtBot) -> None:
    (tmp_path / "recovery").write_text("a file is in the way")
    bench = Bench(tmp_path / "recovery")
    bench.rename("a")
    bench.keep()
    with qtbot.waitSignal(bench.keeper.failed) as said:
        bench.keep()
    assert said.args[0].startswith("No recovery copy is kept: ")
    with qtbot.assertNotEmitted(bench.keeper.failed):
        bench.keep()
    (tmp_path / "recovery").unlink()
    bench.keep()
    bench.keep()
    assert len(bench.written) == 1
    bench.keeper.close()
    bench.other.close()


def test_a_lock_that_a_crash_left_half_written_hides_nothing(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    die(bench)
    lock_file(bench.keeper.journal.folder / bench.keeper._session).write_bytes(b"")
    assert len(bench.other.left()) == 1


def test_what_was_recovered_stays_until_its_new_copy_is_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.rename("a")
    bench.keep()
    die(bench)
    (unsaved,) = bench.other.left()

    def full(journal: Journal, unsaved: Unsaved) -> None:
        raise ProjectError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "write", full)
        bench.other.recover(unsaved)
        bench.other.wait()
    assert [each.key for each in bench.written] == [unsaved.key]


def trained(bench: Bench) -> Path:
    """Give the project on show a run, as training it before it is saved does; return where that lies."""
    folder = bench.document.sheet.home.folder(None)
    (folder / "run-1").mkdir(parents=True)
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.usefixtures("state")
def test_runs_made_before_the_first_save_survive_a_crash(bench: Bench, tmp_path: Path) -> None:
    runs = trained(bench)
    assert not bench.document.is_modified
    bench.keeper.look_again()
    assert bench.keeper._timer.isActive()
    bench.keep()
    die(bench)
    (unsaved,) = bench.other.left()
    assert unsaved.runs == str(runs)
    bench.other.recover(unsaved)
    sheet = bench.other._document.sheet
    assert sheet.home.folder(None) == runs
    path = tmp_path / "net.flow"
    bench.other._document.mark_saved(path)
    sheet.home.bring_home(path)
    bench.other.look_again()
    assert (tmp_path / "net.runs" / "run-1").is_dir()
    bench.other.wait()
    assert bench.written == ()


@pytest.mark.usefixtures("state")
def test_a_copy_is_written_anew_once_there_are_runs(bench: Bench) -> None:
    bench.rename("a")
    bench.keep()
    assert bench.written[0].runs == ""
    runs = trained(bench)
    bench.keep()
    assert bench.written[0].runs == str(runs)


@pytest.mark.usefixtures("state")
def test_a_run_that_goes_on_over_a_save_and_a_crash_comes_to_the_file(bench: Bench, tmp_path: Path) -> None:
    trained(bench)
    path = tmp_path / "net.flow"
    write(bench.document.project, path)
    bench.document.mark_saved(path)
    bench.keep()
    die(bench)
    bench.other.recover(bench.other.left()[0])
    sheet = bench.other._document.sheet
    assert (sheet.path, sheet.is_modified) == (path, False)
    assert sheet.home.bring_home(path) == ""
    assert (tmp_path / "net.runs" / "run-1").is_dir()


def test_a_recovery_copy_is_at_most_ten_seconds_old_unless_the_person_wants_it_older() -> None:
    assert 0 < Preferences().autosave_s < 10
