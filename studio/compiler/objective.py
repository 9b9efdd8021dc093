"""Losses: what they compare, whether the data suit them, and what to do where not."""

from __future__ import annotations

from studio.catalog.registry import find
from studio.catalog.spec import show
from studio.compiler.case import Case, Wire
from studio.compiler.remedies import inserted, layer, replaced
from studio.compiler.types import TargetType, TensorType
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import Fix, NewLayer, Problem

CLASS_LOSSES = ("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss")
"""Losses that take one score for each class; all others compare number by number."""

_BINARY_LOSSES = ("BCEWithLogitsLoss", "BCELoss", "MultiLabelSoftMarginLoss")
"""Losses whose truth lies between 0 and 1, so that the number of a third class does not suit them."""

_KEEPS_SHAPE = ("activation", "regularization", "normalization")


def target_type(encoding: str, target: TargetType | None) -> TensorType | None:
    """Return what a Target node gives, or None where that depends on data that are not known.

    Args:
        encoding: The node's ``encoding``.
        target: What the data set gives.
    """
    if encoding == "index":
        return TensorType((), "int64")
    if target is None:
        return None
    if encoding == "one_hot":
        return TensorType((target.num_classes,)) if target.num_classes else None
    return TensorType((1,)) if target.num_classes else TensorType(target.shape)


def guard(case: Case) -> Problem | None:
    """Return what is wrong with a loss's inputs that PyTorch would let pass.

    It stretches a target of another shape to the output's, and takes any number of outputs for any
    number of classes until a class turns up that has none.
    """
    output, truth = case.wires
    problem = _wrong_encoding(case, truth)
    if problem is not None:
        return problem
    if case.spec.kind in CLASS_LOSSES:
        return _wrong_classes(case, output, truth) or _wrong_count(case, output)
    if output.type.shape != truth.type.shape:
        return _different_shapes(case, output, truth)
    return _wrong_count(case, output)


def explain(case: Case, refusal: str) -> Problem:
    """Return the problem behind PyTorch's refusal to compute a loss."""
    output, truth = case.wires
    return case.problem(
        f'PyTorch refuses {output.type.batched} from "{output.source.name}" against {truth.type.batched} '
        f'from "{truth.source.name}": {refusal.rstrip(".")}.',
        "Change what is compared, or use another loss.",
    )


def _wrong_encoding(case: Case, truth: Wire) -> Problem | None:
    """Return the problem of a Target that says its truth in a form the data or the loss does not have."""
    if truth.source_spec.role != "target":
        return None
    encoding = str(truth.source_spec.values(truth.source.arguments)["encoding"])
    wanted = _encoding_for(case, encoding)
    if case.spec.kind in CLASS_LOSSES and case.target is not None and not case.target.num_classes:
        return case.problem(
            "needs classes, and the data set gives values.",
            "Use MSELoss, or a data set with classes.",
            code="target",
        )
    if encoding == wanted:
        return None
    return case.problem(
        f'"{truth.source.name}" gives {_ENCODINGS[encoding]}; it needs {_ENCODINGS[wanted]}.',
        f'Set encoding of "{truth.source.name}" to {wanted}.',
        code="target",
        port=truth.port.name,
        nodes=(truth.source.id,),
        fix=Fix(f"Set encoding to {wanted}", "set", truth.source.id, argument="encoding", value=wanted),
    )


def _encoding_for(case: Case, encoding: str) -> str:
    """Return the encoding of the truth that suits a loss, its outputs and the data: `encoding` if it does."""
    if case.spec.kind in CLASS_LOSSES:
        return encoding if (case.spec.kind, encoding) == ("CrossEntropyLoss", "one_hot") else "index"
    outputs = case.wires[0].type.numel
    if case.target is None:
        return encoding if encoding != "index" else "one_hot" if outputs > 1 else "float"
    classes = case.target.num_classes
    if classes == 0:
        return "float"
    if classes == outputs or (classes > 2 and case.spec.kind in _BINARY_LOSSES):
        return "one_hot"
    return encoding if encoding != "index" else "float"


_ENCODINGS = {
    "index": "the number of a class, (N,)",
    "one_hot": "a 1 for the class among zeros, (N, C)",
    "float": "a value, (N, 1)",
}


