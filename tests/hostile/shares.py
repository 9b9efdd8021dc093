"""Hostile `.flowz` files: zips that lead elsewhere, lie about their sizes, or unfold without end."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

from tests.hostile.case import SOUND, Case
from tests.hostile.data_files import PICKLE
from tests.hostile.stores import header

FILE = "evil.flowz"
SOUND_FLOW = json.dumps(SOUND).encode()
Members = dict[str, bytes]


def manifest(members: Members, **changes: Any) -> bytes:
    """Return the list of contents that fits some members."""
    listed = {
        name: {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in members.items()
    }
    found = {
        "format": "flowgraph-studio-share",
        "version": 1,
        "project": "evil.flow",
        "run": "",
        "files": listed,
    }
    return json.dumps({**found, **changes}).encode()


def packed(
    members: Members, listing: bytes | None = None, change: Callable[[zipfile.ZipInfo], None] | None = None
) -> bytes:
    """Return a zip of some members and their list."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**members, "manifest.json": listing or manifest(members)}.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None and name != "manifest.json":
                change(info)
            archive.writestr(info, content)
    return body.getvalue()


def share(said: str, name: str, content: bytes) -> Case:
    """Return the case of a shared file."""
    return Case(f"share: {name}", lambda home: (home / FILE).write_bytes(content), said, "shared", FILE)


def extra(name: str, body: bytes = b"x") -> bytes:
    """Return a sound shared file with one more in it."""
    return packed({"evil.flow": SOUND_FLOW, name: body})


def _as_link(info: zipfile.ZipInfo) -> None:
    if info.filename != "evil.flow":
        info.external_attr = 0o120777 << 16


def _locked() -> bytes:
    """Return a shared file whose members claim to be encrypted."""
    data = bytearray(packed({"evil.flow": SOUND_FLOW}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(magic, at + 1)
    return bytes(data)


def _claims(size: int) -> bytes:
    """Return a shared file whose directory says that the project has this many bytes."""
    listing = json.loads(manifest({"evil.flow": SOUND_FLOW}))
    listing["files"]["evil.flow"]["bytes"] = size
    data = bytearray(packed({"evil.flow": SOUND_FLOW}, json.dumps(listing).encode()))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)


def _over_each_other() -> bytes:
    """Return a shared file in which two members are the same bytes."""
    members = {"evil.flow": SOUND_FLOW, "w.safetensors": SOUND_FLOW}
    data = bytearray(packed(members))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 1)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def _twice() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in ("evil.flow", "EVIL.flow", "manifest.json"):
            archive.writestr(
                name, manifest({"evil.flow": SOUND_FLOW}) if name == "manifest.json" else SOUND_FLOW
            )
    return body.getvalue()


def _many() -> bytes:
    return packed({"evil.flow": SOUND_FLOW, **{f"w{k}.safetensors": b"" for k in range(5_000)}})


LEADS = "cannot be unpacked everywhere"
LISTED = "does not say what is in it"

SHARES = (
    share("no shared project", "empty", b""),
    share("no shared project", "a pickle", PICKLE),
    share("no shared project", "a project", SOUND_FLOW),
    share("no list of its contents", "a zip of nothing", b"PK\x05\x06" + bytes(18)),
    share("no shared project|damaged", "cut off", packed({"evil.flow": SOUND_FLOW})[:-30]),
    share("", "sound", packed({"evil.flow": SOUND_FLOW})),
    *(
        share(LEADS, f"a file called {name[:40]!r}", extra(name))
        for name in (
            "../canary",
            "../outside/secret.csv",
            "/etc/passwd",
            "C:/canary",
            "C:canary",
            "..\\canary",
            "\\\\server\\share\\x",
            "a//b",
            "./a",
            "a/",
            "a/../../canary",
            "con.safetensors",
            "AUX",
            "a.",
            "a ",
            "a\u202eb.safetensors",
            "a\nb",
            "a:b",
            "a*",
            "x" * 300,
            "/".join("abcdefghij"),
        )
    ),
    share(LISTED, "a file that does not belong", extra("setup.py")),
    share(LISTED, "a hidden file", extra("evil.runs/runs.sqlite")),
    share("cannot be unpacked|does not say", "a name with NUL", extra("a.safetensors\0.exe")),
    share(
        "link or a device",
        "a link",
        packed({"evil.flow": SOUND_FLOW, "w.safetensors": b"/etc/passwd"}, change=_as_link),
    ),
    share("twice", "a name twice, in capitals", _twice()),
    share("files, and 64 are allowed", "5,000 files", _many()),
    share("password", "locked", _locked()),
    share("would be|another size", "a bomb of zeros", packed({"evil.flow": bytes(30_000_000)})),
    share(
        "would be|another size",
        "weights that are a bomb",
        packed({"evil.flow": SOUND_FLOW, "w.safetensors": bytes(400_000_000)}),
    ),
    share("would be|another size", "claims 4 GB", _claims(2**32 - 2)),
    share("damaged|longer|another size", "claims fewer bytes", _claims(10)),
    share("over each other", "members over each other", _over_each_other()),
    share(
        "no list of its contents",
        "no list",
        packed({"evil.flow": SOUND_FLOW}).replace(b"manifest.json", b"manifest.jsom"),
    ),
    share(
        "does not say|twice",
        "a list with a name twice",
        packed({"evil.flow": SOUND_FLOW}, manifest({"evil.flow": SOUND_FLOW})[:-1] + b', "run": "a"}'),
    ),
    share("nested", "a list of brackets", packed({"evil.flow": SOUND_FLOW}, b"[" * 100_000)),
    share(
        "another one",
        "a list of another format",
        packed({"evil.flow": SOUND_FLOW}, manifest({"evil.flow": SOUND_FLOW}, format="x")),
    ),
    share(
        "later version",
        "a later version",
        packed({"evil.flow": SOUND_FLOW}, manifest({"evil.flow": SOUND_FLOW}, version=99)),
    ),
    share(
        LISTED,
        "a list that leads elsewhere",
        packed({"evil.flow": SOUND_FLOW}, manifest({"../evil.flow": SOUND_FLOW}, project="../evil.flow")),
    ),
    share(
        LISTED,
        "a list of other files",
        packed({"evil.flow": SOUND_FLOW}, manifest({"evil.flow": SOUND_FLOW, "w.safetensors": b""})),
    ),
    share(
        "is not what was packed",
        "another project than listed",
        packed({"evil.flow": SOUND_FLOW}, manifest({"evil.flow": SOUND_FLOW[:-1] + b" "})),
    ),
    share("nested", "a project of brackets", packed({"evil.flow": b"[" * 100_000})),
    share(
        "data folder|relative",
        "a project with data elsewhere",
        packed({"evil.flow": SOUND_FLOW[:-1] + b', "data": {"folder": "/etc"}}'}),
    ),
    share(
        "leads out",
        "a project with data beside it",
        packed(
            {
                "evil.flow": SOUND_FLOW[:-1]
                + b', "data": {"dataset": "csv", "folder": "../../outside", '
                + b'"options": {"file": "secret.csv"}}}'
            }
        ),
    ),
    share(
        "damaged|not sound",
        "a run that is none",
        packed(
            _run := {
                "evil.flow": SOUND_FLOW,
                "evil.runs/runs.sqlite": PICKLE,
                "evil.runs/run-1/design.flow": SOUND_FLOW,
            },
            manifest(_run, run="run-1"),
        ),
    ),
    share(LISTED, "a run that leads elsewhere", packed(_run, manifest(_run, run="../..."))),
    share("", "weights that nobody asked for", extra("w.safetensors", header("{}"))),
)
