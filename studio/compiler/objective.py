"""Losses: what they compare, whether the data suit them, and what to do where not."""

from __future__ import annotations

from studio.catalog.registry import find
from studio.compiler.case import Case, Wire
from studio.compiler.types import TargetType, TensorType
from studio.graph.node import Node
from studio.graph.problems import Fix, Problem

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
        fix = _resize_fix(case, output.source, classes)
        return case.problem(
            f"expected {classes} scores, one for each class of the data, got {scores} from "
            f'"{output.source.name}".',
            f"{fix.label}." if fix else f"Let the last layer give {classes} outputs.",
            code="classes",
            fix=fix,
        )
    if scores == 1:
        return case.problem(
            f'one score from "{output.source.name}" cannot tell classes apart.',
            "Let the last layer give one output for each class, or use BCEWithLogitsLoss.",
            code="classes",
        )
    return None


def _not_scores(case: Case, output: Wire) -> Problem:
    """Explain maps, or single numbers, where one row of scores for each sample is needed."""
    message = (
        f'expected (N, C) at "{output.port.name}", got {output.type.batched} from "{output.source.name}".'
    )
    if not output.type.shape:
        return case.problem(message, "Let the last layer give one output for each class.")
    linear = _producer(case, output.source)
    if linear is not None and case.graph.inputs_of(linear.id, "input"):
        fix = Fix(f'Insert Flatten before "{linear.name}"', "insert", linear.id, "input", "Flatten")
        return case.problem(message, f"{fix.label}.", fix=fix)
    return case.problem(
        message,
        "Insert a Flatten and a Linear layer with one output for each class (or an AdaptiveAvgPool2d and "
        "a Flatten, where the channels are the classes).",
        fix=case.insert_fix("Flatten"),
    )


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
    resize = _resize_fix(case, output.source, truth.type.numel) if len(truth.type.shape) == 1 else None
    return case.problem(
        message, f"{resize.label}." if resize else "Make the last layer's output the same shape.", fix=resize
    )


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


def _producer(case: Case, node: Node) -> Node | None:
    """Return the Linear layer that decides a node's width, seen through layers that keep the shape."""
    while node.kind != "Linear":
        spec, edges = find(node.kind), case.graph.inputs_of(node.id)
        if spec is None or spec.family not in _KEEPS_SHAPE or len(edges) != 1:
            return None
        node = case.graph.node(edges[0].source)
    return node


def _resize_fix(case: Case, source: Node, width: int) -> Fix | None:
    """Return the edit that gives the last Linear layer another width."""
    linear = _producer(case, source)
    if linear is None:
        return None
    label = f'Set out_features of "{linear.name}" to {width}'
    return Fix(label, "set", linear.id, argument="out_features", value=width)
