"""Hostile data: paths that lead elsewhere, and files that lie about their sizes or would be run."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.case import Case, all_of, with_data

Write = Callable[[Path], object]
ROWS = "x,y\n" + "".join(f"{k},{'ab'[k % 2]}\n" for k in range(60))


class Evil:
    """What touches the canary when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch ../canary",)


PICKLE = pickle.dumps(Evil())


def file(name: str, content: bytes | str) -> Write:
    """Return what writes a file beside the project."""

    def make(home: Path) -> None:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return make


def link(name: str, target: str) -> Write:
    """Return what makes a link beside the project."""

    def make(home: Path) -> None:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).symlink_to(target)

    return make


def pipe(name: str) -> Write:
    """Return what makes a pipe beside the project."""
    return lambda home: os.mkfifo(home / name)


def csv(said: str, name: str, content: bytes | str, **options: Any) -> Case:
    """Return the case of a table."""
    made = all_of(file("t.csv", content), with_data("csv", file="t.csv", **options))
    return Case(f"CSV: {name}", made, said)


PATHS = (
    *(
        Case(f"data folder {folder}", with_data("csv", folder, file="secret.csv"), said)
        for folder, said in (
            ("../outside", "leads out of the project's folder"),
            ("a/../../outside", "leads out of the project's folder"),
            ("/etc", "must be relative"),
            ("//server/share", "must be relative"),
            ("\\\\server\\share", "must be relative"),
            ("C:\\Users", "must be relative"),
            ("c:data", "must be relative"),
            ("~/.ssh", "leads out of the project's folder"),
            ("~nosuchuser/x", "is no folder|leads out"),
            ("file:///etc", "no such file|is no folder"),
            ("a" * 900, "no such file|name too long|File name too long"),
        )
    ),
    *(
        Case(f"file {name}", with_data("csv", file=name), "has to be a name in the data folder")
        for name in ("../outside/secret.csv", "/etc/passwd", "C:x.csv", "a\\b.csv", "//server/share/x.csv")
    ),
    Case("pictures in another folder", with_data("image_folder", "../outside/classes"), "leads out"),
    Case("MNIST in another folder", with_data("mnist", "../outside"), "leads out"),
    Case(
        "a folder that is a link",
        all_of(link("d", "../outside"), with_data("csv", "d", file="secret.csv")),
        "leads out",
    ),
    Case(
        "a table that is a link",
        all_of(link("t.csv", "../outside/secret.csv"), with_data("csv", file="t.csv")),
        "leads out",
    ),
    Case("a link in a ring", all_of(link("t.csv", "t.csv"), with_data("csv", file="t.csv")), "Cannot read"),
    Case(
        "a link to a device", all_of(link("t.csv", "/dev/zero"), with_data("csv", file="t.csv")), "leads out"
    ),
    Case("a pipe as a table", all_of(pipe("t.csv"), with_data("csv", file="t.csv")), "pipe or a device"),
    Case("a folder as a table", with_data("csv", file="."), "folder"),
    Case(
        "a class that is a link",
        all_of(file("a/1.txt", "one"), link("b", "../outside/classes/a"), with_data("text_classes")),
        "leads out",
    ),
    Case(
        "a text that is a link",
        all_of(
            file("a/1.txt", "one"),
            file("b/1.txt", "two"),
            link("b/2.txt", "../../outside/secret.csv"),
            with_data("text_classes"),
        ),
        "leads out",
    ),
    Case(
        "a pipe as a picture",
        all_of(file("a/1.png", b"x"), file("b/2.png", b"x"), pipe("b/1.png"), with_data("image_folder")),
        "cannot be read",
    ),
    Case(
        "MNIST that is a link",
        all_of(
            lambda home: (home / "MNIST").mkdir(), link("MNIST/raw", "../../outside"), with_data("mnist", ".")
        ),
        "leads out",
    ),
    Case(
        "another array in another folder",
        all_of(
            lambda home: np.save(home / "x.npy", np.zeros((9, 2))),
            with_data("npz", file="x.npy", targets="../../outside/y"),
        ),
        "has to be a name",
    ),
)

