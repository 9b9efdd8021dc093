"""Opens hostile projects as a person would, each in a process of its own, and says what came of it.

A parent that has imported everything forks a child for each, so that a case costs no import and its memory
and time are its own. What is watched: the child's CPU time and memory, an audit hook (nothing may be run,
unpickled or fetched), inotify on the folder outside (nothing there may be opened), and a canary file.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CPU_S, MEMORY_MB = 2.0, 500.0
"""What opening a hostile project may take."""

HANGS_S, GROWS_BYTES = 20, 2 * 2**30
"""After which a child is ended, so that the machine does not suffer from what a test is about."""

FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.connect",
)
CANARY = "canary"


@dataclass(frozen=True)
class Verdict:
    """What came of one case.

    Attributes:
        refused: Why it was not opened; empty if it was.
        problems: What is wrong with what was opened.
        failed: An exception that nobody meant to raise, a signal, or something that must not happen.
        cpu_s: Time of the processor.
        memory_mb: By which the process grew.
    """

    refused: str = ""
    problems: tuple[str, ...] = ()
    failed: str = ""
    cpu_s: float = 0.0
    memory_mb: float = 0.0

    @property
    def said(self) -> str:
        """All that the person is told."""
        return "\n".join(filter(None, (self.refused, *self.problems)))


def open_project(path: Path) -> list[str]:
    """Open a project and all that lies with it; return what is wrong.

    Raises:
        StudioError: It cannot be opened.
    """
    from studio.data import datasets, preview
    from studio.errors import StudioError
    from studio.project import files
    from studio.project.format import dumps
    from studio.training.fit import check_project

    project = files.read(path)
    dumps(project)
    said = [problem.message for problem in check_project(project, path.parent).problems]
    try:
        if datasets.describe(project.data, path.parent).available:
            preview.look(project.data, path.parent, 4)
            datasets.load(project.data, path.parent)
    except StudioError as error:
        said.append(error.message)
    return said + _open_runs(files.runs_folder(path))


def _open_runs(folder: Path) -> list[str]:
    """Read all that can be shown of the runs beside a project."""
    from studio.errors import StudioError
    from studio.runs import carried, checkpoints
    from studio.runs.store import RunStore

    said: list[str] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except StudioError as error:
            said.append(error.message)
            return []

    store = RunStore(folder)
    for info in attempt(store.list_runs):
        run = attempt(lambda name=info.name: store.run(name))
        if not run:
            continue
        for read in (
            run.project,
            run.epochs,
            run.record,
            run.events,
            run.norms,
            run.newest_histograms,
            run.surfaces,
        ):
            attempt(read)
        for quantity in ("activation", "weight", "gradient"):
            for node in attempt(lambda run=run, quantity=quantity: run.seen_nodes(quantity)):
                attempt(lambda run=run, node=node, quantity=quantity: run.histograms(node, quantity))
        attempt(lambda run=run: run.filters("conv1"))
        attempt(lambda run=run: carried.read(run.folder))
        for which in ("best", "last"):
            attempt(lambda run=run, which=which: checkpoints.load(run.checkpoint_path(which)))
    return said


def warm() -> None:
    """Import what opening needs, and open a sound project, so that a case pays for itself alone."""
    from PIL import Image
    from scipy.io import loadmat, wavfile  # noqa: F401

    import studio
    from studio import zoo
    from studio.compiler.analysis import check
    from studio.data import preview
    from studio.project.config import DataConfig

    Image.init()
    check(zoo.build("mlp", input_shape=(1, 8, 8), num_classes=10))
    preview.look(DataConfig(), None, 4)
    studio.Project()


class Watch:
    """Tells whether anything in a folder was opened or read, by whatever library (Linux's inotify)."""

    OPENED, READ = 0x20, 0x1

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._file = libc.inotify_init1(os.O_NONBLOCK)
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() or path.is_file():
                libc.inotify_add_watch(self._file, os.fsencode(path), self.OPENED | self.READ)

    def seen(self) -> list[str]:
        """Return the names that were opened since, and stop."""
        names = []
        try:
            data = os.read(self._file, 2**20)
        except BlockingIOError:
            data = b""
        os.close(self._file)
        place = 0
        while place < len(data):
            _, _, _, length = struct.unpack_from("iIII", data, place)
            names.append(data[place + 16 : place + 16 + length].rstrip(b"\0").decode() or "?")
            place += 16 + length
        return names


def judge(open_it: Callable[[Path], list[str]], path: Path) -> Verdict:
    """Open a file in a forked child and return what came of it."""
    outside = path.parent.parent / "outside"
    watch = Watch(outside) if outside.is_dir() else None
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_child(open_it, path, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read()
    _, status, usage = os.wait4(child, 0)
    found: dict[str, Any] = json.loads(text) if text else {}
    cpu_s = usage.ru_utime + usage.ru_stime
    grown = (usage.ru_maxrss - int(found.pop("base_kb", 0))) / 1024 if found else 0.0
    failed = str(found.get("failed", "")) or ("" if text else f"the process ended: {_why(status)}")
    if watch is not None and (names := watch.seen()):
        failed += f" opened outside: {names}"
    if (path.parent.parent / CANARY).exists() or (path.parent / CANARY).exists():
        failed += " code of the file ran"
    return Verdict(
        str(found.get("refused", "")), tuple(found.get("problems", ())), failed.strip(), cpu_s, grown
    )


def _why(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"code {os.waitstatus_to_exitcode(status)}"


def _be_child(open_it: Callable[[Path], list[str]], path: Path, writer: int) -> None:
    """Open the file, tell what came of it, and end."""
    from studio.errors import StudioError

    os.chdir(path.parent)
    signal.alarm(10 * HANGS_S)
    resource.setrlimit(resource.RLIMIT_CPU, (HANGS_S, HANGS_S))
    resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + GROWS_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found: dict[str, Any] = {"base_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    sys.addaudithook(_refuse_deeds)
    try:
        found["problems"] = open_it(path)
    except StudioError as error:
        found["refused"] = error.message
    except BaseException:
        found["failed"] = traceback.format_exc()[-3000:]
    with os.fdopen(writer, "wb") as stream:
        stream.write(json.dumps(found).encode())
    os._exit(0)


def _refuse_deeds(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise AssertionError(f"a hostile project led to {event}")


def _data_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def serve() -> None:
    """Judge the files whose paths come in, a line each."""
    from tests.hostile import openers

    warm()
    for line in sys.stdin:
        how, path = json.loads(line)
        print(json.dumps(asdict(judge(getattr(openers, how), Path(path)))), flush=True)


class Court:
    """The process that judges, started once.

    Args:
        settings: A folder for what it keeps.
    """

    def __init__(self, settings: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(settings)},
            cwd=Path(__file__).parents[2],
        )

    def judge(self, how: str, path: Path) -> Verdict:
        """Return what comes of opening a file; see `openers` for the ways."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([how, str(path)]) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        found["problems"] = tuple(found["problems"])
        return Verdict(**found)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


if __name__ == "__main__":
    serve()
