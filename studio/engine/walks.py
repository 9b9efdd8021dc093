"""What the window and the engine say of a walk through a network, box by box; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.engine.replies import Array
from studio.engine.requests import Json


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """Begin to go through a network box by box; a walk that is open is closed. Answered by StepsOpened.

    Attributes:
        project: The design; of a run its own is taken.
        samples: Of the data, in one batch.
        folder: Folder of the project file.
        run: Take design and best weights of this run; empty: the design, with those that training starts
            from.
        runs_folder: Where the run is kept.
    """

    id: int
    project: Json
    samples: int = 8
    folder: str = ""
    run: str = ""
    runs_folder: str = ""


@dataclass(frozen=True, slots=True)
class TakeSteps:
    """Go on to a place and show its box; answered by BoxShown, perhaps before that place if it is far.

    Attributes:
        session: Id of the OpenSteps.
        place: 0, 1 … are the boxes on the way to the loss; behind it come the same boxes backwards.
    """

    id: int
    session: int
    place: int


@dataclass(frozen=True, slots=True)
class CloseSteps:
    """Let go of all that a walk keeps. Answered by Done.

    Attributes:
        session: Id of the OpenSteps.
    """

    id: int
    session: int


@dataclass(frozen=True, slots=True)
class StepsOpened:
    """Answer to OpenSteps, whose id is the walk's from now on.

    Attributes:
        boxes: Dotted names of the nodes, in the order of computation; the last is the loss.
        samples: In the batch.
        weights: Which weights are used, in words.
        note: What to know about the numbers.
    """

    id: int
    boxes: tuple[str, ...]
    samples: int
    weights: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a tensor holds.

    Attributes:
        low: Smallest finite number; so are the next: largest, mean, and Euclidean norm.
        finite: Whether all numbers are.
        values: What is shown of it, of inputs and outputs for the first sample, float32: (K, H, W) for maps,
            made smaller where they are large; (E,) for a row of numbers.
    """

    low: float
    high: float
    mean: float
    norm: float
    finite: bool
    values: Array


@dataclass(frozen=True, slots=True)
class TensorShown:
    """A tensor of a box.

    Attributes:
        role: ``line``: one of the four lines of batch normalization.
        name: Of an input the box that it comes from, of a parameter its own, of a line what it computes.
        gradient: Of the loss with respect to it; None as long as that is not known.
    """

    role: Literal["input", "output", "parameter", "line"]
    name: str
    shape: tuple[int, ...]
    dtype: str
    value: Numbers
    gradient: Numbers | None = None


@dataclass(frozen=True, slots=True)
class BoxShown:
    """Answer to TakeSteps.

    Attributes:
        session: As in the question.
        place: The one that was reached.
        box: Number of its box.
        layer: What computes it, as torch writes it; empty for functions.
        code: Lines of Python that it is.
        loss: Of the batch; NaN before it is known.
    """

    id: int
    session: int
    place: int
    box: int
    layer: str
    code: tuple[str, ...]
    loss: float
    tensors: tuple[TensorShown, ...]
