"""Does a design fit its data: what keeps a project from being trained, before anything is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.catalog import registry
from studio.compiler import initial_weights
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.shapes import ShapeEngine, input_type
from studio.compiler.training_memory import states_of
from studio.compiler.types import TargetType, TensorType
from studio.data import datasets
from studio.data.datasets import DataDescription
from studio.errors import DataError, ProjectError
from studio.graph.expressions import evaluated
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import Fix, Problem, worst_first
from studio.project import matching, synthetic
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.project.weights import weight_shapes
from studio.training.class_weights import weight_problems
from studio.training.numerics import numerics_problems
from studio.training.room import room_problems

_STANDARDIZING = "standardizing"
_OUT_OF_RANGE = ("color_noise", "normalize", "pixel_mean", "whitening")
"""Transforms that take pictures out of 0 to 1."""


def check_project(project: Project, folder: Path | None, engine: ShapeEngine | None = None) -> Analysis:
    """Return all that is known of a project: the compiler's analysis, and whether the data fit.

    An error keeps the project from being trained. Data that must be downloaded first are a warning:
    the design itself is fine. Of initial weights the names and shapes are looked at.

    Args:
        project: The project.
        folder: The project file's folder, where a relative data folder starts.
        engine: Keeps shapes from one check to the next.
    """
    engine = engine or ShapeEngine()
    description: DataDescription | None = None
    problems: list[Problem] = []
    try:
        description = datasets.describe(project.data, folder)
    except DataError as error:
        problems.append(Problem("error", "data", error.message, argument=error.argument or ""))
    target = TargetType(len(description.classes)) if description else None
    analysis = analyse(
        project.graph,
        batch_size=project.training.batch_size,
        states=states_of(project.training),
        engine=engine,
        target=target,
    )
    if description is not None:
        problems += _data_problems(project, description)
    problems += no_loss(project.graph, has_classes=target is None or target.num_classes > 0)
    problems += room_problems(project, analysis, description)
    problems += numerics_problems(project.training)
    if target is not None:
        problems += weight_problems(project.graph, project.training, target.num_classes)
    problems += _weights_problems(project, folder, analysis, engine)
    return replace(analysis, problems=tuple(worst_first([*analysis.problems, *problems])))


def input_sample(graph: Graph) -> TensorType | None:
    """Return what one sample is as the input nodes want it, or None if there is no input."""
    return next((_wanted(node) for node in matching.inputs_of(graph)), None)


def no_loss(graph: Graph, *, has_classes: bool = True) -> list[Problem]:
    """Return a warning, on the node that should lead to a loss, for a design that has none.

    Args:
        has_classes: The data set has, so that a loss of classes suits it.
    """
    roles = {node.id: _role(node) for node in graph.ordered()}
    ends = [node for node in graph.ordered() if roles[node.id] == "layer" and not graph.outputs_of(node.id)]
    if "loss" in roles.values() or not ends:
        return []
    loss = "CrossEntropyLoss" if has_classes else "MSELoss"
    ports = registry.get(ends[0].kind).outputs
    return [
        Problem(
            "warning",
            "no-loss",
            f'"{ends[0].name}" leads to no loss, so there is nothing to train.',
            ends[0].id,
            suggestion=f'Wire "{ends[0].name}" and a Target to a {loss}.',
            fixes=(Fix(f"Add {loss} and Target", "append", ends[0].id, ports[0].name, loss),),
        )
    ]


def _data_problems(project: Project, description: DataDescription) -> list[Problem]:
    """Return what is wrong between the data, the network's inputs and the batch size."""
    problems = []
    if not description.available:
        problems.append(Problem("warning", "data-missing", description.message, argument="folder"))
    if description.absent:
        advice = "Put some there, or let the seed decide and stratify."
        problems.append(Problem("warning", "data-classes", description.absent, suggestion=advice))
    mixed = _mixed_inputs(project.graph)
    for node in matching.inputs_of(project.graph) if not mixed else ():
        problems += _sample_problems(node, description)
    if not mixed:
        problems += _vocabulary_problems(project.graph, description)
    problems += _range_problems(project)
    return problems + mixed + _batch_problems(project, description.counts[0])


