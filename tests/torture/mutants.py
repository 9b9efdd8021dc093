"""Projects that are cut off, flipped, spliced or made at random open with problems, or are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from tests.torture.trials import Promise, Trials

EXAMPLES = Path(__file__).parents[2] / "examples"
CPU_S = 2.0

VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2**31,
    2**63,
    10**40,
    0.5,
    -1e308,
    1e-320,
    "",
    "a",
    "=w",
    "=9**9",
    "=__import__('os')",
    "n1.output -> n1.input",
    "block:B0",
    "../x",
    "C:\\x",
    "\u202e",
    "\x00",
    "\ud800",
    "x" * 2_000,
    [],
    {},
    [[[[]]]],
    [1, 2],
    {"name": "a"},
)
"""What takes the place of something that was sound."""


@lru_cache
def seeds() -> tuple[bytes, ...]:
    """Return sound documents to begin with: small and large, with blocks, marks, bends and transforms."""
    from studio import zoo
    from studio.project.format import dumps
    from studio.project.project import Project

    made = [
        Project("mlp", zoo.build("mlp", input_shape=(1, 8, 8), num_classes=10)),
        Project("lenet", zoo.build("lenet5")),
        Project("resnet", zoo.build("resnet18", num_classes=10)),
    ]
    written = [path.read_bytes() for path in sorted(EXAMPLES.glob("*.flow"))]
    return (*written, *(dumps(project).encode() for project in made))


@lru_cache
def trees() -> tuple[str, ...]:
    """Return the same as JSON without blanks, to be read and changed."""
    return tuple(json.dumps(json.loads(seed)) for seed in seeds())


def cut(random: Random) -> bytes:
    """Return the beginning of a document."""
    seed = random.choice(seeds())
    return seed[: random.randrange(len(seed))]


def flipped(random: Random) -> bytes:
    """Return a document with some bits the other way round."""
    data = bytearray(random.choice(seeds()))
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)


def overwritten(random: Random) -> bytes:
    """Return a document with a digit, a letter or a sign in another's place."""
    data = bytearray(random.choice(seeds()))
    for _ in range(random.choice((1, 1, 2, 4))):
        data[random.randrange(len(data))] = random.choice(b'0123456789eE.-+"[]{},: \\ntfu\x00')
    return bytes(data)


def spliced(random: Random) -> bytes:
    """Return a piece of one document within another, or one without a piece, or with a piece twice."""
    one, other = random.choice(seeds()), random.choice(seeds())
    start, end = sorted(random.randrange(len(other)) for _ in range(2))
    place = random.randrange(len(one))
    rest = place + random.choice((0, 0, end - start, random.randrange(2_000)))
    return one[:place] + other[start:end][: random.choice((20, 200, 5_000))] + one[rest:]


def grown(random: Random) -> bytes:
    """Return a document in whose tree values, keys and branches were exchanged."""
    tree = json.loads(random.choice(trees()))
    for _ in range(random.choice((1, 1, 2, 3, 10))):
        _change(random, tree)
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def drawn(random: Random) -> bytes:
    """Return a design of any layers with any arguments, any wires and any blocks."""
    from studio.catalog import registry

    kinds = [
        *sorted(registry.layers()),
        "block:B0",
        "block:B1",
        "block:Missing",
        "BlockInput",
        "BlockOutput",
        "X",
    ]

    def level(size: int) -> dict[str, Any]:
        nodes, ports = {}, ["input", "output", "inputs", "target", "loss", "input1", "x"]
        for number in range(size):
            kind = random.choice(kinds)
            known = registry.find(kind)
            names = [argument.name for argument in known.arguments] if known is not None else ["a"]
            chosen = random.sample(names, min(len(names), random.randrange(4)))
            nodes[f"n{number}"] = {
                "kind": kind,
                "name": f"a{random.randrange(size + 2)}",
                "arguments": {name: _value(random) for name in (*chosen, *_settings(random))},
            }
            if known is not None:
                ports += [port.name for port in (*known.inputs, *known.outputs)]
        ends = list(nodes)
        edges = [
            f"{random.choice(ends)}.{random.choice(ports)} -> {random.choice(ends)}.{random.choice(ports)}"
            for _ in range(random.randrange(2 * size))
        ]
        return {"nodes": nodes, "edges": list(dict.fromkeys(edges))}

    graph = level(random.randrange(1, 9))
    graph["blocks"] = {
        f"B{number}": {
            **level(random.randrange(1, 5)),
            "arguments": [{"name": "w", "default": _value(random)}],
        }
        for number in range(random.randrange(3))
    }
    return json.dumps({"format": "flowgraph-studio", "version": 1, "graph": graph}).encode(
        "utf-8", "surrogatepass"
    )


def _settings(random: Random) -> list[str]:
    names = ("repeat", "enabled", "frozen", "tied_to", "w")
    return random.sample(names, random.choice((0, 0, 0, 1, 2)))


def _value(random: Random) -> Any:
    """Return a value that an argument may well have, or one of those that none has."""
    return (
        random.choice((1, 2, 3, 8, 16, 0.5, True, False, [3, 3], "same", "n1"))
        if random.random() < 0.7
        else random.choice(VALUES)
    )


def _change(random: Random, tree: Any) -> None:
    """Change something somewhere in a tree."""
    place = tree
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return
        key = random.choice(list(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or random.random() < 0.15:
            break
        place = inner
    what = random.randrange(4)
    if what == 0:
        del place[key]
    elif what == 1 and isinstance(place, dict):
        place[random.choice(("x", "kind", "nodes", "arguments", "name", "n1", str(key)[:-1]))] = place.pop(
            key
        )
    elif what == 2 and isinstance(place, dict):
        place[random.choice(list(place))] = inner
    else:
        place[key] = random.choice(VALUES)


WAYS: tuple[Callable[[Random], bytes], ...] = (cut, flipped, overwritten, spliced, grown, drawn)


def mutants(trials: Trials) -> None:
    """Open one mutant after the other as a person would; what was asked of PyTorch is remembered."""
    from studio.compiler.shapes import ShapeEngine
    from studio.errors import StudioError
    from studio.project.format import dumps, loads
    from studio.training.fit import check_project

    engine, opened = ShapeEngine(), 0
    for seed in seeds():  # the first question to PyTorch takes seconds
        check_project(loads(seed), trials.folder, engine)
    for attempt in trials:
        with attempt:
            way = WAYS[attempt.number % len(WAYS)]
            data = way(attempt.random)
            began = time.process_time()
            try:
                project = loads(data, "mutant")
            except StudioError as error:
                said = [error.message]
            else:
                opened += 1
                assert loads(dumps(project), "mutant") == project, "saved as another project"
                found = check_project(project, trials.folder, engine)
                said = [problem.message for problem in found.problems]
            assert all(map(str.strip, said)), "told without a word"
            spent = time.process_time() - began
            assert spent <= CPU_S, f"took {spent:.1f} s of the processor ({way.__name__})"
            trials.worst("slowest, s of CPU", spent)
    trials.worst("opened", float(opened))


PROMISES = (
    Promise(
        "mutants",
        "A damaged project is refused by name, or opens with problems, within 2 s.",
        100_000,
        mutants,
        limit_s=3_000.0,
    ),
)
