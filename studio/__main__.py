"""``python -m studio``: the command line."""

from __future__ import annotations

import sys

from studio.cli.main import main

sys.exit(main())
