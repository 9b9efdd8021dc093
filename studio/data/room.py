"""Whether data fit the memory, asked before they are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import DataError

if TYPE_CHECKING:
    import torch


def free_bytes() -> int:
    """Return the memory that is free for programs; 0 if the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return all_bytes()


def all_bytes() -> int:
    """Return the memory that the machine has; 0 if the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def fits_on(needed: int, device: torch.device) -> bool:
    """Say whether data may live on a device: in half of what is free there, as the steps need room as well.

    Data that were read are in main memory already, so that they always fit there.
    """
    if device.type != "cuda":
        return True
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    return needed <= free // 2


def refuse_large(needed: int, what: str, remedy: str) -> None:
    """Raise for data that would take more than half of the memory that is free.

    Args:
        needed: Bytes, copies for splitting and normalizing included.
        what: Named in the message.
        remedy: What the person can do, as a sentence.

    Raises:
        DataError: They do not fit.
    """
    free = free_bytes()
    if free and needed > free // 2:
        raise DataError(
            f"{what} would take about {needed / 2**20:,.0f} MiB of memory, and at most half of the "
            f"{free / 2**20:,.0f} MiB that are free may be used. {remedy}"
        )
