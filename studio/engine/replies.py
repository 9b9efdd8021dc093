"""What the engine answers; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.engine.requests import Json
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine runs, with this torch and these devices."""

    id: int
    pid: int
    torch: str
    devices: tuple[str, ...]
    default_device: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Answer to Check.

    Attributes:
        problems: Of the whole network; their nodes are paths.
        nodes: Reports of the nodes at the level that was asked about, by their own ids; of a row of blocks
            those of the first.
        totals: Of the whole network.
        level: As in the question.
        prefix: What stands before the paths of the level's nodes; None if it could not be opened.
    """

    id: int
    problems: tuple[Problem, ...]
    nodes: tuple[NodeReport, ...]
    totals: Totals
    level: tuple[str, ...] = ()
    prefix: str | None = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a node would be like.

    Attributes:
        shape: What it would give, without the batch dimension; None if nothing, or if that is not known.
        severity: Of the worst that would be wrong with it; empty if nothing would.
        message: What that is.
        suggestion: What to do about it.
    """

    node: str
    shape: tuple[int, ...] | None
    severity: Literal["", "error", "warning", "info"] = ""
    message: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Answer to Try: first of the wires, then of the nodes, in the order in which they were asked about."""

    id: int
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """The rows of a summary, column by column: thousands of records would take long to send.

    All columns have the same length. A block's row comes before those of what is in it, and holds their
    sum; of a row of blocks each has a row of its own, too.

    Attributes:
        paths: Path of each node in the flat graph (`studio.graph.expansion`), from which the tree is read.
        names: Its dotted name: ``layer1.0.conv1``.
        kinds: Its layer, or its block's name.
        shapes: Output shapes without the batch dimension; None where it could not be found.
        fields: Receptive fields; None for the whole input, or where there is none.
        parameters: Learnable numbers.
        trainable: Those of them that are not frozen.
        macs: Multiply-accumulates for one sample.
        activation_bytes: Memory of the outputs for one sample.
    """

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    shapes: tuple[tuple[int, ...] | None, ...] = ()
    fields: tuple[tuple[int, ...] | None, ...] = ()
    parameters: tuple[int, ...] = ()
    trainable: tuple[int, ...] = ()
    macs: tuple[int, ...] = ()
    activation_bytes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarised:
    """Answer to Summarise.

    Attributes:
        batch_size: The one that `Totals.training_bytes` is for.
        problems: Of the whole network; those of its data only where it was just checked.
    """

    id: int
    columns: SummaryColumns
    totals: Totals
    batch_size: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class DataDescribed:
    """Answer to DescribeData.

    Attributes:
        shape: Shape of one sample after the transforms: (C, H, W) or (E,).
        classes: Names of the classes; empty for regression.
        counts: Samples in train, validation, test.
        samples: A few training samples as the data set gives them, before normalization; (K, *).
        labels: Their labels, (K,).
        available: False when it has to be downloaded first.
        message: What to tell the person: how to get it, or what was left out of it.
        changed: The samples after the transforms, drawn once, (K, *shape); (0,) without transforms.
        class_counts: Samples of each class in train, validation, test; (3, C).
        means: Of each feature of rows, or channel of pictures, over the training part; (F,).
        variances: Likewise, divided by T - 1; (F,).
        correlation: Of the features of rows, (F, F); (0, 0) for pictures and for very many.
        texts: The first samples in words, where they are texts.
        features: What the numbers of a row are called; empty if they have no names.
    """

    id: int
    dataset: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    counts: tuple[int, int, int]
    samples: Array = field(default_factory=lambda: np.zeros((0,), np.float32))
    labels: Array = field(default_factory=lambda: np.zeros((0,), np.int64))
    available: bool = True
    message: str = ""
    changed: Array = field(default_factory=lambda: np.zeros((0,), np.float32))
    class_counts: Array = field(default_factory=lambda: np.zeros((3, 0), np.int64))
    means: Array = field(default_factory=lambda: np.zeros((0,)))
    variances: Array = field(default_factory=lambda: np.zeros((0,)))
    correlation: Array = field(default_factory=lambda: np.zeros((0, 0)))
    texts: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """What the first rows of a column hold.

    Attributes:
        numbers: Fields that are numbers.
        missing: Fields that say nothing.
        different: Different fields that say something.
        examples: The first of those.
    """

    name: str
    numbers: int
    missing: int
    different: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRead:
    """Answer to ReadTable.

    Attributes:
        rows: Of the table.
        looked_at: As many of them, the first, were counted.
        columns: In the order of the table.
    """

    id: int
    rows: int
    looked_at: int
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long request is; `total` 0 means unknown."""

    id: int
    done: float
    total: float
    label: str


@dataclass(frozen=True, slots=True)
class DataFetched:
    """Answer to FetchData."""

    id: int
    dataset: str


@dataclass(frozen=True, slots=True)
class Exported:
    """Answer to Export.

    Attributes:
        difference: Largest difference of the outputs of what was written, as a share of the largest output.
        remarks: What to know about it.
    """

    id: int
    path: str
    difference: float
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkOffer:
    """A network that can be imported.

    Attributes:
        shape: Shape of the images it was trained with, (C, H, W).
        parameters: Learnable numbers.
        weights: Name of its trained weights.
        weights_bytes: Size of their file.
        accuracy: Share of ImageNet's validation images that it classifies rightly; NaN if nobody says.
        is_here: Whether its trained weights are on this computer.
    """

    name: str
    shape: tuple[int, ...]
    parameters: int
    weights: str
    weights_bytes: int
    accuracy: float
    is_here: bool


@dataclass(frozen=True, slots=True)
class NetworksListed:
    """Answer to ListNetworks."""

    id: int
    networks: tuple[NetworkOffer, ...]


@dataclass(frozen=True, slots=True)
class WeightsFetched:
    """Answer to FetchWeights."""

    id: int
    network: str


@dataclass(frozen=True, slots=True)
class NetworkImported:
    """Answer to ImportNetwork.

    Attributes:
        name: What to call the project.
        weights: The file in the folder of the request that it starts from; empty for none.
        difference: Largest difference between its outputs and the original's on an example; 0.0: bit-equal.
        notes: What to know about it.
    """

    id: int
    project: Json
    name: str
    weights: str
    difference: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Answer to StartRun: the run exists, and its live records follow."""

    id: int
    run: str
    runs_folder: str


@dataclass(frozen=True, slots=True)
class Done:
    """The request was carried out, and there is nothing to say about it."""

    id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The request was not carried out.

    Attributes:
        code: ``data``, ``project``, ``problems``, ``busy``, ``cancelled``, ``internal`` …
        message: What failed, what was found, what to do.
        node: Id of the node it belongs to.
        details: A traceback, where the fault is ours; of the code ``grant`` the folder that the
            person may allow.
    """

    id: int
    code: str
    message: str
    node: str = ""
    details: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The engine is gone. Made by the client, never sent.

    Attributes:
        message: What happened, in words: ``killed by signal 9``.
        log: The last lines it wrote.
    """

    message: str
    log: str = ""