def _wrong_classes(case: Case, output: Wire, truth: Wire) -> Problem | None:
    """Return what keeps a class loss from reading one score for each class."""
    is_data = truth.source_spec.role == "target"
    if not is_data:
        return None
    if len(output.type.shape) != 1:
        return _not_scores(case, output)
    scores = output.type.shape[0]
    classes = case.target.num_classes if case.target else 0
    if classes and (scores < classes or (truth.type.shape and scores != classes)):
        fixes = resize_fixes(case.graph, output.source, classes)
        return case.problem(
            f"expected {classes} scores, one for each class of the data, got {scores} from "
            f'"{output.source.name}".',
            f"{fixes[0].label}." if fixes else f"Let the last layer give {classes} outputs.",
            code="classes",
            fixes=fixes
            or (
                inserted(case, output, f"Insert Linear to {classes}", layer("Linear", out_features=classes)),
            ),
        )
    if scores == 1:
        return case.problem(
            f'one score from "{output.source.name}" cannot tell classes apart.',
            "Let the last layer give one output for each class, or use BCEWithLogitsLoss.",
            code="classes",
            fixes=_for_one_score(case, output, classes),
        )
    return None


def _not_scores(case: Case, output: Wire) -> Problem:
    """Explain maps, or single numbers, where one row of scores for each sample is needed."""
    message = (
        f'expected (N, C) at "{output.port.name}", got {output.type.batched} from "{output.source.name}".'
    )
    if not output.type.shape:
        return case.problem(message, "Let the last layer give one output for each class.")
    linear = _producer(case.graph, output.source)
    if linear is not None and case.graph.inputs_of(linear.id, "input"):
        fixes = _before_linear(case, linear)
        return case.problem(message, f"{fixes[0].label}.", fixes=fixes)
    return case.problem(
        message,
        "Insert a Flatten and a Linear layer with one output for each class (or an AdaptiveAvgPool2d and "
        "a Flatten, where the channels are the classes).",
        fixes=_to_scores(case, output),
    )


def _before_linear(case: Case, linear: Node) -> tuple[Fix, ...]:
    """Return the edits that let the last Linear layer give one row: it gets a row, or one step of several."""
    edge = case.graph.inputs_of(linear.id, "input")[0]
    given = case.outputs.get((edge.source, edge.source_port))
    place = f' before "{linear.name}"'
    flat = Fix(f"Insert Flatten{place}", "insert", linear.id, "input", "Flatten")
    if given is not None and len(given.shape) == 2:
        before = case.graph.node(edge.source)
        spec = find(before.kind)
        last = _insertion(f"Insert Select of the last step{place}", linear, layer("Select", dim=1, index=-1))
        mean = _insertion(f"Insert Mean over the steps{place}", linear, layer("Mean", dim=(1,)))
        is_sequence = spec is not None and spec.family == "sequence"
        recurrent = before.kind in ("RNN", "LSTM", "GRU")
        return (last, mean, flat) if recurrent else (mean, flat) if is_sequence else (flat, mean)
    if given is not None and len(given.shape) == 3:
        pool = layer("AdaptiveAvgPool2d", output_size=1)
        label = f"Add Global Average Pool and Flatten{place}"
        return flat, _insertion(label, linear, pool, layer("Flatten"))
    return (flat,)


def _insertion(label: str, node: Node, first: NewLayer, *rest: NewLayer) -> Fix:
    return Fix(label, "insert", node.id, "input", first.kind, arguments=first.arguments, then=rest)


def _to_scores(case: Case, output: Wire) -> tuple[Fix, ...]:
    """Return the edits that make one score for each class of maps, or of a sequence."""
    classes = (case.target.num_classes if case.target else 0) or output.type.shape[0]
    linear, flat = layer("Linear", out_features=classes), layer("Flatten")
    dense = inserted(case, output, f"Insert Flatten and Linear to {classes}", flat, linear)
    dims = len(output.type.shape) - 1
    if dims not in (2, 3):
        return (dense,)
    pool = layer(f"AdaptiveAvgPool{dims}d", output_size=1)
    if output.type.shape[0] == classes:
        return inserted(case, output, "Add Global Average Pool and Flatten", pool, flat), dense
    label = f"Add Global Average Pool, Flatten and Linear to {classes}"
    return inserted(case, output, label, pool, flat, linear), dense


