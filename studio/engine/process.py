"""The engine's process: the window's requests in, records out, and a way to end that always works.

Whatever happens to the window, this process does not outlive it for long: when the connection closes,
the run stops at its next step with a checkpoint, and a watchdog in C ends what cannot be stopped.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from studio import logs
from studio.engine.link import Address, Link, dial
from studio.engine.mailbox import Mailbox
from studio.engine.records import Failed, Record, Request, Shutdown
from studio.engine.server import Engine
from studio.errors import EngineError
from studio.training.allocator import keep_freed_memory

STOP_TIMEOUT_S = 30.0
"""How long a run may take to reach its next step and write its checkpoint."""

SEND_INTERVAL_S = 0.01
"""Pause between sends, so that records of a fast run are joined rather than sent one by one."""

THREADS_VARIABLE = "STUDIO_TORCH_THREADS"


def num_threads() -> int | None:
    """Return how many threads torch is to use: the set number, else all cores but the window's one."""
    wanted = os.environ.get(THREADS_VARIABLE, "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if "OMP_NUM_THREADS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


class EngineProcess:
    """Joins an `Engine` to a `Link`, and ends the process."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._outbox = Mailbox()
        self._engine = Engine(self._outbox.put, threads=num_threads())
        self._sending = threading.Lock()
        self._leaving = threading.Lock()

    def run(self) -> None:
        """Serve on this thread until the window says so or is gone; does not return."""
        signal.signal(signal.SIGTERM, lambda *_: _start(self._leave))
        _start(self._receive)
        _start(self._send)
        self._engine.serve()
        threading.Event().wait()  # `_leave` ends the process from its thread

    def _receive(self) -> None:
        """Hand requests to the engine until the window closes the link or asks to end."""
        while True:
            try:
                request = self._link.receive()
            except EngineError as error:
                self._outbox.put(Failed(0, "protocol", error.message))
                continue
            except (EOFError, OSError):
                return self._leave()
            if isinstance(request, Shutdown):
                return self._leave(request.id)
            if isinstance(request, Request):
                self._engine.handle(request)
            else:
                self._outbox.put(Failed(0, "protocol", f"A {type(request).__name__} is no request."))

    def _send(self) -> None:
        """Send what the engine says, as often as makes sense."""
        while self._outbox.wait():
            if not self._flush():
                return
            time.sleep(SEND_INTERVAL_S)

    def _flush(self) -> bool:
        """Send all that waits; say whether somebody is still there."""
        with self._sending:
            for record in self._outbox.drain():
                try:
                    self._link.send(record)
                except EngineError as error:
                    self._outbox.put(_unsendable(record, error))
                except OSError:
                    return False
        return True

    def _leave(self, request_id: int = 0) -> None:
        """Stop the run with a checkpoint, say goodbye, and end the process."""
        self._leaving.acquire()  # never released: the first to come here ends the process
        faulthandler.dump_traceback_later(STOP_TIMEOUT_S + 5.0, exit=True)
        self._engine.handle(Shutdown(request_id))
        self._engine.wait_idle(STOP_TIMEOUT_S)
        self._flush()
        self._link.close()
        sys.stderr.flush()
        logs.unwatch_crashes()
        # Interpreter exit would wait for native threads and take CUDA down by force; the system does it.
        os._exit(0)


def _start(target: Callable[[], None]) -> None:
    """Run a function on a thread that does not keep the process from ending."""
    threading.Thread(target=target, daemon=True).start()


def _unsendable(record: Record, error: EngineError) -> Failed:
    """Return what is sent in place of a record that cannot be."""
    return Failed(getattr(record, "id", 0), "internal", error.message)


def main(arguments: list[str]) -> None:
    """Run the engine for the window that listens at the address in `arguments`.

    The key comes on standard input: arguments and environment of a process can be read by others.
    """
    logs.begin("engine")
    logs.watch_crashes("engine")
    if len(arguments) != 1:
        sys.exit("The window starts this process; there is nothing to start by hand.")
    address: Address = _address(arguments[0])
    key = bytes.fromhex(sys.stdin.readline().strip())
    keep_freed_memory()
    try:
        link = dial(address, key)
    except EngineError as error:
        sys.exit(error.message)
    EngineProcess(link).run()


def _address(text: str) -> Address:
    """Return the listener's address from its JSON: a path, or host and port."""
    found = json.loads(text)
    return found if isinstance(found, str) else (str(found[0]), int(found[1]))
