"""What the window asks of the engine; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from studio.graph.node import Edge

Json: TypeAlias = dict[str, Any]
"""A project in its file form (`studio.project.format.to_data`)."""


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
class Try:
    """Ask what would come of wires that are not there. A newer Try makes an older one moot.

    Attributes:
        project: The design without them.
        wires: Each is tried by itself; a port that takes one wire gives up the one it has.
        nodes: Nodes to look at in the design as it is.
        level: Ids of the instances that lead to where wires and nodes are.
        folder: Folder of the project file.
    """

    id: int
    project: Json
    wires: tuple[Edge, ...] = ()
    nodes: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    folder: str = ""


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
    """Ask what a data set looks like: sample shape, classes, counts, statistics, a few samples.

    Attributes:
        draw: Another number draws other random numbers for the transforms.
    """

    id: int
    data: Json
    folder: str = ""
    draw: int = 0


@dataclass(frozen=True, slots=True)
class ReadTable:
    """Ask what the columns of the table hold that the data settings name. Answered by TableRead."""

    id: int
    data: Json
    folder: str = ""


@dataclass(frozen=True, slots=True)
class LookAt:
    """Ask what a node gives for one sample; a newer LookAt makes an older one moot. Answered by LookedAt.

    Attributes:
        node: Its path: ``n3``, or ``n5[0]/n2`` inside a block.
        sample: Which of the validation samples.
        folder: Folder of the project file.
        run: Take the best weights of this run where they fit; empty takes those that training starts from.
        runs_folder: Where the run is kept.
    """

    id: int
    project: Json
    node: str
    sample: int = 0
    folder: str = ""
    run: str = ""
    runs_folder: str = ""


@dataclass(frozen=True, slots=True)
class DrawSurface:
    """Ask what a network of one or two inputs computes over their range; a newer one makes an older one moot.

    Answered by SurfaceDrawn.

    Attributes:
        project: The design; of a run its own is taken.
        node: Name of the node whose units are wanted, too; may be empty.
        folder: Folder of the project file.
        run: Take design and weights of this run; empty: the design, with those that training starts from.
        runs_folder: Where the run is kept.
        checkpoint: Which weights of the run.
    """

    id: int
    project: Json
    node: str = ""
    folder: str = ""
    run: str = ""
    runs_folder: str = ""
    checkpoint: Literal["best", "last"] = "best"


@dataclass(frozen=True, slots=True)
class LookInside:
    """Ask what a network at rest makes of samples of its data; a newer one makes an older one moot.

    Progress comes until LookedInside or Failed.

    Attributes:
        project: The design; of a run its own is taken.
        node: Name of the node, dotted inside blocks.
        page: What is wanted: ``units`` over samples, and how they go together; ``embedding``: samples as
            points; ``maps``: one sample through all layers; ``saliency``: what its class hangs on;
            ``strongest``: samples that a unit answers to most; ``weights``: the node's own.
        part: Of the data.
        samples: How many, at most.
        reduction: How the positions of a unit become one number.
        method: How samples become points.
        sample: The one of the part that ``maps`` and ``saliency`` are about.
        target: The class that is explained; -1: the one with the largest score.
        unit: The one whose strongest samples are wanted.
        parameter: Which of the node's parameters is wanted; empty: the first.
        folder: Folder of the project file.
        run: Take design and weights of this run; empty: the design, with those that training starts from.
        runs_folder: Where the run is kept.
        checkpoint: Which weights of the run.
    """

    id: int
    project: Json
    node: str
    page: Literal["units", "embedding", "maps", "saliency", "strongest", "weights"] = "units"
    part: Literal["train", "validation"] = "validation"
    samples: int = 256
    reduction: Literal["mean", "max"] = "mean"
    method: Literal["pca", "umap"] = "pca"
    sample: int = 0
    target: int = -1
    unit: int = 0
    parameter: str = ""
    folder: str = ""
    run: str = ""
    runs_folder: str = ""
    checkpoint: Literal["best", "last"] = "best"


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
        carry_on: Name of a run whose weights and optimizer's memory the new one takes over, where they fit.
        budget: Share of training time that looking may cost, until a `Watch` says otherwise.
    """

    id: int
    project: Json
    path: str = ""
    folder: str = ""
    runs_folder: str = ""
    run: str = ""
    resume: str = ""
    carry_on: str = ""
    budget: float = 0.02


