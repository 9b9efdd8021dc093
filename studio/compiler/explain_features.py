"""Explanations for fixed features; see `studio.compiler.explain`."""

from __future__ import annotations

from importlib.util import find_spec

from studio.compiler.case import Case
from studio.compiler.features import missing
from studio.graph.problems import Problem

_NEEDS = {
    "MelSpectrogram": ("librosa", "librosa"),
    "MFCC": ("librosa", "librosa"),
    "HOG": ("scikit-image", "skimage"),
}
"""Library and module behind a feature."""


def guard_library(case: Case) -> Problem | None:
    """Explain that a library of the extra ``features`` is not installed."""
    library, module = _NEEDS[case.spec.kind]
    if find_spec(module) is not None:
        return None
    message, _, advice = missing(library).partition("; ")
    return case.problem(
        f"needs {message.replace(' is', ', which is', 1)}.",
        f"{advice[0].upper()}{advice[1:]}; then start the program again.",
        code="missing-extra",
    )


def guard_mel(case: Case) -> Problem | None:
    """Explain bands of frequencies that a signal does not have, and more coefficients than bands."""
    sr, low, high = (case.values[name] for name in ("sr", "fmin", "fmax"))
    assert isinstance(sr, float)
    assert isinstance(low, float)
    top = sr / 2 if not isinstance(high, float) else high
    if top > sr / 2:
        return case.problem(
            f"fmax {top:g} Hz is more than half of sr, above which a signal of {sr:g} Hz has nothing.",
            "Clear fmax.",
            argument="fmax",
            fix=case.set_fix("fmax", None, "Clear fmax"),
        )
    if low >= top:
        return case.problem(
            f"fmin {low:g} Hz must be less than {'fmax' if high is not None else 'half of sr'}, {top:g} Hz.",
            "Set fmin to 0.",
            argument="fmin",
            fix=case.set_fix("fmin", 0.0, "Set fmin to 0"),
        )
    if case.spec.kind == "MFCC" and case.number("n_mfcc") > case.number("n_mels"):
        most = case.number("n_mels")
        return case.problem(
            f"n_mfcc {case.number('n_mfcc')} is more than its {most} mel bands.",
            f"Set n_mfcc to {most} or less.",
            argument="n_mfcc",
            fix=case.set_fix("n_mfcc", most),
        )
    return None


def explain_frames(case: Case) -> Problem | None:
    """Explain a frame that is longer than the signal."""
    name = "frame_length" if case.spec.argument("frame_length") else "n_fft"
    wire, frame = case.wires[0], case.number(name)
    length = wire.type.shape[-1]
    if case.values.get("center", True) is True or frame <= length:
        return None
    return case.problem(
        f'its frames of {frame} samples are longer than the signal of {length} from "{wire.source.name}".',
        f"Set {name} to {length} or less, or center to on.",
        argument=name,
        fix=case.set_fix("center", True, "Set center to on"),
    )


def explain_hog(case: Case) -> Problem | None:
    """Explain pictures that hold not even one block."""
    cells, blocks, (height, width) = (
        case.window("pixels_per_cell"),
        case.window("cells_per_block"),
        case.sides,
    )
    needed = tuple(cell * block for cell, block in zip(cells, blocks, strict=True))
    if needed[0] <= height and needed[1] <= width:
        return None
    side = max(1, min(height // blocks[0], width // blocks[1]))
    return case.problem(
        f"one block is {needed[0]}×{needed[1]} pixels, and the pictures from "
        f'"{case.wires[0].source.name}" are {height}×{width}.',
        f"Set pixels_per_cell to {side} or less.",
        argument="pixels_per_cell",
        fix=case.set_fix("pixels_per_cell", side),
    )