def _sample_problems(node: Node, description: DataDescription) -> list[Problem]:
    """Return one problem, with its fix, for each argument of an input node that does not fit the data."""
    node, failures = evaluated(node, {})
    if failures or not registry.is_fine(node):
        return []  # what is wrong with its arguments comes first
    found, wanted = _wanted(node), TensorType(description.shape, description.dtype)
    message = f'"{node.name}" takes {_show(found)}, and a sample of {description.title} is {_show(wanted)}'
    if found.dtype != wanted.dtype:
        advice = _advice(found, wanted, description)
        fixes = _other_input(node, wanted)
        return [Problem("error", "data-dtype", f"{message}.", node.id, suggestion=advice, fixes=fixes)]
    if found.shape in (wanted.shape, (wanted.numel,)):
        return []
    arguments = [argument.name for argument in registry.get(node.kind).arguments if argument.type == "int"]
    if node.kind == "VectorInput":
        sizes = {"features": (found.shape[0], wanted.numel)}
    elif len(arguments) == len(wanted.shape) == len(found.shape):
        sizes = dict(zip(arguments, zip(found.shape, wanted.shape, strict=True), strict=True))
    else:
        advice = _advice(found, wanted, description)
        fixes = _other_input(node, wanted)
        return [Problem("error", "data-shape", f"{message}.", node.id, suggestion=advice, fixes=fixes)]
    return _size_problems(node, message, sizes)


def _other_input(node: Node, wanted: TensorType) -> tuple[Fix, ...]:
    """Return the edit that makes an input one of the kind that takes such samples."""
    shape, is_whole = wanted.shape, wanted.dtype == "int64"
    kinds = {0: "IndexInput", 1: "TokenInput"} if is_whole else _INPUT_KINDS
    kind = kinds.get(len(shape))
    if kind == "SequenceInput" and shape[0] == 1:
        kind = "SignalInput"  # one channel: a sequence of one step is none
    if kind is None or kind == node.kind:
        return ()
    names = [argument.name for argument in registry.get(kind).arguments]
    arguments = tuple(zip(names, shape, strict=True))
    label = f'Replace "{node.name}" by {kind} {"×".join(map(str, shape))}'.rstrip()
    return (Fix(label, "replace", node.id, kind=kind, arguments=arguments),)


_INPUT_KINDS = {1: "VectorInput", 2: "SequenceInput", 3: "ImageInput", 4: "VolumeInput"}
"""Inputs of measurements by the number of dimensions of a sample."""


def _size_problems(node: Node, message: str, sizes: dict[str, tuple[int, int]]) -> list[Problem]:
    """Return a problem for each size that is one number and must be another, with the fix of all of them."""
    wrong = {name: must_be for name, (is_now, must_be) in sizes.items() if is_now != must_be}
    words = [f"{name} to {must_be}" for name, must_be in wrong.items()]
    whole = Fix(f"Set {', '.join(words)}", "set", node.id, arguments=tuple(wrong.items()))
    return [
        Problem(
            "error",
            "data-shape",
            f"{message}: {argument} is {is_now} and must be {must_be}.",
            node.id,
            argument=argument,
            suggestion=f"Set {argument} to {must_be}.",
            fixes=(
                *((whole,) if len(wrong) > 1 else ()),
                Fix(f"Set {argument} to {must_be}", "set", node.id, argument=argument, value=must_be),
            ),
        )
        for argument, (is_now, must_be) in sizes.items()
        if is_now != must_be
    ]


def _advice(found: TensorType, wanted: TensorType, description: DataDescription) -> str:
    """Return what to do where no argument of an input mends it."""
    if description.dataset == synthetic.KEY:
        options = f"shape {synthetic.write_shape(found.shape)} and dtype {found.dtype}"
        return f"Give {description.title} {options}: Match data to input, in the data settings."
    random = f"the data set {synthetic.TITLE}, which can have any shape and dtype"
    if wanted.dtype == "int64" or found.dtype == "int64":
        return f"Take {random}."
    other = f"data with images, or {random}" if len(found.shape) == 3 else random
    return f"Replace it by a VectorInput with {wanted.numel} features, or take {other}."


def _vocabulary_problems(graph: Graph, description: DataDescription) -> list[Problem]:
    """Return an error for whole numbers of the data that are too large for an embedding's table."""
    known = matching.vocabulary(graph) if description.vocabulary else None
    if known is None or description.vocabulary <= known:
        return []
    option = "max_vocabulary" if description.tokens else "vocabulary"
    return [
        Problem(
            "error",
            "data-vocabulary",
            f"{description.title} has numbers up to {description.vocabulary - 1:,}, and the network has an "
            f"embedding that knows {known:,}, from 0.",
            argument=option,
            suggestion=f"Set {option} of the data to at most {known}, or raise num_embeddings.",
        )
    ]


