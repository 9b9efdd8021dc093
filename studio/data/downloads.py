"""Files fetched from the network when a person asks for them: whole, with the right checksum, or not."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.data import idx
from studio.data.source import Cancelled
from studio.errors import DataError, ProjectError
from studio.project import atomic

Report = Callable[[float, str], None]
CHUNK = 2**18
TIMEOUT_S = 30.0


def keep(path: Path, body: bytes) -> None:
    """Write a file that came, whole or not at all.

    Raises:
        DataError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(path, body)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f'Cannot create "{path.parent}": {reason}. Choose another data folder.') from error
    except ProjectError as error:
        raise DataError(f"{error.message} Or choose another data folder.") from error


def download(
    file: str,
    addresses: Sequence[str],
    md5: str,
    report: Report,
    cancelled: Cancelled,
    most: int = idx.MAX_BYTES,
) -> bytes:
    """Return a file from the first address that gives it whole.

    Args:
        file: Its name, for messages.
        addresses: Where it may be had, in the order in which they are asked.
        md5: Of the whole file.
        report: Is told what share of it came, and what to say.
        cancelled: Is asked after every part.
        most: Bytes that it may have.

    Raises:
        DataError: It was cancelled, or no address gave the file.
    """
    failures = []
    for address in addresses:
        try:
            body = _read_address(address, file, report, cancelled, most)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            failures.append(f"{address}: {getattr(error, 'reason', error)}")
            continue
        if hashlib.md5(body, usedforsecurity=False).hexdigest() == md5:
            return body
        failures.append(f"{address}: the file came damaged")
    raise DataError(
        f"Cannot download {file} ({'; '.join(failures)}). Check the connection and try again, or copy the "
        "file into the data folder by hand."
    )


def _read_address(address: str, file: str, report: Report, cancelled: Cancelled, most: int) -> bytes:
    body = bytearray()
    with urllib.request.urlopen(address, timeout=TIMEOUT_S) as response:
        total = int(response.headers.get("Content-Length") or 0)
        while True:
            if cancelled():
                raise DataError("The download was cancelled; what came whole is kept.")
            chunk = response.read(CHUNK)
            if not chunk:
                return bytes(body)
            body += chunk
            if len(body) > most:
                raise OSError("the file is far too large")
            report(len(body) / total if total else 0.0, f"{file}: {len(body) / 1e6:.1f} MB")
