"""How long the studio needs to say again what a large network is, after one argument was changed.

    python benchmarks/large_designs.py [--repetitions 7] [--json out.json]

One argument at the top of ResNet-152 is changed, and problems, shapes and totals are found anew with a warm
cache: once so that nothing downstream changes shape, once so that everything does. Beside it stands one
forward pass of torchvision's ResNet-152 on the meta device in the same run. Then ResNet-152 and CIFAR
ResNets of growing depth are read from file, opened, and their structure is checked; the time for each
layer must not grow with the depth. Times are CPU time of this process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision

from studio import zoo
from studio.catalog import registry
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.graph import edits
from studio.graph.expansion import expand
from studio.graph.graph import Graph
from studio.graph.topology import structure_problems
from studio.project import format
from studio.project.project import Project

EDIT_TARGET_MS = 50.0
DEPTHS = (9, 33, 200)
"""n of CIFAR ResNets with 6n + 2 layers: 56, 200 and 1202."""


def median_ms(action: Callable[[], object], repetitions: int) -> float:
    times = []
    for _ in range(repetitions):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return 1e3 * statistics.median(times)


def with_input(graph: Graph, size: int) -> Graph:
    image = graph.named("image").id
    return edits.set_argument(edits.set_argument(graph, image, "height", size), image, "width", size)


def edits_of_resnet152(repetitions: int) -> dict[str, float]:
    graph = zoo.build("resnet152")
    engine = ShapeEngine()
    analyse(graph, engine=engine)
    same = edits.set_argument(graph, graph.named("conv1").id, "padding_mode", "circular")
    analyse(same, engine=engine)
    sizes = iter(range(232, 232 + 8 * repetitions, 8))  # each one new to the cache
    with torch.device("meta"), torch.no_grad():
        model, image = torchvision.models.resnet152(), torch.empty(1, 3, 224, 224)
        model(image)
        forward = median_ms(lambda: model(image), repetitions)
    return {
        "no shape changes, ms": median_ms(lambda: analyse(same, engine=engine), repetitions),
        "all shapes change, ms": median_ms(
            lambda: analyse(with_input(graph, next(sizes)), engine=engine), repetitions
        ),
        "one meta forward, ms": forward,
    }


def opened(text: str) -> int:
    """Read a file, build the value, open its blocks and check the structure; return the layers."""
    graph = format.loads(text).graph
    signature = registry.signatures(graph)
    structure_problems(graph, signature)
    return len(expand(graph, signature).graph)


def opening(repetitions: int) -> dict[str, float]:
    designs = {"ResNet-152": zoo.build("resnet152")}
    designs |= {f"CIFAR ResNet-{6 * n + 2}": zoo.build("cifar_resnet", n=n) for n in DEPTHS}
    found = {}
    for name, graph in designs.items():
        text = format.dumps(Project(graph=graph))
        layers = opened(text)
        elapsed = median_ms(lambda text=text: opened(text), repetitions)
        found[f"open {name}, ms"] = elapsed
        found[f"open {name}, us a layer"] = 1e3 * elapsed / layers
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = edits_of_resnet152(options.repetitions) | opening(options.repetitions)
    for name, value in found.items():
        print(f"{name:40} {value:9.1f}")
    ratio = found["all shapes change, ms"] / found["one meta forward, ms"]
    growth = found["open CIFAR ResNet-1202, us a layer"] / found["open CIFAR ResNet-200, us a layer"]
    print(f"{'all shapes / one meta forward':40} {ratio:9.2f}  (target: at most 1)")
    print(f"{'a layer of 1202 / a layer of 200':40} {growth:9.2f}  (target: about 1)")
    print(f"target for an edit that changes no shape: {EDIT_TARGET_MS:.0f} ms")
    if options.json:
        options.json.write_text(json.dumps(found | {"all shapes / meta forward": ratio, "growth": growth}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