@dataclass(frozen=True, slots=True)
class FindLr:
    """Look for a learning rate; Progress comes until LrFound or Failed.

    Attributes:
        method: ``halving``: the lecture's, on a part of the data. ``range``: growing from step to step.
        share: Part of the training data that halving uses.
        folder: Folder of the project file.
    """

    id: int
    project: Json
    method: Literal["halving", "range"]
    share: float = 0.1
    folder: str = ""


@dataclass(frozen=True, slots=True)
class CheckGradients:
    """Hold autograd's gradients against finite differences; Progress comes until GradientsChecked or Failed.

    Attributes:
        node: Dotted name of the one node to check by itself; empty: all.
        alone: Check each layer by itself rather than all through the loss.
        samples: Of the data, run at once.
        coordinates: Compared of each tensor at most.
        folder: Folder of the project file.
    """

    id: int
    project: Json
    node: str = ""
    alone: bool = False
    samples: int = 4
    coordinates: int = 20
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ProfileLayers:
    """Measure how long each layer takes; Progress comes until LayersProfiled or Failed.

    Attributes:
        folder: Folder of the project file.
    """

    id: int
    project: Json
    folder: str = ""


@dataclass(frozen=True, slots=True)
class EvaluateRun:
    """Measure what a run's network is worth; Progress comes until RunEvaluated or Failed.

    Attributes:
        run: Name of the run.
        runs_folder: Where it is kept.
        folder: Folder of the project file, where relative data folders start.
        part: Of the data.
        checkpoint: Which weights.
        statistics: Of batch normalizations: as the checkpoint has them, those of training, or others found on
            the training part.
        voters: Names of further runs, whose probabilities are averaged with this run's.
        crops: 10: corners and centre of each picture, also mirrored, are averaged; else 1.
        crop_size: Side of a crop; 0: that of the picture.
        scales: Lengths that the shorter side of a picture is brought to, which are averaged, too.
    """

    id: int
    run: str
    runs_folder: str
    folder: str = ""
    part: Literal["train", "validation", "test"] = "validation"
    checkpoint: Literal["best", "last"] = "best"
    statistics: Literal["kept", "running", "update_bn", "final_phase"] = "kept"
    voters: tuple[str, ...] = ()
    crops: int = 1
    crop_size: int = 0
    scales: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PredictFile:
    """Say what a run's network makes of a file; Predicted or Failed comes.

    Attributes:
        run: Name of the run.
        runs_folder: Where it is kept.
        path: A picture, a ``.npy`` file, or a CSV file with a sample a row.
        folder: Folder of the project file, where relative data folders start.
        checkpoint: Which weights.
    """

    id: int
    run: str
    runs_folder: str
    path: str
    folder: str = ""
    checkpoint: Literal["best", "last"] = "best"


@dataclass(frozen=True, slots=True)
class ControlRun:
    """Pause, resume or stop the run at its next step, or let it go on at another learning rate.

    Attributes:
        action: Stop keeps a checkpoint.
        lr: For ``set_lr``.
    """

    id: int
    action: Literal["pause", "resume", "stop", "set_lr"]
    lr: float = 0.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Say what is on screen: only this is probed, within the budget.

    Attributes:
        activations: Names of nodes whose activation histogram is wanted.
        filters: Names of nodes whose learned filters are wanted.
        budget: Share of training time that looking may cost.
        weights: Names of nodes of whose weights and gradients histograms are wanted.
        norms: Whether the norms of all parameters, gradients and updates are wanted.
        surface: Name of the node whose units' surfaces are wanted beside the network's, or an empty one; no
            item at all: nobody looks at surfaces.
        surfaces: Whether looks at the network's surface are to be kept with the run, where it can be drawn.
        maps: Names of nodes of which it is wanted what they give for the probe sample.
        predictions: Whether it is wanted what the network says of the probe batch.
    """

    id: int
    activations: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    budget: float = 0.02
    weights: tuple[str, ...] = ()
    norms: bool = False
    surface: tuple[str, ...] = ()
    surfaces: bool = False
    maps: tuple[str, ...] = ()
    predictions: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdraw a request that was not answered yet; it is answered by Failed with ``cancelled``."""

    id: int
    request: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Stop the run at its next step with a checkpoint, then end the engine."""

    id: int