TABLES = (
    csv("is empty", "empty", ""),
    csv("takes|sample", "of another shape", ROWS),
    csv("UTF-8", "binary", bytes(range(256)) * 10),
    csv("as a table|is not a number|class|takes", "NUL bytes", ROWS.replace("a", "\0")),
    csv("as a table", "a quote without end", 'x,y\n"' + "a" * 100_000),
    csv("as a table|larger than", "a field of 10 MB", "x,y\n" + "a" * 10_000_000 + ",1\n"),
    csv("too large", "1e999", ROWS.replace("5,b", "1e999,b")),
    csv("too large|not a number", "a number of 10,000 digits", ROWS.replace("5,b", "9" * 10_000 + ",b")),
    csv("too large|not a number|takes", "digits of another script", ROWS.replace("5,b", "٣,b")),
    csv("fields", "ragged", "x,y\n1,2\n1,2,3\n", header="yes"),
    csv(
        "two columns are called",
        "50,000 columns",
        ",".join(["a"] * 50_000) + "\n" + ",".join(["1"] * 50_000),
        header="yes",
    ),
    csv("header and no rows", "a header alone", "a,b\n", header="yes"),
    csv(
        "nothing to tell apart",
        "3,000 columns of one value",
        ",".join(f"c{k}" for k in range(3_000)) + "\n" + (",".join(["1"] * 3_000) + "\n") * 9,
        header="yes",
    ),
    csv(
        "different words",
        "30,000 different words",
        "x,y\n" + "".join(f"w{k},{k % 2}\n" for k in range(30_000)),
    ),
    csv("too many classes", "5,000 classes", "x,y\n" + "".join(f"{k},c{k}\n" for k in range(5_000))),
    csv(
        'no column "__import__',
        "source as a column",
        ROWS,
        target="__import__('os').system('touch ../canary')",
    ),
    csv("takes", "a formula", ROWS.replace("5,b", "5,=HYPERLINK(1)")),
)


def _npz(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return body.getvalue()


def _npy(header: str, body: bytes = b"") -> bytes:
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def _saved(array: Any, **kwargs: Any) -> bytes:
    body = io.BytesIO()
    np.save(body, array, **kwargs)
    return body.getvalue()


def arrays(said: str, name: str, content: bytes) -> Case:
    """Return the case of an NPZ file."""
    return Case(f"NPZ: {name}", all_of(file("d.npz", content), with_data("npz", file="d.npz")), said)


_Y = _saved(np.arange(60) % 2)
_EVIL = np.array([Evil(), Evil()], dtype=object)

ARRAYS = (
    arrays("not a zip", "a pickle", PICKLE),
    arrays("objects", "pickled objects", _npz(x=_saved(_EVIL, allow_pickle=True), y=_Y)),
    arrays("Cannot read", "a pickle as a member", _npz(x=PICKLE, y=_Y)),
    arrays(
        "Cannot read|memory",
        "10^12 rows in its head",
        _npz(x=_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 8)}"), y=_Y),
    ),
    arrays(
        "Cannot read|memory",
        "2^63 rows in its head",
        _npz(x=_npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({2**63}, 8)}}"), y=_Y),
    ),
    arrays(
        "Cannot read|sizes",
        "rows below zero",
        _npz(x=_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-5, 8)}", b"1" * 400), y=_Y),
    ),
    arrays(
        "Cannot read", "source in its head", _npz(x=_npy("__import__('os').system('touch ../canary')"), y=_Y)
    ),
    arrays("Cannot read", "brackets in its head", _npz(x=_npy("(" * 9_000 + ")" * 9_000), y=_Y)),
    arrays("Cannot read", "a head of 60 KB", _npz(x=_npy("{'descr': '" + "a" * 60_000 + "'}"), y=_Y)),
    arrays(
        "Cannot read|numbers|memory",
        "items of 2 GB",
        _npz(x=_npy("{'descr': '|V2147483647', 'fortran_order': False, 'shape': (2, 2)}"), y=_Y),
    ),
    arrays("Cannot read", "cut off", _npz(x=_saved(np.zeros((60, 8))), y=_Y)[:-40]),
    arrays(
        "Cannot read",
        "a damaged member",
        _npz(x=_saved(np.random.default_rng(0).random((60, 8))), y=_Y).replace(
            b"PK\x03\x04", b"PK\x03\x05", 1
        ),
    ),
    arrays('no array "x"', "members that lead elsewhere", _npz(**{"../../x": _Y, "y": _Y})),
    arrays("not finite|hold", "NaN", _npz(x=_saved(np.full((60, 8), np.nan)), y=_Y)),
    arrays(
        "classes must be", "classes below zero", _npz(x=_saved(np.zeros((60, 8))), y=_saved(-np.arange(60)))
    ),
    arrays(
        "classes must be",
        "a class of 2^62",
        _npz(x=_saved(np.zeros((60, 8))), y=_saved(np.arange(60) + 2**62)),
    ),
    Case(
        "NPY: objects",
        all_of(
            file("x.npy", _saved(_EVIL, allow_pickle=True)), file("y.npy", _Y), with_data("npz", file="x.npy")
        ),
        "objects",
    ),
    Case(
        "NPY: 2^60 rows",
        all_of(
            file("x.npy", _npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({2**60}, 8)}}")),
            file("y.npy", _Y),
            with_data("npz", file="x.npy"),
        ),
        "Cannot read|memory",
    ),
)


