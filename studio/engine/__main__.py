"""``python -m studio.engine``: the engine's process, started by the window."""

from __future__ import annotations

import sys

from studio.engine.process import main

main(sys.argv[1:])
