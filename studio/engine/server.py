"""The engine: takes requests from any thread, answers them on one, and trains on another.

It does not know how records travel: it is given `emit`, and whoever has requests calls `handle`. PyTorch
is loaded by the serving thread with the first request, so an engine exists and listens at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from studio.engine.failures import failure
from studio.engine.inbox import Inbox
from studio.engine.records import (
    Cancel,
    CheckGradients,
    ControlRun,
    Done,
    Examine,
    Failed,
    FindLr,
    LookInside,
    OpenSteps,
    ProfileLayers,
    Progress,
    Record,
    Request,
    Shutdown,
    StartRun,
    TakeSteps,
    Task,
    Warm,
    Watch,
)
from studio.engine.run_thread import RunThread

ALONE: dict[type[Request], str] = {
    FindLr: "A learning rate is being looked for. Wait until it is found, or cancel the search.",
    CheckGradients: "Gradients are being checked. Wait until that is done, or cancel the check.",
    Examine: "The doctor is looking closely. Wait until that is done, or cancel it.",
    ProfileLayers: "Layers are being timed. Wait until that is done, or cancel it.",
}
"""What needs random numbers or the processor for itself, and what is said to whoever wants them meanwhile."""

CLOSING_FILES_S = 10.0
"""How long a new run waits for one that said its last word and is closing its files."""


class Engine:
    """Answers questions about designs and trains one at a time.

    Args:
        emit: Called from several threads with every reply and live record.
        threads: How many threads torch computes with; None leaves it as it is.
    """

    def __init__(self, emit: Callable[[Record], None], *, threads: int | None = None) -> None:
        self._emit = emit
        self._threads = threads
        self._inbox = Inbox()
        self._lock = threading.RLock()
        self._run: RunThread | None = None
        self._watch = Watch(0)
        self._tasks: dict[int, tuple[threading.Thread, threading.Event, Task]] = {}
        self._current: int | None = None
        self._withdrawn = False
        self._closing = False
        self._memory: Any = None
        self._warming: threading.Thread | None = None

    # From any thread -------------------------------------------------------------------------------

    def handle(self, request: Request) -> None:
        """Take a request and return at once; what concerns the run is carried out here and now."""
        try:
            match request:
                case ControlRun():
                    self._control(request)
                case Watch():
                    self._set_watch(request)
                case Cancel():
                    self._cancel(request)
                case Shutdown():
                    self._shut_down(request)
                case _:
                    for moot in self._inbox.put(request):
                        self._emit(_not_answered(moot, request))
        except Exception as error:
            self._emit(failure(request.id, error))

    def _control(self, request: ControlRun) -> None:
        run = self._run
        if run is None or run.over:
            wanted = "give a learning rate" if request.action == "set_lr" else request.action
            self._emit(Failed(request.id, "idle", f"There is no run to {wanted}."))
            return
        if request.action == "set_lr":
            run.control.set_lr(request.lr)
        else:
            getattr(run.control, request.action)()
        self._emit(Done(request.id))

    def _set_watch(self, request: Watch) -> None:
        with self._lock:
            self._watch = request
            if self._run is not None:
                self._run.watch(request)
        self._emit(Done(request.id))

    def _cancel(self, request: Cancel) -> None:
        with self._lock:
            if self._inbox.withdraw(request.request):
                self._emit(_cancelled(request.request))
            elif request.request in self._tasks:
                self._tasks[request.request][1].set()
            elif request.request == self._current:
                self._withdrawn = True
            elif self._run is not None and self._run.request.id == request.request:
                self._run.control.stop()
        self._emit(Done(request.id))

    def _shut_down(self, request: Shutdown) -> None:
        with self._lock:
            self._closing = True
            left = self._inbox.close()
            if self._run is not None:
                self._run.control.stop()
            for _, cancelled, _ in self._tasks.values():
                cancelled.set()
        for waiting in left:
            self._emit(_cancelled(waiting.id))
        self._emit(Done(request.id))

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until no run and no other task is going on any more; say whether that is so."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            threads: list[threading.Thread] = [thread for thread, _, _ in self._tasks.values()]
            if self._run is not None:
                threads.append(self._run)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    # The serving thread ----------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer requests until `Shutdown`; what was begun to warm up is finished."""
        while (request := self._inbox.take()) is not None:
            with self._lock:
                self._current, self._withdrawn = request.id, False
            reply = self._answer(request)
            with self._lock:
                withdrawn, self._current = self._withdrawn, None
            if reply is not None:
                self._emit(_cancelled(request.id) if withdrawn else reply)
        if self._warming is not None:
            self._warming.join()

    def _answer(self, request: Request) -> Record | None:
        """Return the reply; None when a thread was started that will give it."""
        try:
            from studio.engine import answers

            if isinstance(request, StartRun | OpenSteps | TakeSteps) or type(request) in ALONE:
                self._let_run_end()
            if isinstance(request, StartRun):
                return self._start_run(request)
            if isinstance(request, Task):
                return self._start_task(request)
            if isinstance(request, OpenSteps | TakeSteps) and (busy := self._why_not_train()) is not None:
                return Failed(request.id, "busy", busy)  # random layers would take the run's numbers
            if self._memory is None:
                self._memory = answers.start(self._threads)
            reply = answers.answer(request, self._memory)
            if isinstance(request, Warm) and self._warming is None:
                self._warming = threading.Thread(target=answers.warm_up, name="warm-up", daemon=True)
                self._warming.start()
            return reply
        except Exception as error:
            return failure(request.id, error)

    def _start_run(self, request: StartRun) -> Record | None:
        """Start the training thread; it replies when the run exists."""
        with self._lock:
            if self._closing:
                return _cancelled(request.id)
            if (busy := self._why_not_train()) is not None:
                return Failed(request.id, "busy", busy)
            self._run = RunThread(request, self._watch, self._emit, self._warming)
            self._run.start()
        return None

    def _let_run_end(self) -> None:
        """Wait for a run that has said its last word to close its files."""
        if self._run is not None and self._run.over:
            self._run.join(CLOSING_FILES_S)

    def _why_not_train(self) -> str | None:
        """Return what trains already, in words: random numbers and the processor are for one at a time."""
        if self._run is not None and self._run.is_alive():
            return f'The run "{self._run.run_name}" is still going on. Stop it first.'
        for _, _, request in self._tasks.values():
            if type(request) in ALONE:
                return ALONE[type(request)]
        return None

    def _start_task(self, request: Task) -> Record | None:
        """Start a thread for what takes long; it replies when it is done."""
        cancelled = threading.Event()
        thread = threading.Thread(
            target=self._carry_out, args=(request, cancelled), name=f"task-{request.id}", daemon=True
        )
        with self._lock:
            if self._closing:
                return _cancelled(request.id)
            if (
                isinstance(request, FindLr | CheckGradients | ProfileLayers)
                and (busy := self._why_not_train()) is not None
            ):
                return Failed(request.id, "busy", busy)
            if isinstance(request, LookInside):
                self._drop_older_looks()
            self._tasks[request.id] = thread, cancelled, request
            thread.start()
        return None

    def _drop_older_looks(self) -> None:
        """End looks into a network that nobody waits for any more, now that there is a newer question."""
        for _, cancelled, task in self._tasks.values():
            if isinstance(task, LookInside):
                cancelled.set()

    def _carry_out(self, request: Task, cancelled: threading.Event) -> None:
        """Do what was asked, and reply."""
        from studio.engine import answers

        def progress(done: float, total: float, label: str) -> None:
            self._emit(Progress(request.id, done, total, label))

        reply: Record
        try:
            reply = answers.carry_out(request, progress, cancelled.is_set)
        except Exception as error:
            reply = failure(request.id, error)
        with self._lock:
            del self._tasks[request.id]
        self._emit(_cancelled(request.id) if cancelled.is_set() else reply)


def _cancelled(request_id: int) -> Failed:
    """Return the reply to a request that was withdrawn."""
    return Failed(request_id, "cancelled", "Cancelled.")


def _not_answered(moot: Request, newer: Request) -> Failed:
    """Return the reply to a request that a newer one made moot, or that came after the end."""
    if moot is newer:
        return Failed(moot.id, "cancelled", "The engine is ending.")
    return Failed(moot.id, "superseded", "A newer question about the design came in.")
