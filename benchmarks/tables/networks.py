"""Every network of the zoo beside its published figures, as a Markdown table.

    python benchmarks/tables/networks.py

Parameters and MACs are computed by the compiler at the network's standard input. MACs are the
multiply-accumulates of convolutions, linear layers and matrix products. Exits with 1 where a figure
disagrees.
"""

from __future__ import annotations

import sys

from studio import zoo
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.graph.report import Totals
from studio.zoo import shelf
from studio.zoo.published import PUBLISHED, agrees

HEAD = (
    "| network | template | parameters | published | MACs | published | source |",
    "|---|---|--:|--:|--:|--:|---|",
)


def row(title: str, call: str, totals: Totals, parameters: str, macs: str, source: str) -> str:
    cells = (title, f"`{call}`", f"{totals.parameters:,}", parameters, f"{totals.macs:,}", macs, source)
    return f"| {' | '.join(cells)} |"


def main() -> int:
    engine, wrong = ShapeEngine(), 0
    print("\n".join(HEAD))
    for one in PUBLISHED:
        totals = analyse(zoo.build(one.template, **one.arguments), engine=engine).totals
        marks = [
            stated if agrees(stated, measured) else f"**{stated}**"
            for stated, measured in ((one.parameters, totals.parameters), (one.macs, totals.macs))
        ]
        wrong += any("**" in mark for mark in marks)
        options = "".join(f" {name}={value}" for name, value in one.arguments.items())
        print(row(one.title, f"{one.template}{options}", totals, *marks, one.source))
    for name, template in shelf.templates().items():
        if name not in {one.template for one in PUBLISHED}:
            totals = analyse(template.build({}), engine=engine).totals
            print(row(template.title, name, totals, "", "", template.reference))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
