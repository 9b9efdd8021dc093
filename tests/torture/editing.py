"""Killed at any moment while editing, saving between edits, and while recovering what was not saved."""

from __future__ import annotations

import time
from pathlib import Path

from studio.app.document import Document
from studio.app.recovery import keeper as keeping
from studio.app.recovery.keeper import Keeper
from studio.project import files
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved
from tests.helpers.residual import residual_network
from tests.torture.nursery import Nursery, Tell
from tests.torture.trials import Promise, Trials

MODULE = "tests.torture.editing"

INTERVAL_MS = 20
"""From one recovery copy to the next; a person's are `Preferences.autosave_s` apart."""

EDIT_MS = 1
SAVED_EVERY = 40
"""Edits from one save to the next."""

MOST_LOST_S = 10.0
MOST_WAIT = 120
"""Things that a process may tell before it is killed."""

TURN = 600
"""Lines of Python that a fuse may last."""

EDITED, KEPT, SAVED = range(3)
"""What a process tells, with the number of an edit and the time in µs: it was made; a recovery copy holds it;
the file holds it."""


def edit_on(tell: Tell, folder: str, path: str) -> None:
    """Edit a project again and again, saving it now and then, with a window's keeper beside it."""
    from PySide6.QtCore import QCoreApplication, QTimer

    application = QCoreApplication([])
    keeping.SECOND_MS = INTERVAL_MS // keeping.preferred().autosave_s
    document = Document(files.read(path))
    document.open(files.read(path), Path(path))
    keeper = Keeper(document, Path(folder))
    write = Journal.write

    def written(journal: Journal, unsaved: Unsaved) -> None:
        write(journal, unsaved)
        tell(KEPT, int(unsaved.project.notes), now_us())

    Journal.write = written  # type: ignore[method-assign]
    number = 0

    def edit() -> None:
        nonlocal number
        number += 1
        document.edit_project("Write", lambda project: with_notes(project, number))
        tell(EDITED, number, now_us())
        if number % SAVED_EVERY == 0:
            files.write(document.project, path)
            tell(SAVED, number, now_us())
            document.mark_saved(Path(path))

    timer = QTimer()
    timer.timeout.connect(edit)
    timer.start(EDIT_MS)
    application.exec()
    keeper.close()


def now_us() -> int:
    """Return the time, the same clock in every process, in µs."""
    return time.monotonic_ns() // 1000


def with_notes(project: Project, number: int) -> Project:
    """Return a project that says which edit it is."""
    from dataclasses import replace

    return replace(project, notes=str(number))


def left_in(folder: Path) -> tuple[Unsaved, ...]:
    """Return what the next start would offer."""
    sessions = Journal(folder).sessions()
    assert len(list(folder.glob("*.recovery.json"))) == len(Journal(folder).left_by(sessions)), (
        "a damaged copy"
    )
    return Keeper(Document(), folder).left()


def _editing(trials: Trials) -> None:
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                folder, path = attempt.folder() / "recovery", attempt.folder() / "net.flow"
                files.write(Project("net", residual_network(), notes="0"), path)
                fuse = (
                    (attempt.random.randrange(20, TURN), "recovery/keeper.py")
                    if attempt.number % 3 == 2
                    else None
                )
                child = nursery.fork(f"{MODULE}:edit_on", str(folder), str(path), fuse=fuse)
                told = []
                for _ in range(attempt.random.randrange(1, MOST_WAIT)):
                    if (one := child.told()) is None:
                        break
                    told.append(one)
                time.sleep(attempt.random.uniform(0.0, 0.01))
                child.kill()
                killed_us = now_us()
                told += child.rest()
                assert child.was_killed, f"it ended by itself ({child.status}): {child.error}"
                in_file = int(files.read(path).notes)
                saved = max((number for what, number, _ in told if what == SAVED), default=0)
                assert in_file in (saved, saved + SAVED_EVERY), f"{saved} was saved, the file holds {in_file}"
                offered = max((int(one.project.notes) for one in left_in(folder)), default=0)
                kept = max((number for what, number, _ in told if what == KEPT), default=0)
                have = max(offered, in_file)
                assert have >= kept, f"a copy of {kept} was kept, {have} is left"
                gone = [at for what, number, at in told if what == EDITED and number > have]
                lost_s = max(0.0, killed_us - min(gone)) / 1e6 if gone else 0.0
                trials.worst(f"edits lost, s, with copies {INTERVAL_MS / 1000} s apart", lost_s)
                assert lost_s <= MOST_LOST_S, f"{lost_s} s of edits are lost"


def recover_on(tell: Tell, folder: str) -> None:
    """Recover all that is offered, as a start does, and again and again."""
    from PySide6.QtCore import QCoreApplication

    application = QCoreApplication([])
    document = Document()
    keeper = Keeper(document, Path(folder))
    for unsaved in keeper.left():
        tell(int(unsaved.project.notes))
        keeper.recover(unsaved)
    keeper.wait()
    tell(0)
    application.exec()


def _recovering(trials: Trials) -> None:
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                folder = attempt.folder() / "recovery"
                path = attempt.folder() / "two.flow"
                files.write(Project("two", residual_network()), path)
                before = path.read_bytes()
                for number, file in ((1, ""), (2, str(path)), (3, "")):
                    project = Project(f"p{number}", residual_network(), notes=str(number))
                    Journal(folder).write(Unsaved(f"dead.{number}", project, file, "", number, float(number)))
                for _ in range(attempt.random.randrange(1, 4)):
                    fuse = (
                        (attempt.random.randrange(5, TURN), "project/")
                        if attempt.random.random() < 0.5
                        else None
                    )
                    child = nursery.fork(f"{MODULE}:recover_on", str(folder), fuse=fuse)
                    for _ in range(attempt.random.randrange(0, 5)):
                        child.told()
                    time.sleep(attempt.random.uniform(0.0, 0.01))
                    child.kill()
                    child.rest()
                    assert child.was_killed, f"it ended by itself ({child.status}): {child.error}"
                    offered = {int(one.project.notes) for one in left_in(folder)}
                    assert offered == {1, 2, 3}, f"only {sorted(offered)} are offered"
                    assert path.read_bytes() == before, "recovering touched the file"


PROMISES = (
    Promise(
        "edit-killed",
        "Killed while editing and saving: the file is whole and holds the last save, the recovery copy is "
        "whole, and at most 10 s of edits are lost.",
        1_000,
        _editing,
    ),
    Promise(
        "recover-killed",
        "Killed while recovering, up to three times in a row: everything is offered again, and no file is "
        "touched.",
        1_000,
        _recovering,
    ),
)
