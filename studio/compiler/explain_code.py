"""What is wrong with a custom layer: its code is not trusted, or failed when asked for its shape."""

from __future__ import annotations

from studio.catalog.custom import CODE, TITLE
from studio.compiler.case import Case
from studio.compiler.question import MIXES_SAMPLES, Answer
from studio.graph.node import Node
from studio.graph.problems import Fix, Problem

UNTRUSTED = "untrusted"


def untrusted(node: Node) -> Problem:
    """Return the problem of a layer whose code waits to be read."""
    return Problem(
        "error",
        UNTRUSTED,
        f'{TITLE} "{node.name}": this layer\'s code has not been trusted on this machine, so it is not run.',
        node.id,
        argument=CODE,
        suggestion="Read the code, and trust it if you know what it does; in a terminal: studio trust FILE.",
        fixes=(Fix("Read the code…", "trust", node.id),),
    )


def explain_code(case: Case, answer: Answer) -> Problem:
    """Return what a layer's code did on its inputs, at the line where it did it."""
    found = " and ".join(f'{wire.type.batched} from "{wire.source.name}"' for wire in case.wires)
    if answer.refusal == MIXES_SAMPLES:
        return case.problem(
            f"mixes the samples of a batch: of {found} it makes something whose dimension 0 is not the "
            "batch.",
            "Change the code so that the batch stays dimension 0.",
            code="batch",
        )
    where = f", line {answer.line}" if answer.line else ""
    return Problem(
        "error",
        "code",
        f"{case.head}{where}: {answer.refusal.rstrip('.')}; its input was {found}.",
        case.node.id,
        argument=CODE,
        suggestion="Correct the code.",
        line=answer.line,
    )
