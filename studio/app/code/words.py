"""What is said of a custom layer: what its code declares, and what PyTorch found."""

from __future__ import annotations

from studio.app.panels.amounts import count_text, shape_text
from studio.catalog.code_reading import read
from studio.catalog.spec import show
from studio.errors import CodeError
from studio.graph.report import NodeReport


def declared_words(code: str) -> str:
    """Return name, ports and arguments as the code declares them; empty if it cannot be read."""
    try:
        found = read(code)
    except CodeError:
        return ""
    inputs = ", ".join(
        f"{'*' if port.variadic else ''}{port.name}{' (may be missing)' if port.optional else ''}"
        for port in found.inputs
    )
    outputs = ", ".join(port.name for port in found.outputs)
    arguments = ", ".join(
        f"{one.name} (read off the wire)" if one.infer else f"{one.name} = {show(one.default)}"
        for one in found.arguments
    )
    return f"{found.name}   in: {inputs}   out: {outputs}" + (
        f"   arguments: {arguments}" if arguments else ""
    )


def report_words(report: NodeReport | None) -> str:
    """Return the shapes and the number of parameters, as far as they are known."""
    if report is None or report.shape is None:
        return "Its shape is known once everything before it is, and the level that it is in is on show."
    ports = report.outputs or (("output", report.shape),)
    shapes = ", ".join(f"{name} {shape_text(shape)}" for name, shape in ports)
    return f"PyTorch: {shapes}; {count_text(report.parameters)} parameters."