def _range_problems(project: Project) -> list[Problem]:
    """Return errors for losses of yes and no that are to reproduce data which leave the range 0 to 1."""
    wide, graph = _leaves_range(project.data), project.graph
    if not wide:
        return []
    advice = 'Set normalization of the data to "scale"' if wide == _STANDARDIZING else "Remove that transform"
    return [
        Problem(
            "error",
            "data-range",
            f'{node.kind} "{node.name}" compares with the data, which {wide} takes out of 0 to 1.',
            node.id,
            "target",
            suggestion=f"{advice}, or use MSELoss.",
        )
        for node in graph.ordered()
        if node.kind in ("BCELoss", "BCEWithLogitsLoss") and _is_data(graph, node)
    ]


def _leaves_range(data: DataConfig) -> str:
    """Return what takes the data out of 0 to 1; empty if nothing does."""
    if data.normalization == "standardize":
        return _STANDARDIZING
    wide = ("color_noise",) if data.normalization == "scale" else _OUT_OF_RANGE
    return next((one.spec.title.lower() for one in data.transforms if one.kind in wide), "")


def _is_data(graph: Graph, loss: Node) -> bool:
    """Say whether a loss's target is an input of the network, perhaps in another shape."""
    edges = graph.inputs_of(loss.id, "target")
    for _ in range(len(graph)):
        if len(edges) != 1:
            return False
        node = graph.node(edges[0].source)
        spec = registry.signature(node)
        if spec is None or spec.family != "shape":
            return spec is not None and spec.role == "input"
        edges = graph.inputs_of(node.id)
    return False


def _mixed_inputs(graph: Graph) -> list[Problem]:
    """Return an error for inputs that want different things: all are given the same batch."""
    if not matching.is_mixed(graph):
        return []
    inputs = matching.inputs_of(graph)
    first = _wanted(inputs[0])
    others = [node for node in inputs[1:] if _wanted(node) != first] or inputs[1:]
    return [
        Problem(
            "error",
            "data-shape",
            f'"{inputs[0].name}" takes {_show(first)} and "{others[0].name}" takes '
            f"{_show(_wanted(others[0]))}; a data set gives one thing. No data set feeds such inputs yet.",
            others[0].id,
            suggestion="Keep one input, and give it several wires. The network can be looked at and exported "
            "as it is.",
            nodes=tuple(node.id for node in inputs),
        )
    ]


def _batch_problems(project: Project, count: int) -> list[Problem]:
    """Return what is wrong with the batch size for so many training samples."""
    size = project.training.batch_size
    if size > count and project.training.drop_last:
        return [
            Problem(
                "error",
                "batch-size",
                f"A batch of {size} is more than the {count} training samples, and drop_last leaves out the "
                "incomplete batch: there is nothing to train on.",
                argument="batch_size",
                suggestion=f"Set batch_size to at most {count}, or drop_last to false.",
            )
        ]
    norms = [node for node in project.graph.ordered() if size == 1 and node.kind == "BatchNorm1d"]
    return [
        Problem(
            "error",
            "batch-size",
            f'BatchNorm1d "{node.name}" has no variance to take over a batch of one sample.',
            node.id,
            suggestion="Set batch_size to 2 or more.",
        )
        for node in norms
    ]


def _weights_problems(
    project: Project, folder: Path | None, analysis: Analysis, engine: ShapeEngine
) -> list[Problem]:
    """Return an error for initial weights that are not there, or are another network's."""
    name = project.training.initial_weights
    if not name:
        return []
    try:
        found = weight_shapes(name, folder)
        if analysis.ok:
            matching = project.training.weights_match == "matching"
            refuse = initial_weights.refuse_strangers if matching else initial_weights.refuse_misfit
            refuse(name, found, initial_weights.wanted_shapes(project.graph, engine))
    except ProjectError as error:
        return [Problem("error", "initial-weights", error.message, argument="initial_weights")]
    return []


def _role(node: Node) -> str:
    spec = registry.find(node.kind)
    return spec.role if spec else ""


def _wanted(node: Node) -> TensorType:
    """Return what one sample is that an input node stands for."""
    return input_type(registry.get(node.kind), evaluated(node, {})[0].arguments)


def _show(sample: TensorType) -> str:
    """Return in words what samples are like."""
    shape, whole = sample.shape, "whole " if sample.dtype == "int64" else ""
    if len(shape) == 1:
        return f"rows of {shape[0]} {whole}numbers"
    if not shape:
        return f"single {whole}numbers"
    if whole:
        return f"samples of {'×'.join(map(str, shape))} whole numbers"
    return f"{'images' if len(shape) == 3 else 'samples'} of {'×'.join(map(str, shape))}"
