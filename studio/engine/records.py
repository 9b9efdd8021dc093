"""What crosses between the window and the engine: frozen records of plain numbers, text and arrays.

Requests go to the engine and carry an id; a reply carries the same id. Live records
(`studio.runs.records`) come by themselves while a run goes on; they say which run they are about.
`studio.engine.link` turns records into bytes and back. Neither this module nor the link imports torch
or Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals
from studio.runs.records import Live

Array: TypeAlias = npt.NDArray[Any]
Json: TypeAlias = dict[str, Any]
"""A project in its file form (`studio.project.format.to_data`)."""


# Requests ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Warm:
    """Load torch and run one small step, so that the first real question is answered at once."""

    id: int


@dataclass(frozen=True, slots=True)
class Check:
    """Ask for problems, shapes and costs of a design. A newer Check makes an older one moot.

    Attributes:
        folder: Folder of the project file, where relative data folders start.
        level: Ids of the instances that lead into the block on show; empty for the network itself.
    """

    id: int
    project: Json
    folder: str = ""
    level: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarise:
    """Ask for a design as a table. A newer one about the same subject makes an older one moot.

    Attributes:
        subject: What it is about, such as ``design`` or ``template``: questions of one do not drop the other.
    """

    id: int
    project: Json
    subject: str = "design"


@dataclass(frozen=True, slots=True)
class DescribeData:
    """Ask what a data set looks like: sample shape, classes, counts, a few samples."""

    id: int
    data: Json
    folder: str = ""


@dataclass(frozen=True, slots=True)
class FetchData:
    """Download a data set; Progress comes until DataFetched or Failed."""

    id: int
    data: Json
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """Write a network in another form, run what was written, and compare; answered by Exported or Failed.

    Attributes:
        form: Which, as in ``studio export --to``; pictures are drawn by the window itself.
        path: The file to write.
        run: Take design and best weights of this run; empty takes the project as training would start it.
        runs_folder: Where the run is kept.
        folder: Folder of the project file, where its initial weights lie.
    """

    id: int
    project: Json
    form: Literal["python", "onnx", "pt2", "safetensors"]
    path: str
    run: str = ""
    runs_folder: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ListNetworks:
    """Ask which networks can be imported."""

    id: int


@dataclass(frozen=True, slots=True)
class FetchWeights:
    """Download a network's trained weights; Progress comes until WeightsFetched or Failed."""

    id: int
    network: str


@dataclass(frozen=True, slots=True)
class ImportNetwork:
    """Make a project of a network; answered by NetworkImported or Failed.

    Attributes:
        network: One of those listed.
        weights: ``random``: none are kept, each run draws its own. ``pretrained``: torchvision's, fetched
            before. ``file``: those of `file`.
        file: A safetensors file with the network's own names.
        classes: How many it tells apart; 0 leaves it as it is.
        folder: Where its weights are written.
    """

    id: int
    network: str
    weights: Literal["random", "pretrained", "file"] = "random"
    file: str = ""
    classes: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True)
class StartRun:
    """Train a design in the background; answered by RunStarted or Failed.

    Attributes:
        path: The project file; its ``.runs`` folder keeps the run. Empty for a project never saved.
        folder: Where its relative paths start when there is no path.
        runs_folder: Where the run is kept when there is no path.
        resume: Name of the run to go on with; empty starts a new one.
    """

    id: int
    project: Json
    path: str = ""
    folder: str = ""
    runs_folder: str = ""
    run: str = ""
    resume: str = ""


@dataclass(frozen=True, slots=True)
class ControlRun:
    """Pause, resume or stop the run at its next step; Stop keeps a checkpoint."""

    id: int
    action: Literal["pause", "resume", "stop"]


@dataclass(frozen=True, slots=True)
class Watch:
    """Say what is on screen: only this is probed, within the budget.

    Attributes:
        activations: Names of nodes whose activation histogram is wanted.
        filters: Names of nodes whose learned filters are wanted.
        budget: Share of training time that looking may cost.
    """

    id: int
    activations: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    budget: float = 0.02


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdraw a request that was not answered yet; it is answered by Failed with ``cancelled``."""

    id: int
    request: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Stop the run at its next step with a checkpoint, then end the engine."""

    id: int


# Replies -------------------------------------------------------------------------------------------


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
        shape: Shape of one sample: (C, H, W) or (E,).
        classes: Names of the classes; empty for regression.
        counts: Samples in train, validation, test.
        samples: A few training samples as the data set gives them, before normalization; (K, *shape).
        labels: Their labels, (K,).
        available: False when it has to be downloaded first.
        message: What to tell the person, when it is not available.
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
        details: A traceback for the report, where the fault is ours.
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


Request: TypeAlias = (
    Warm
    | Check
    | Summarise
    | DescribeData
    | FetchData
    | Export
    | ListNetworks
    | FetchWeights
    | ImportNetwork
    | StartRun
    | ControlRun
    | Watch
    | Cancel
    | Shutdown
)
Reply: TypeAlias = (
    Ready
    | Checked
    | Summarised
    | DataDescribed
    | Progress
    | DataFetched
    | Exported
    | NetworksListed
    | WeightsFetched
    | NetworkImported
    | RunStarted
    | Done
    | Failed
)
Record: TypeAlias = Request | Reply | Live | EngineLost
