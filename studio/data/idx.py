"""The IDX format of MNIST and its kin, read where it lies: plain or gzipped, nothing is unpacked to disk.

torchvision reads only unpacked files, and unpacks beside the download; a folder that is shared, or
cannot be written, is not ours to fill. So the few lines of the format are here.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from studio.errors import DataError
from studio.project import grants

UNSIGNED_BYTE = 8
MAX_BYTES = 256 * 2**20
"""More than this is no data set that fits the studio; a small gzip may claim to be anything."""


def find(folder: Path, name: str) -> Path | None:
    """Return the file called `name`, or its gzipped form, or None.

    Raises:
        GrantError: It is a link to where nobody allowed to read.
    """
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return grants.regular_file(path, folder)
    return None


def read_shape(path: Path) -> tuple[int, ...]:
    """Return the array's shape from the head of the file.

    Raises:
        DataError: It is not an IDX file.
    """
    try:
        with _open(path) as stream:
            return _read_head(stream, path)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from error


def read(path: Path, md5: str = "") -> npt.NDArray[np.uint8]:
    """Return the array in a file.

    Args:
        path: The file; gzipped when its name ends so.
        md5: What a gzipped file must hash to; empty skips the check.

    Raises:
        DataError: The file is damaged, or another one than `md5` says.
    """
    try:
        if md5 and path.suffix == ".gz":
            found = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            if found != md5:
                raise _damaged(path, f"its MD5 is {found}, and the original's {md5}")
        with _open(path) as stream:
            shape = _read_head(stream, path)
            size = math.prod(shape)
            if size > MAX_BYTES:
                raise _damaged(path, f"its head announces {size} bytes")
            body = stream.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from error
    if len(body) != size:
        raise _damaged(
            path, f"expected {size} bytes after the head, found {'more' if len(body) > size else len(body)}"
        )
    if not size:
        raise _damaged(path, f"its head announces nothing: {shape}")
    return np.frombuffer(body, np.uint8).reshape(shape)


def _open(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _read_head(stream: BinaryIO, path: Path) -> tuple[int, ...]:
    """Read two zero bytes, the type, the number of dimensions, then each size as a big-endian uint32."""
    head = stream.read(4)
    if len(head) != 4 or head[:2] != b"\0\0" or head[2] != UNSIGNED_BYTE or not 1 <= head[3] <= 4:
        raise _damaged(path, "it does not begin like an IDX file of bytes")
    sizes = stream.read(4 * head[3])
    if len(sizes) != 4 * head[3]:
        raise _damaged(path, "it ends within its head")
    return struct.unpack(f">{head[3]}I", sizes)


def _damaged(path: Path, found: str) -> DataError:
    return DataError(
        f'"{path.name}" in "{path.parent}" is damaged: {found}. Delete it and download it again.'
    )
