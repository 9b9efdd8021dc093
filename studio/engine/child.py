"""One engine process and the threads that serve it, from its start to its end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from studio import logs
from studio.engine.link import KEY_BYTES, Link, accept, knock, listen, stop_listening
from studio.engine.records import EngineLost, Failed, Record, Request, Shutdown
from studio.errors import EngineError

LOG_LINES = 200
LINE_LENGTH = 500
GRACE_S = 1.0
"""How long a process may take to end after each step of persuasion."""

REAP_S = 5.0
"""How long a process that closed its link may take to end by itself (it may be writing a core dump)."""


class Child:
    """An engine process with three small threads: one reads records, one writes requests, one the log.

    Args:
        receive: Called with every record, on the reading thread.
        lost: Called once with this child and the reason, when the process ends unasked.
    """

    def __init__(self, receive: Callable[[Record], None], lost: Callable[[Child, EngineLost], None]) -> None:
        self._receive = receive
        self._lost = lost
        self._outbox: queue.SimpleQueue[tuple[int, Callable[[], Request]] | None] = queue.SimpleQueue()
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._ending = False
        self._nonsense = ""
        key = secrets.token_bytes(KEY_BYTES)
        self._listener = listen(key)
        self._address = self._listener.address
        try:
            self._process = _launch(json.dumps(self._address))
        except OSError:
            stop_listening(self._listener)
            raise
        _hand_over(self._process, key)
        self._log_thread = threading.Thread(target=self._read_log, name="engine-log", daemon=True)
        self._link_thread = threading.Thread(target=self._serve, name="engine-link", daemon=True)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def begin(self) -> None:
        """Start listening to the process."""
        self._log_thread.start()
        self._link_thread.start()

    def send(self, number: int, make: Callable[[], Request]) -> None:
        """Queue a request, made when its turn comes; it is sent as soon as the process listens."""
        self._outbox.put((number, make))

    def end(self, request_id: int, timeout_s: float) -> None:
        """Ask the process to end, wait, and use more and more force."""
        self._ending = True
        self.send(request_id, lambda: Shutdown(request_id))
        for force, patience_s in (
            (None, timeout_s),
            (self._process.terminate, GRACE_S),
            (self._process.kill, GRACE_S),
        ):
            if force is not None:
                force()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
                break
        self._link_thread.join(GRACE_S)

    # The reading thread ----------------------------------------------------------------------------

    def _serve(self) -> None:
        """Wait for the process to connect, read what it says, and see to its end."""
        link = accept(self._listener, lambda: self._process.poll() is not None)
        stop_listening(self._listener)
        if link is not None:
            writer = threading.Thread(target=self._write, args=(link,), name="engine-send", daemon=True)
            writer.start()
            self._read(link)
            self._wait_for_end()
            self._outbox.put(None)
            writer.join()
            link.close()
        self._wait_for_end()
        self._log_thread.join(GRACE_S)
        crash = logs.take_crash("engine", self._process.pid)
        if not self._ending:
            self._lost(self, EngineLost(self._reason(), "\n".join(filter(None, (*self._log, crash)))))

    def _read(self, link: Link) -> None:
        """Pass records on until the link closes, or brings what no engine of ours would send."""
        while True:
            try:
                self._receive(link.receive())
            except EngineError as error:
                self._nonsense = error.message
                self._process.kill()
                return
            except (EOFError, OSError):
                return

    def _write(self, link: Link) -> None:
        """Send queued requests until told to end."""
        while (queued := self._outbox.get()) is not None:
            number, make = queued
            try:
                link.send(make())
            except EngineError as error:
                self._receive(Failed(number, "internal", error.message))
            except OSError:
                continue  # the process is ending; whoever reads the link will see

    def _wait_for_end(self) -> None:
        """Reap the process; one that closed its link and lives on is killed, unless it was asked to end."""
        try:
            self._process.wait(None if self._ending else REAP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _reason(self) -> str:
        """Say in words how the process ended."""
        if self._nonsense:
            return f"The engine was ended: {self._nonsense}"
        code = self._process.returncode
        if code >= 0:
            return f"The engine ended by itself with exit code {code}."
        try:
            name = f" ({signal.Signals(-code).name})"
        except ValueError:
            name = ""
        hint = " The system does that when memory runs out." if -code == getattr(signal, "SIGKILL", 0) else ""
        return f"The engine was killed by signal {-code}{name}.{hint}"

    # The log thread --------------------------------------------------------------------------------

    def _read_log(self) -> None:
        """Keep the last lines that the process writes, and notice if it ends before it connects."""
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            while line := stream.readline(LINE_LENGTH):
                self._log.append(line.decode(errors="replace").rstrip())
        self._wait_for_end()
        knock(self._address)


def _launch(address: str) -> subprocess.Popen[bytes]:
    """Start the process: it finds this very package, and no module in the working directory."""
    environment = dict(os.environ)
    home = str(Path(__file__).resolve().parents[2])
    if not home.endswith(("site-packages", "dist-packages")):
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (home, environment.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "studio.engine", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        process_group=0,  # Ctrl-C in the window's terminal is for the window alone
    )


def _hand_over(process: subprocess.Popen[bytes], key: bytes) -> None:
    """Give the process the key of the link."""
    if process.stdin is not None:
        with contextlib.suppress(OSError), process.stdin as stream:
            stream.write(key.hex().encode() + b"\n")
