"""What a report of a problem consists of: versions, logs and the design, without what is private."""

from __future__ import annotations

import getpass
import io
import os
import platform
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from studio import logs
from studio.catalog import registry
from studio.errors import StudioError
from studio.project import format as document
from studio.project.atomic import write_bytes
from studio.project.project import Project
from studio.project.scrub import scrubbed

MOST_LETTERS = 300_000
"""Of one file: its end."""

PACKAGES = (
    *("PySide6-Essentials", "shiboken6", "pyqtgraph", "numpy", "torch", "torchvision", "networkx"),
    *("pydantic", "safetensors", "msgpack", "immutables", "scipy", "scikit-learn"),
)
COMMON = frozenset({"root", "user", "admin", "home", "localhost", "guest"})
"""Names of people and computers that say nothing, and may be other words."""

USUAL = frozenset({"bn", "block", "conv", "fc", "gap", "head", "layer", "norm", "out", "pool", "relu"})
"""Names that layers of known networks have."""

_NAME = r"[^\s\"'“”<>|:*?,;()\\/]"
_PATH = re.compile(rf"(?<![\w.<>/])(?:[A-Za-z]:[\\/]|/)(?:{_NAME}+[\\/])+{_NAME}*")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a report.

    Attributes:
        name: The file's name.
        about: What it is, in a line.
        text: What stands in it.
    """

    name: str
    about: str
    text: str


def collect(project: Project, state: Mapping[str, str]) -> list[Part]:
    """Return the parts of a report.

    Args:
        project: The design on show.
        state: What is known of the machine and the engine, by name.
    """
    try:
        plain, names = scrubbed(project)
        design = document.dumps(plain)
    except (StudioError, ValueError) as error:  # a design that cannot be written down may be the problem
        design, names = f"The design could not be written down: {type(error).__name__}", {}
    private = private_words(project, names)
    parts = [
        Part("versions.txt", "Program, system, packages", versions(state)),
        Part("design.flow", "The design, without names, notes and paths", design),
    ]
    for path in logs.log_files():
        about = "Report of a crash" if path.suffix == logs.REPORT else "Log"
        parts.append(Part(_text_name(path), about, scrub_text(_end_of(path), private)))
    return parts


def versions(state: Mapping[str, str]) -> str:
    """Return what runs here, a line each."""
    lines = {
        "program": logs.about(),
        "system": platform.platform(),
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
        **state,
        **{name: _version(name) for name in PACKAGES},
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def private_words(project: Project, names: Mapping[str, str]) -> dict[str, str]:
    """Return what must not stand in a log, and what stands there for it.

    Names of layers that are the program's own, such as conv1, say nothing and stay.
    """
    own = USUAL | {spec.stem for spec in registry.layers().values()}
    private = {old: new for old, new in names.items() if re.sub(r"_?\d+$", "", old) not in own}
    private = {old: new for old, new in private.items() if len(old) > 2}
    if project.name != Project().name:
        private[project.name] = "design"
    for word, stands in ((_user(), "<user>"), (platform.node(), "<host>")):
        if len(word) > 2 and word.lower() not in COMMON:
            private[word] = stands
    return private


def scrub_text(text: str, private: Mapping[str, str]) -> str:
    """Return a text without private words, and with paths cut down to what the program has in them."""
    home = str(Path(__file__).resolve().parents[3])
    for prefix, stands in ((home, "<program>"), (sys.prefix, "<python>"), (sys.base_prefix, "<python>")):
        if len(prefix) > 1:
            text = text.replace(prefix, stands)
    text = _PATH.sub(lambda found: "<path>" + Path(found[0]).suffix[:10], text)
    if private:
        words = sorted(private, key=len, reverse=True)
        pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, words)) + r")(?!\w)")
        text = pattern.sub(lambda found: private[found[1]], text)
    return text


def write(parts: Iterable[Part], words: str, path: Path) -> None:
    """Write a report as a zip file.

    Args:
        parts: What goes into it.
        words: What the person says of the problem.
        path: Where to.

    Raises:
        ProjectError: It could not be written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        if words.strip():
            file.writestr("what-happened.txt", words)
        for part in parts:
            file.writestr(part.name, part.text)
    write_bytes(path, packed.getvalue())


def _end_of(path: Path) -> str:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        return f"It could not be read: {error.strerror}."
    return text if len(text) <= MOST_LETTERS else "…\n" + text[-MOST_LETTERS:]


def _text_name(path: Path) -> str:
    return path.name if path.suffix in (".log", logs.REPORT) else f"{path.name}.log"


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
