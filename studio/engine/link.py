"""The wire between window and engine: records as msgpack, over an authenticated local connection.

Bytes only, never pickle: what arrives can become a known record with fields of the annotated types, or
an `EngineError`, and nothing else.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, TypeAlias, get_args

import msgpack

from studio.engine.codec import codec_of, pack_beyond, read_extension
from studio.engine.records import Record, Reply, Request
from studio.errors import EngineError
from studio.runs.records import Live

MAX_BYTES = 64 * 1024 * 1024
"""Largest message either side sends or reads."""

KEY_BYTES = 32
"""Length of the random key that both ends prove to each other that they know."""

MAX_STRANGERS = 1000
"""Connections without the key that are turned away before the listener gives up."""

Address: TypeAlias = "str | tuple[str, int]"

KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Request | Reply | Live)}
"""Every record that may cross, by name."""


def encode(record: Record) -> bytes:
    """Return a record as bytes.

    Raises:
        EngineError: It is no record, a field is not of its annotated type, or it is too large.
    """
    kind: type = type(record)
    if KINDS.get(kind.__name__) is not kind:
        raise EngineError(f"A {kind.__name__} cannot be sent.")
    try:
        body = codec_of(kind).pack(record)
        data: bytes = msgpack.packb(
            [kind.__name__, body], default=pack_beyond, unicode_errors="surrogatepass"
        )
    except EngineError as error:
        raise EngineError(f"A {kind.__name__} cannot be sent: {error.message}.") from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise EngineError(f"A {kind.__name__} cannot be sent: {error}.") from error
    if len(data) > MAX_BYTES:
        raise EngineError(
            f"A {kind.__name__} of {len(data):,} bytes cannot be sent; the limit is {MAX_BYTES:,}."
        )
    return data


def decode(data: bytes) -> Record:
    """Return the record that some bytes hold.

    Raises:
        EngineError: They hold anything else.
    """
    if len(data) > MAX_BYTES:
        raise EngineError(f"A message of {len(data):,} bytes was refused; the limit is {MAX_BYTES:,}.")
    try:
        message = msgpack.unpackb(data, ext_hook=read_extension, unicode_errors="surrogatepass")
        if type(message) is not list or len(message) != 2 or type(message[0]) is not str:
            raise EngineError("it is not a name and a map")
        kind = KINDS.get(message[0])
        if kind is None:
            raise EngineError(f'there is no record "{message[0][:60]}"')
        record: Record = codec_of(kind).unpack(message[1])
    except EngineError as error:
        raise EngineError(f"A message could not be read: {error.message}.") from error
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise EngineError(f"A message could not be read: {error or type(error).__name__}.") from error
    return record


class Link:
    """One end of a connection that carries records. Any thread may send; one thread receives."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, record: Record) -> None:
        """Send a record.

        Raises:
            EngineError: It cannot be encoded; the connection is still good.
            OSError: The other end is gone.
        """
        data = encode(record)
        with self._sending:
            self._connection.send_bytes(data)

    def receive(self) -> Record:
        """Wait for a record.

        Raises:
            EngineError: What came is no record; the connection is still good.
            EOFError: The other end is gone.
            OSError: The connection broke, or a message is over the limit.
        """
        return decode(self._connection.recv_bytes(MAX_BYTES))

    def close(self) -> None:
        """Close the connection; the other end reads its end."""
        with contextlib.suppress(OSError):
            self._connection.close()


def listen(key: bytes) -> Listener:
    """Return a listener only this machine can reach: a socket file or pipe, else the loopback."""
    if sys.platform == "win32":
        return Listener(authkey=key)
    folder = Path(tempfile.mkdtemp(prefix="flowgraph-"))
    try:
        return Listener(str(folder / "engine"), authkey=key)
    except OSError:
        # The path of a socket file has a limit of some 100 bytes, which a deep TMPDIR exceeds.
        folder.rmdir()
        return Listener(("127.0.0.1", 0), authkey=key)


def stop_listening(listener: Listener) -> None:
    """Close a listener and remove its socket file; connections it accepted live on."""
    address = listener.address
    listener.close()
    if isinstance(address, str) and sys.platform != "win32":
        with contextlib.suppress(OSError):
            Path(address).parent.rmdir()


def accept(listener: Listener, given_up: Callable[[], bool]) -> Link | None:
    """Wait for a peer that knows the key.

    `listener.accept` waits without end. To call the wait off, make `given_up` true, then `knock`.

    Returns:
        The link; None when it was given up.
    """
    for _ in range(MAX_STRANGERS):
        if given_up():
            break
        try:
            return Link(listener.accept())
        except (OSError, EOFError, AuthenticationError):
            continue  # a stranger, or a knock
    return None


def knock(address: Address) -> None:
    """Make an `accept` that waits at this address look at `given_up`."""
    with contextlib.suppress(OSError, EOFError):
        Client(address).close()


def dial(address: Address, key: bytes) -> Link:
    """Connect to a listener.

    Raises:
        EngineError: Nobody listens there, or with another key.
    """
    try:
        return Link(Client(address, authkey=key))
    except (OSError, EOFError, AuthenticationError) as error:
        raise EngineError(f"Could not connect to the window at {address}: {error}.") from error
