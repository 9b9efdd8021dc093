"""What a hostile project is made of: a sound one, with something in it that is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "evil.flow"


@dataclass(frozen=True)
class Case:
    """A hostile project.

    Attributes:
        name: What is hostile about it.
        make: Writes it into a folder. Its neighbour ``outside`` is none of its business.
        said: A regular expression for what the person is told; empty: it opens as any other.
        how: The name of the function of `openers` that opens it.
        file: What is opened, in that folder.
    """

    name: str
    make: Callable[[Path], object]
    said: str
    how: str = "project"
    file: str = FILE

    def lay_out(self, folder: Path) -> Path:
        """Write it and its neighbour into an empty folder; return the path that is opened."""
        home, outside = folder / "project", folder / "outside"
        home.mkdir(parents=True)
        (outside / "classes" / "a").mkdir(parents=True)
        (outside / "secret.csv").write_text("x,y\n" + "".join(f"{k},{k % 2}\n" for k in range(60)))
        (outside / "classes" / "a" / "1.txt").write_text("secret")
        self.make(home)
        return home / self.file


SOUND: dict[str, Any] = {
    "format": "flowgraph-studio",
    "version": 1,
    "graph": {
        "nodes": {
            "n1": {
                "kind": "ImageInput",
                "name": "image",
                "arguments": {"channels": 1, "height": 8, "width": 8},
            },
            "n2": {"kind": "Flatten", "name": "flatten"},
            "n3": {"kind": "Linear", "name": "linear", "arguments": {"in_features": 64, "out_features": 10}},
            "n4": {"kind": "Target", "name": "target"},
            "n5": {"kind": "CrossEntropyLoss", "name": "loss"},
        },
        "edges": [
            "n1.output -> n2.input",
            "n2.output -> n3.input",
            "n3.output -> n5.input",
            "n4.target -> n5.target",
        ],
    },
}
"""The digits through one layer."""


def document(**changes: Any) -> dict[str, Any]:
    """Return the sound document with some of its keys exchanged."""
    return {**copy.deepcopy(SOUND), **changes}


def text(content: str | bytes) -> Callable[[Path], object]:
    """Return what writes the file as it stands here."""
    data = content if isinstance(content, bytes) else content.encode()
    return lambda home: (home / FILE).write_bytes(data)


def saved(found: dict[str, Any]) -> Callable[[Path], object]:
    """Return what writes a document."""
    return text(json.dumps(found))


def replaced(old: str, new: str) -> Callable[[Path], object]:
    """Return what writes the sound document with a piece of its text exchanged."""
    sound = json.dumps(SOUND)
    assert old in sound, old
    return text(sound.replace(old, new, 1))


def with_data(dataset: str, folder: str = "", **options: Any) -> Callable[[Path], object]:
    """Return what writes the sound document with other data."""
    return saved(document(data={"dataset": dataset, "folder": folder, "options": options}))


def with_argument(node: str, name: str, value: Any) -> Callable[[Path], object]:
    """Return what writes the sound document with another argument."""
    found = document()
    found["graph"]["nodes"][node].setdefault("arguments", {})[name] = value
    return saved(found)


def block(nodes: dict[str, Any], edges: tuple[str, ...] = (), **rest: Any) -> dict[str, Any]:
    """Return a block with an input and an output around some nodes."""
    ports = {
        "i": {"kind": "BlockInput", "name": "input"},
        "o": {"kind": "BlockOutput", "name": "output"},
    }
    return {"nodes": {**ports, **nodes}, "edges": list(edges), **rest}


def with_blocks(blocks: dict[str, Any], kind: str, **arguments: Any) -> Callable[[Path], object]:
    """Return what writes a network in which a block takes the place of the layer."""
    found = document()
    found["graph"]["blocks"] = blocks
    found["graph"]["nodes"]["n3"] = {"kind": f"block:{kind}", "name": "evil", "arguments": arguments}
    return saved(found)


def all_of(*makers: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return what does several things."""

    def make(home: Path) -> None:
        for maker in makers:
            maker(home)

    return make