def _idx(*sizes: int, body: bytes = b"") -> bytes:
    return bytes((0, 0, 8, len(sizes))) + struct.pack(f">{len(sizes)}I", *sizes) + body


def mnist(said: str, name: str, images: bytes, suffix: str = "") -> Case:
    """Return the case of MNIST's four files, the first of which is this."""
    labels = _idx(60, body=bytes(60))
    parts = {"train-images-idx3-ubyte" + suffix: images, "train-labels-idx1-ubyte": labels}
    parts |= {
        "t10k-images-idx3-ubyte": _idx(60, 28, 28, body=bytes(60 * 784)),
        "t10k-labels-idx1-ubyte": labels,
    }
    made = all_of(*(file(part, content) for part, content in parts.items()), with_data("mnist", "."))
    return Case(f"MNIST: {name}", made, said)


MNIST = (
    mnist("damaged", "empty", b""),
    mnist("damaged", "a pickle", PICKLE),
    mnist("damaged", "sizes whose product is 2^64", _idx(65536, 65536, 65536, 65536)),
    mnist("damaged", "sizes of 2^32 - 1", _idx(2**32 - 1, 2**32 - 1, 2**32 - 1)),
    mnist("no training data", "no pictures", _idx(0, 28, 28)),
    mnist("damaged", "60,000 pictures of which none is there", _idx(60_000, 28, 28)),
    mnist("damaged", "a bomb of zeros", gzip.compress(_idx(10_000_000, 28, 28) + bytes(50_000_000)), ".gz"),
    mnist("damaged", "cut off", gzip.compress(_idx(60, 28, 28, body=bytes(60 * 784)))[:-20], ".gz"),
    mnist("damaged", "floats", b"\0\0\x0d\x03" + struct.pack(">3I", 60, 28, 28)),
)


