"""The state of a run as arrays and texts, exact enough to go on from as if nothing had happened.

Weights, buffers, the optimizer's memory, the state of every random generator, and the position within
the epoch: with these and the same number of threads, a resumed run on the CPU equals one that was
never interrupted to the last bit.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.errors import DataError, RunError
from studio.runs.checkpoints import Checkpoint
from studio.training.optimizer_state import lay_as_parameters, optimizer_state, optimizer_tensors
from studio.training.schedules import Plateau
from studio.training.session import Session
from studio.training.sharding import alike_all, alike_memory, whole
from studio.training.steps import StepLog

FORMAT = 1

SHOWN = 12
"""Figures of a fingerprint that messages show."""


@dataclass(slots=True)
class Position:
    """How far a run is.

    Attributes:
        epoch: The epoch under way, counted from 1.
        batch: The batch of it that comes next, counted from 0.
        step: Optimizer steps done.
        best_val_loss: Lowest so far.
        best_epoch: When; 0 before the first.
        best_val_accuracy: Then.
        seconds: Spent training.
        lr: The learning rate that was set by hand during the run; 0: the settings'.
        plateau: What a schedule that looks at the validation loss remembers.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    best_val_loss: float = float("inf")
    best_epoch: int = 0
    best_val_accuracy: float = float("nan")
    seconds: float = 0.0
    lr: float = 0.0
    plateau: Plateau = field(default_factory=Plateau)


Arrays = dict[str, NDArray[Any]]


def to_arrays(tensors: dict[str, Tensor]) -> Arrays:
    """Return tensors as arrays in main memory that share nothing with them."""
    # By name: processes that hold parts of them must all give the same one, and a file has no order.
    return {
        name: whole(tensors[name]).detach().to("cpu", copy=True).contiguous().numpy()
        for name in sorted(tensors)
    }


def capture(session: Session, position: Position, log: StepLog) -> tuple[Arrays, dict[str, str]]:
    """Return the arrays and texts of a resume checkpoint; the log must have been read."""
    tensors = {f"model.{name}": tensor for name, tensor in session.state().items()}
    tensors |= {f"optimizer.{name}": tensor for name, tensor in optimizer_tensors(session.optimizer).items()}
    if session.average is not None:
        tensors |= {f"average.{name}": tensor for name, tensor in session.average.tensors().items()}
    tensors["rng.cpu"] = torch.get_rng_state()
    if session.device.type == "cuda":
        tensors["rng.device"] = torch.cuda.get_rng_state(session.device)
    elif session.device.type == "mps":
        tensors["rng.device"] = torch.mps.get_rng_state()
    texts = {
        "format": str(FORMAT),
        "position": json.dumps(asdict(position)),
        "sums": json.dumps([log.loss_sum, log.correct_sum, log.samples]),
        "scaler": session.precision.state(),
        "device": str(session.device),
        "torch": torch.__version__,
        "threads": str(torch.get_num_threads()),
    }
    if session.fingerprint is not None:
        texts |= {"data": session.fingerprint.text, "samples": str(session.fingerprint.count)}
    return to_arrays(tensors), texts


def restore(checkpoint: Checkpoint, session: Session, log: StepLog) -> Position:
    """Put a session into the state of a resume checkpoint, and return the position.

    Raises:
        RunError: The checkpoint is of another network, or no resume checkpoint.
        DataError: It is of other data.
    """
    if checkpoint.metadata.get("format") != str(FORMAT):
        raise RunError(_other_format(checkpoint.metadata.get("format", "")))
    _refuse_other_data(checkpoint, session)
    tensors = {name: torch.tensor(array) for name, array in checkpoint.tensors.items()}
    try:
        session.module.load_state_dict(alike_all(_under("model.", tensors), session.state()))
        memory = optimizer_state(_under("optimizer.", tensors))
        alike_memory(memory, session.optimizer)
        session.optimizer.load_state_dict(
            {"state": memory, "param_groups": session.optimizer.state_dict()["param_groups"]}
        )
        lay_as_parameters(session.optimizer)
        if session.average is not None:
            session.average.load(_under("average.", tensors))
        session.precision.load(checkpoint.metadata.get("scaler", ""))
    except (RuntimeError, ValueError, KeyError) as error:
        raise RunError(f"The checkpoint is of another network: {error}") from error
    # The generators come last: building and loading must not have drawn from them.
    torch.set_rng_state(tensors["rng.cpu"])
    if session.device.type == "cuda" and "rng.device" in tensors:
        torch.cuda.set_rng_state(tensors["rng.device"], session.device)
    elif session.device.type == "mps" and "rng.device" in tensors:
        torch.mps.set_rng_state(tensors["rng.device"])
    log.loss_sum, log.correct_sum, log.samples = json.loads(checkpoint.metadata["sums"])
    return position_of(checkpoint)


def position_of(checkpoint: Checkpoint) -> Position:
    """Return how far a run was when a resume checkpoint was written.

    Raises:
        RunError: It is no such checkpoint.
    """
    try:
        return _position(json.loads(checkpoint.metadata["position"]))
    except (KeyError, ValueError, TypeError) as error:
        raise RunError("The checkpoint does not say how far the run was.") from error


def _refuse_other_data(checkpoint: Checkpoint, session: Session) -> None:
    """Raise for data that are not those that the run was trained on; an older checkpoint does not say."""
    known = checkpoint.metadata.get("data", "")
    if not known or session.fingerprint is None or session.fingerprint.text == known:
        return
    then, now = int(checkpoint.metadata["samples"]), session.fingerprint.count
    change = f"{then:,} samples then, {now:,} now" if then != now else f"other contents of {now:,} samples"
    raise DataError(
        f"The data changed since this run was trained: {change} (SHA-256 {known[:SHOWN]}… then, "
        f"{session.fingerprint.text[:SHOWN]}… now). Put them back as they were to resume it. To go on with "
        "the data as they are, set initial_weights to its last.safetensors, and start a new run."
    )


def _other_format(found: str) -> str:
    """Say what a file is that is no resume checkpoint of this version, and what can be done with it."""
    if not found.isdecimal():
        return (
            "This checkpoint cannot be resumed from: it holds weights alone, not the optimizer's memory "
            "or the position. Set initial_weights to it, and start a new run."
        )
    age = "an older" if int(found) < FORMAT else "a later"
    return (
        f"This checkpoint cannot be resumed from: {age} version of the program wrote it (format {found}, "
        f"this one knows {FORMAT}). Set initial_weights to last.safetensors beside it, and start a new run."
    )


def _position(data: dict[str, Any]) -> Position:
    """Return a position from its JSON data; what an older version did not keep is as it was then."""
    return Position(**{**data, "plateau": Plateau(**data.get("plateau", {}))})


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
