"""Padding: borders around sequences, maps and volumes, filled in different ways."""

from __future__ import annotations

from studio.catalog.spaces import SPACES, Space
from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec

_SIDES = ("left", "right", "top", "bottom", "front", "back")
"""Torch's order: the last dimension first."""

_VALUE = ArgSpec("value", "float", 0.0, "What the border is filled with.", required=True)

_FILLED = {
    "Zero": ("zeros", "may be negative, which cuts off", ("zero padding", "border")),
    "Constant": ("one value", "may be negative, which cuts off", ("fill", "border")),
    "Reflection": (
        "the input turned over at its edge",
        "smaller than the input",
        ("mirror", "reflect", "border"),
    ),
    "Replication": ("the input's outermost values", "any width", ("repeat", "edge", "replicate", "border")),
    "Circular": (
        "the input's other end, as on a ring",
        "at most the size of the input",
        ("wrap", "periodic", "torus", "border"),
    ),
}
"""With what a border is filled, how wide it may be, and other words for it."""


def _padding(space: Space, filling: str) -> LayerSpec:
    """Return the spec of one way to pad sequences, maps or volumes."""
    kind = space.kind(f"{filling}Pad")
    what, width, synonyms = _FILLED[filling]
    names = _SIDES[: 2 * space.dims]
    border = ArgSpec(
        "padding",
        "pair",
        1,
        f"Width of the border: one number, or {', '.join(names[:-1])} and {names[-1]}; {width}.",
        minimum=None if filling in ("Zero", "Constant") else 0,
        required=True,
        unit=space.unit,
        items=2 * space.dims,
        item_names=names,
    )
    return LayerSpec(
        kind,
        kind,
        "shape",
        f"torch.nn.{kind}",
        f"Put a border of {what} around {space.noun}.",
        (border, _VALUE) if filling == "Constant" else (border,),
        (space.port,),
        (TENSOR_OUT,),
        formula="size = input + padding on both sides",
        reference=f"torch.nn.{kind}",
        synonyms=("pad", "padding", *synonyms),
        card="{padding}",
    )


LAYERS = tuple(_padding(space, filling) for filling in _FILLED for space in SPACES)