def _tar(*members: tuple[str, int, bytes, str]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz", compresslevel=1) as made:
        for name, size, content, target in members:
            member = tarfile.TarInfo(name)
            member.size = size
            if target:
                member.type, member.linkname = tarfile.SYMTYPE, target
            made.addfile(member, io.BytesIO(content) if not target else None)
    return body.getvalue()


def cifar(said: str, name: str, content: bytes) -> Case:
    """Return the case of CIFAR-10's archive."""
    return Case(
        f"CIFAR: {name}", all_of(file("cifar-10-binary.tar.gz", content), with_data("cifar10", ".")), said
    )


def _bomb(home: Path) -> None:
    member = tarfile.TarInfo("a")
    member.size = 2**39
    with gzip.open(home / "cifar-10-binary.tar.gz", "wb", compresslevel=1) as packed:
        packed.write(member.tobuf(tarfile.GNU_FORMAT))
        for _ in range(300):
            packed.write(bytes(2**20))


CIFAR = (
    cifar("cannot be read", "a pickle", PICKLE),
    cifar("cannot be read", "empty", b""),
    cifar(
        "cannot be read",
        "links to elsewhere",
        _tar(*((f"cifar-10-batches-bin/data_batch_{k}.bin", 0, b"", "/etc/passwd") for k in range(1, 6))),
    ),
    cifar("cannot be read|whole number", "names that lead elsewhere", _tar(("../../canary", 3, b"abc", ""))),
    cifar("cannot be read", "cut off", _tar(("a", 9_000, os.urandom(9_000), ""))[:4_000]),
    Case("CIFAR: a bomb of zeros", all_of(_bomb, with_data("cifar10", ".")), "more than 256 MB"),
    Case(
        "SVHN: a pickle",
        all_of(file("train_32x32.mat", PICKLE), file("test_32x32.mat", PICKLE), with_data("svhn", ".")),
        "cannot be read",
    ),
    Case(
        "SVHN: zeros",
        all_of(
            file("train_32x32.mat", bytes(4096)), file("test_32x32.mat", bytes(4096)), with_data("svhn", ".")
        ),
        "cannot be read|labels|expected",
    ),
)


def _wav(
    rate: int = 8000, channels: int = 1, bits: int = 16, count: int = 400, claims: int | None = None
) -> bytes:
    body = bytes(count * channels * bits // 8)
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", 1, channels, rate, (rate * block) % 2**32, block % 2**16, bits)
    size = len(body) if claims is None else claims
    chunks = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size) + body
    return b"RIFF" + struct.pack("<I", (4 + len(chunks)) % 2**32) + b"WAVE" + chunks


def sounds(said: str, name: str, content: bytes, **options: Any) -> Case:
    """Return the case of two sounds, one of which is this."""
    made = all_of(
        file("a/1.wav", content), file("b/1.wav", _wav()), with_data("audio_folder", length=400, **options)
    )
    return Case(f"WAV: {name}", made, said)


SOUNDS = (
    sounds("cannot be read", "empty", b""),
    sounds("cannot be read", "a pickle", PICKLE),
    sounds("cannot be read", "claims 4 GB", _wav(claims=2**32 - 1)),
    sounds("cannot be read", "no channels", _wav(channels=0)),
    sounds("leaves no validation data", "13 bits, which take 16", _wav(bits=13)),
    sounds("samples a second|cannot be read", "no samples a second", _wav(rate=0), other_rate="resample"),
    sounds(
        "samples a second|cannot be read",
        "2^32 - 1 samples a second",
        _wav(rate=2**32 - 1),
        other_rate="resample",
        sample_rate=8000,
    ),
    sounds(
        "samples a second|cannot be read",
        "a prime of samples a second",
        _wav(rate=4_294_967_291),
        other_rate="resample",
        sample_rate=8000,
    ),
)


def _png(width: int, height: int, rows: bytes = b"", *extra: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), *extra, (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


_SOUND_PNG = _png(8, 8, bytes(8 * 25))
_POSTSCRIPT = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    b"(%pipe%touch ../canary) (w) file\nshowpage\n%%EOF\n"
)


def pictures(said: str, name: str, content: bytes, suffix: str = "png", **options: Any) -> Case:
    """Return the case of two pictures, one of which is this."""
    made = all_of(
        file(f"a/1.{suffix}", content),
        file("b/1.png", _SOUND_PNG),
        file("b/2.png", _SOUND_PNG),
        with_data("image_folder", **options),
    )
    return Case(f"picture: {name}", made, said)


PICTURES = (
    pictures("cannot be read", "empty", b""),
    pictures("cannot be read", "a pickle", PICKLE),
    pictures("cannot be read", "65,535 pixels a side", _png(65_535, 65_535)),
    pictures("cannot be read", "2^31 - 1 pixels a side", _png(2**31 - 1, 2**31 - 1)),
    pictures("cannot be read", "no pixels", _png(0, 0)),
    pictures("cannot be read", "pixels that are not there", _png(2_000, 2_000)),
    pictures(
        "cannot be read",
        "text of 100 MB",
        _png(8, 8, bytes(200), (b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000), 9))),
    ),
    pictures("cannot be read", "PostScript", _POSTSCRIPT),
    pictures("cannot be read", "PostScript as TIFF", _POSTSCRIPT, "tif"),
    pictures("cannot be read", "a page of HTML", b"<html><script>1</script></html>"),
    pictures(
        "cannot be read|takes",
        "a GIF of sizes that are not there",
        b"GIF89a"
        + struct.pack("<HH", 60_000, 60_000)
        + b"\x80\0\0"
        + bytes(6)
        + b",\0\0\0\0"
        + struct.pack("<HH", 60_000, 60_000)
        + b"\0\x02\x02L\x01\0;",
        "gif",
    ),
    pictures(
        "finds nothing|takes too long",
        "a pattern that never ends",
        _SOUND_PNG,
        group=r"(a|a)*(a|a)*(a|aa)+$X",
    ),
    Case(
        "picture: a name for a pattern that never ends",
        all_of(
            *(file(f"{c}/{'a' * 200}.png", _SOUND_PNG) for c in "ab"),
            with_data("image_folder", group=r"(a+)+X"),
        ),
        "takes too long|finds nothing",
    ),
    Case(
        "picture: a pattern of 1,000 brackets",
        all_of(
            *(file(f"{c}/1.png", _SOUND_PNG) for c in "ab"),
            with_data("image_folder", group="(" * 490 + ")" * 490),
        ),
        "regular expression|takes|finds|sample",
    ),
    Case(
        "picture: a pattern of 10^9 repeats",
        all_of(
            *(file(f"{c}/1.png", _SOUND_PNG) for c in "ab"),
            with_data("image_folder", group="(((1{99}){99}){99}){9}"),
        ),
        "regular expression|takes|finds",
    ),
)

