"""The table of torchvision's classification models: what the importer makes of each, and how exact it is.

Every model is imported with random weights on small images; the compiled graph loads torchvision's own
``state_dict`` with ``strict=True`` and both run in evaluation mode. Some five minutes on one core, and 6 GB
of memory for the largest.

    python benchmarks/tables/torchvision_parity.py [MODEL ...]
"""

from __future__ import annotations

import sys

from studio.compiler.importing.table import markdown, parity_table

if __name__ == "__main__":
    print(markdown(parity_table(sys.argv[1:])))
