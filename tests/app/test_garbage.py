from __future__ import annotations

import gc
import threading
import weakref

import pytest

from studio.app.garbage import GarbageCollector, collect_if_due


class Knot:
    """A cycle that only the collector can free, and that notes the thread it was freed on."""

    freed_on: int | None = None

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Knot.freed_on = threading.get_ident()


@pytest.fixture
def collector(qapp):
    was_on = gc.isenabled()
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # whatever else in this process has set
    Knot.freed_on = None
    collector = GarbageCollector()
    yield collector
    collector.stop()
    gc.set_threshold(*thresholds)
    if not was_on:
        gc.disable()


def allocate_a_lot() -> None:
    kept = [[] for _ in range(50_000)]
    assert len(kept) == 50_000


def test_another_thread_never_collects(collector):
    Knot()
    thread = threading.Thread(target=allocate_a_lot)
    thread.start()
    thread.join()
    assert Knot.freed_on is None
    kept = [[] for _ in range(2000)]  # enough for the youngest generation to be due
    collect_if_due()
    assert len(kept) == 2000
    assert Knot.freed_on == threading.get_ident()


def test_timer_collects(qtbot, collector):
    reference = weakref.ref(Knot())
    kept: list[list[int]] = []

    def is_gone() -> bool:
        kept.extend(
            [] for _ in range(1000)
        )  # so that the youngest generation is due, whoever collects beside
        return reference() is None

    qtbot.waitUntil(is_gone, timeout=20_000)


def test_stop_gives_collection_back(qapp):
    collector = GarbageCollector()
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