TEXTS = (
    Case(
        "text: no UTF-8",
        all_of(file("a/1.txt", b"\xff\xfe\xff"), file("b/1.txt", "b"), with_data("text_classes")),
        "no UTF-8",
    ),
    Case(
        "text: nothing",
        all_of(file("a/1.txt", ""), file("b/1.txt", "b"), with_data("text_classes")),
        "is empty",
    ),
    Case(
        "text: one word of 5 MB",
        all_of(file("t.txt", "a" * 5_000_000), with_data("text", file="t.txt")),
        "too short|takes|sample",
    ),
    Case(
        "Parquet: a pickle",
        all_of(file("t.parquet", PICKLE), with_data("csv", file="t.parquet")),
        "Cannot read",
    ),
    Case("Parquet: empty", all_of(file("t.parquet", b""), with_data("csv", file="t.parquet")), "Cannot read"),
    Case(
        "Parquet: a length of 2 GB",
        all_of(
            file("t.parquet", b"PAR1" + bytes(64) + b"\xff\xff\xff\x7fPAR1"),
            with_data("csv", file="t.parquet"),
        ),
        "Cannot read",
    ),
    Case(
        "Parquet: a head of noise",
        all_of(
            file("t.parquet", b"PAR1" + bytes(range(1, 65)) + b"\x40\0\0\0PAR1"),
            with_data("csv", file="t.parquet"),
        ),
        "Cannot read",
    ),
)

DATA = (*PATHS, *TABLES, *ARRAYS, *MNIST, *CIFAR, *SOUNDS, *PICTURES, *TEXTS)
