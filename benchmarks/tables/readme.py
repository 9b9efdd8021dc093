"""Write the tables of the README anew: `make tables`. Some six minutes on one core.

Each table stands between two comments, ``<!-- table: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE.parents[1] / "README.md"
TABLES = {"networks": HERE / "networks.py", "torchvision": HERE / "torchvision_parity.py"}


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name in sys.argv[1:] or TABLES:
        done = subprocess.run([sys.executable, str(TABLES[name])], capture_output=True, text=True, check=True)
        pattern = rf"(<!-- table: {name} -->\n).*?(<!-- end -->)"
        text, count = re.subn(
            pattern,
            lambda found, table=done.stdout: found[1] + "\n" + table + "\n" + found[2],
            text,
            flags=re.S,
        )
        if count != 1:
            raise SystemExit(f'README.md has {count} places for the table "{name}", and one is needed.')
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
