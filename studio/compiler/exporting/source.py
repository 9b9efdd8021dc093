"""The whole file: imports, what is carried along, the classes, and the training script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.catalog import registry
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.exporting import recipe
from studio.compiler.exporting.carry import carried
from studio.compiler.exporting.classes import ClassWriter, Context
from studio.compiler.exporting.codes import Codes
from studio.compiler.exporting.definitions import definitions
from studio.compiler.exporting.outputs import outputs_of
from studio.compiler.exporting.script import training_script
from studio.compiler.lower import refuse
from studio.graph.graph import Graph
from studio.project.datasets import DATASETS
from studio.project.project import Project


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """Python source.

    Attributes:
        text: The file.
        network: Name of the class of the whole network.
    """

    text: str
    network: str


def network_source(
    graph: Graph, analysis: Analysis | None = None, project: Project | None = None
) -> NetworkSource:
    """Return a network as Python source that needs nothing but torch (and torchvision, if it uses it).

    There is one `nn.Module` for each block; names of modules are those of the nodes, so that the weights
    of the compiled network fit.

    Args:
        graph: The network.
        analysis: Its analysis, if it is there already.
        project: Adds a training script with its data and settings, if the network has a loss and the data
            need no files of the person's own.

    Raises:
        CompileError: The graph has errors, or something cannot be written as source.
    """
    analysis = analysis or analyse(graph)
    refuse(analysis)
    found = definitions(graph, analysis)
    codes = Codes([definition.name for definition in found.ordered])
    context = Context(graph, analysis, found, analysis.values, codes=codes)
    classes = []
    for definition in context.classes.ordered:
        writer = ClassWriter(context, definition)
        if definition.block:
            block = graph.blocks[definition.block]
            feeds = [block.graph.inputs_of(node.id) for node in block.outputs()]
            lines = writer.write([(edges[0].source, edges[0].source_port) for edges in feeds if edges])
        else:
            lines = writer.write(*outputs_of(graph))
        classes.append("\n".join(lines))
    name = context.classes.ordered[-1].name
    imports: list[str] = []
    targets = set(context.targets)
    if project is not None and _reads_own_files(project):
        classes.append("# There is no training script here: reading files of your own is left to you.")
    elif project is not None and _has_loss(graph):
        imports, script = training_script(project, analysis, name)
        classes.append(script.rstrip())
        targets |= recipe.carried(project.training)
    own = carried(targets)
    head = codes.imports(_imports(context.targets, imports, "\n".join([*own, *classes])))
    return NetworkSource("\n\n\n".join(["\n".join(head), *own, *codes.texts(), *classes]) + "\n", name)


def _reads_own_files(project: Project) -> bool:
    spec = DATASETS.get(project.data.dataset)
    return spec is not None and spec.own_files


def _has_loss(graph: Graph) -> bool:
    return any((spec := registry.find(node.kind)) and spec.role == "loss" for node in graph.nodes.values())


def _imports(targets: set[str], more: Sequence[str], text: str) -> list[str]:
    """Return the imports that the classes need: the standard library's first, then the others."""
    lines = ["import operator", ""] if "operator." in text else []
    modules = {target.rpartition(".")[0] for target in targets if target.startswith("torchvision")}
    plain = [
        "import torch",
        *(f"import {module}" for module in modules),
        *(one for one in more if one[:6] == "import"),
    ]
    names = ["from torch import nn", *(one for one in more if one.startswith("from"))]
    if "functional." in text.replace("nn.functional.", ""):
        names.append("from torch.nn import functional")
    return [
        *lines,
        *sorted(plain, key=lambda line: line.split()[1]),
        *sorted(names, key=lambda line: line.split()[1]),
    ]
