"""Explanations for whole numbers where others are wanted, and the reverse; see `studio.compiler.explain`."""

from __future__ import annotations

from studio.compiler.case import Case, Wire
from studio.compiler.remedies import replaced
from studio.graph.problems import Fix, Problem

_WORDS = {"int64": "whole numbers (int64)", "float32": "numbers (float32)", "bool": "yes or no (bool)"}

_TAKES_WHOLE = (
    *("Identity", "Embedding", "EmbeddingBag", "OneHot", "Flatten", "Unflatten", "Reshape", "Permute"),
    *("Transpose", "Squeeze", "Unsqueeze", "Slice", "Select", "Chunk", "Split", "Roll", "Concat", "Stack"),
    *("Add", "Multiply", "Subtract", "Divide", "Maximum", "Minimum", "Sum", "AMax", "Abs", "Detach"),
    *("OneMinus", "Affine", "Pow", "ExpandToBatch"),
)
"""Layers that do something sensible with whole numbers. Of the others torch refuses most, but some only
when they run: on the meta device a Softmax or a pool takes them."""


def guard_dtype(case: Case, wire: Wire) -> Problem | None:
    """Explain numbers of another format than a layer can work on."""
    wanted = wire.port.dtype
    if wanted:
        return None if wire.type.dtype == wanted else _wrong(case, wire, wanted)
    if wire.type.dtype not in ("int64", "bool") or case.spec.kind in _TAKES_WHOLE:
        return None
    return _wrong(case, wire, "float32")


def _wrong(case: Case, wire: Wire, wanted: str) -> Problem:
    """Return the problem, with the edit that mends it where there is one."""
    found, name = wire.type.dtype, wire.source.name
    words, given = _WORDS.get(wanted, wanted), _WORDS.get(found, found)
    message = f'expected {words} at "{wire.port.name}", got {given} from "{name}".'
    fix: Fix | None = None
    if wire.source.kind == "TensorInput":
        fix = Fix(f'Set dtype of "{name}" to {wanted}', "set", wire.source.id, argument="dtype", value=wanted)
        advice = f"{fix.label}."
    elif wanted == "int64" and wire.source_spec.role == "input":
        length = wire.type.numel
        fix = replaced(
            wire.source, "TokenInput", f'Replace "{name}" by a TokenInput of {length}', length=length
        )
        advice = f'Replace "{name}" by a TokenInput for texts, or an IndexInput for one number a sample.'
    elif wanted == "int64":
        advice = "Wire it to an input that gives whole numbers: TokenInput, IndexInput."
    elif found == "int64":
        fix = case.insert_fix("Embedding", wire.port.name)
        advice = f"{fix.label} before it, which looks up a learned row for each number, or OneHot."
    else:
        advice = "Wire it to a layer that gives them."
    return case.problem(message, advice, code="dtype", port=wire.port.name, fix=fix)