def _for_one_score(case: Case, output: Wire, classes: int) -> tuple[Fix, ...]:
    """Return the edits for a loss of classes that gets a single number."""
    binary = replaced(case.node, "BCEWithLogitsLoss")
    return (*resize_fixes(case.graph, output.source, max(classes, 2)), *((binary,) if classes < 3 else ()))


def _different_shapes(case: Case, output: Wire, truth: Wire) -> Problem:
    """Explain an output that does not have the shape of what it is compared with."""
    message = (
        f'expected the shape of the target, {truth.type.batched} from "{truth.source.name}", '
        f'got {output.type.batched} from "{output.source.name}".'
    )
    if output.type.numel == truth.type.numel and len(truth.type.shape) != 1:
        fix = case.insert_fix("Reshape", output.port.name, shape=truth.type.shape)
        return case.problem(message, f"{fix.label} before it.", fix=fix)
    if output.type.numel == truth.type.numel:
        return case.problem(
            message, "Insert a Flatten before it.", fix=case.insert_fix("Flatten", output.port.name)
        )
    fixes = _to_shape(case, output, truth)
    return case.problem(
        message,
        f"{fixes[0].label}." if fixes else "Make the last layer's output the same shape.",
        fixes=fixes,
    )


def _to_shape(case: Case, output: Wire, truth: Wire) -> tuple[Fix, ...]:
    """Return the edits that make an output as large as what it is compared with."""
    wanted, given = truth.type.shape, output.type.shape
    if len(given) == 1:
        resize = resize_fixes(case.graph, output.source, truth.type.numel)
        if len(wanted) == 1:
            return resize
        linear, shaped = layer("Linear", out_features=truth.type.numel), layer("Reshape", shape=wanted)
        label = f"Insert Linear to {truth.type.numel} and Reshape {show(wanted)}"
        return (*resize, inserted(case, output, label, linear, shaped))
    if len(given) == len(wanted) == 3:
        layers = _resized(given, wanted)
        return (inserted(case, output, "Insert " + " and ".join(_names(layers)), *layers),)
    return ()


def _resized(given: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[NewLayer, ...]:
    """Return the layers that make maps of one shape of maps of another."""
    size = layer("Upsample", size=wanted[1:], scale_factor=None)
    width = layer("Conv2d", out_channels=wanted[0], kernel_size=1)
    return (*((size,) if given[1:] != wanted[1:] else ()), *((width,) if given[0] != wanted[0] else ()))


def _names(layers: tuple[NewLayer, ...]) -> list[str]:
    """Return layers as a label has them."""
    words = []
    for new in layers:
        given = dict(new.arguments)
        is_convolution = new.kind == "Conv2d"
        words.append(
            f"1×1 convolution to {given['out_channels']}"
            if is_convolution
            else f"{new.kind} to {show(given['size'])}"
        )
    return words


def _wrong_count(case: Case, output: Wire) -> Problem | None:
    """Return the problem of numbers for each class, or each output, that are more or fewer than those."""
    for argument in case.spec.arguments:
        value = case.values[argument.name]
        if not argument.is_tensor or value is None or not output.type.shape:
            continue
        count = len(value) if isinstance(value, tuple) else 1
        is_class = case.spec.kind in CLASS_LOSSES
        wanted = output.type.shape[0 if is_class else -1]
        if count != wanted and (is_class or count != 1):
            what = "scores" if is_class else "outputs"
            return case.problem(
                f'{argument.name} holds {count} numbers, and "{output.source.name}" gives {wanted} {what}.',
                f"Give {argument.name} {wanted} numbers, or clear it.",
                argument=argument.name,
                fix=Fix(f"Clear {argument.name}", "set", case.node.id, argument=argument.name, value=None),
            )
    return None


def _producer(graph: Graph, node: Node) -> Node | None:
    """Return the Linear layer that decides a node's width, seen through layers that keep the shape."""
    while node.kind != "Linear":
        spec, edges = find(node.kind), graph.inputs_of(node.id)
        if spec is None or spec.family not in _KEEPS_SHAPE or len(edges) != 1:
            return None
        node = graph.node(edges[0].source)
    return node


def resize_fixes(graph: Graph, source: Node, width: int) -> tuple[Fix, ...]:
    """Return the edit that gives the last Linear layer before a node another width, if there is one."""
    linear = _producer(graph, source)
    if linear is None:
        return ()
    label = f'Set out_features of "{linear.name}" to {width}'
    return (Fix(label, "set", linear.id, argument="out_features", value=width),)
