"""Several processes of this machine that train together, started without typing torchrun's command.

torchrun takes every word of a command line that could be the beginning of an option for its own, even
behind the program's name: of a plain ``torchrun -m studio train FILE --run NAME`` it says, in Python 3.11,
that ``--run`` is ambiguous. Behind ``-m --`` it leaves all to the program.
"""

from __future__ import annotations

import os
from collections.abc import Sequence


def launch(count: int, words: Sequence[str]) -> int:
    """Run ``studio`` in several processes, and return the exit code of the first that failed, or 0.

    Args:
        count: How many.
        words: Of the command line, the same for all.
    """
    from torch.distributed import run
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    # Each would take all cores for itself.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count)))
    try:
        run.main(["--standalone", "--nproc-per-node", str(count), "-m", "--", "studio", *words])
    except ChildFailedError as error:
        return abs(error.get_first_failure()[1].exitcode)
    return 0
