"""`make torture`: puts every promise of the program to the test and prints one table.

Each promise has a process of its own, so that one that hangs, crashes or eats memory fails alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.torture import process
from tests.torture.process import Result
from tests.torture.promises import find, promises


def main(arguments: list[str] | None = None) -> int:
    """Make the tries, print the table; 1 if any failed, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    if options.child:
        process.child(options.child, options.tries, options.limit or 1e9, options.seed, Path(options.folder))
        return 0
    try:
        chosen = [find(name) for name in options.only] if options.only else promises()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console(stderr=options.json)
    with tempfile.TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder:
        started_s = time.monotonic()
        with ThreadPoolExecutor(options.jobs) as pool:
            results = list(
                pool.map(
                    lambda one: _one(console, one, options, Path(folder) / one.name),
                    chosen,
                )
            )
    report = _report(results, options, time.monotonic() - started_s)
    if options.markdown:
        Path(options.markdown).write_text(markdown(report), encoding="utf-8")
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        _print(console, results)
    return 1 if any(result.outcome.failures for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make torture ARGS=…", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="a promise; may be given again")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the tries to make, such as 0.01")
    parser.add_argument("--limit", type=float, help="seconds that a promise may take, instead of its own")
    parser.add_argument("--jobs", type=int, default=1, help="promises at the same time")
    parser.add_argument("--seed", type=int, default=0, help="for other random numbers")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--markdown", metavar="FILE", help="write the table as Markdown as well")
    for name in ("--child", "--folder"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--tries", type=int, help=argparse.SUPPRESS)
    return parser


def _one(console: Console, promise: Any, options: argparse.Namespace, folder: Path) -> Result:
    tries = max(1, round(promise.tries * options.scale))
    result = process.run(promise, tries, options.limit or promise.limit_s, options.seed, folder)
    outcome = result.outcome
    mark = f"{outcome.failures} failures" if outcome.failures else "held"
    console.print(f"{promise.name}: {outcome.tries:,} of {tries:,} tries, {mark}, {result.elapsed_s:.0f} s")
    for detail in outcome.details:
        console.print(f"  {escape(detail)}", highlight=False)
    return result


def _print(console: Console, results: list[Result]) -> None:
    table = Table("promise", "what holds")
    for name in ("tries", "failures", "seconds"):
        table.add_column(name, justify="right")
    for result in results:
        outcome = result.outcome
        tries = f"{outcome.tries:,}" + (f" of {result.wanted:,}" if outcome.tries < result.wanted else "")
        style = "bold red" if outcome.failures else ""
        table.add_row(
            outcome.promise,
            result.says,
            tries,
            f"{outcome.failures:,}",
            f"{result.elapsed_s:.0f}",
            style=style,
        )
    console.print(table)
    for result in results:
        for name, value in result.outcome.figures.items():
            console.print(f"{result.outcome.promise}: worst {name}: {value:.3g}", highlight=False)


def _report(results: list[Result], options: argparse.Namespace, elapsed_s: float) -> dict[str, Any]:
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "scale": options.scale,
        "seed": options.seed,
        "elapsed_s": round(elapsed_s, 1),
        "promises": [
            asdict(result.outcome)
            | {"says": result.says, "wanted": result.wanted, "elapsed_s": round(result.elapsed_s, 1)}
            for result in results
        ],
    }


def markdown(report: dict[str, Any]) -> str:
    """Return a report as a table in Markdown."""
    lines = ["| Promise | What holds | Tries | Failures |", "|---|---|---:|---:|"]
    for one in report["promises"]:
        lines.append(f"| `{one['promise']}` | {one['says']} | {one['tries']:,} | {one['failures']:,} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
