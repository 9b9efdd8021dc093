"""What the C library is told of freed memory, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORK = """
import resource, sys
import numpy as np
from studio.training.allocator import keep_freed_memory, give_back
if sys.argv[1] == "kept":
    print(keep_freed_memory(), end=" ")
def step():
    parts = [np.ones(2**20) for _ in range(16)]
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before, end=" ")
def rss():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
held = rss()
give_back()
print(held - rss())
"""


def run(mode: str) -> list[str]:
    found = subprocess.run([sys.executable, "-c", WORK, mode], capture_output=True, text=True, check=True)
    return found.stdout.split()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_kept_memory_is_not_asked_of_the_system_again() -> None:
    usual, _ = run("usual")
    said, faults, given = run("kept")
    assert said == "True"
    assert int(faults) < 1000 < int(usual)
    assert int(given) > 64 * 2**20
