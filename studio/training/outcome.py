"""The end of a run: the weights that it leaves, and what it reached, in words."""

from __future__ import annotations

import math

from studio.training.keeper import Keeper
from studio.training.session import Session
from studio.training.snapshot import Position


def put_back(session: Session, keeper: Keeper, position: Position) -> str:
    """Give the network the weights that the run is to leave, and say which, if not simply the last.

    With early stopping those are the best epoch's, running statistics and all; else, where the settings ask
    for an average of the weights, the average. What is kept to go on from has been written before.
    """
    best = keeper.load_best(position) if session.config.patience and position.best_epoch else None
    if best is not None:
        if not session.is_sharded:  # nobody looks at a network in parts; the one that was kept is whole
            session.module.load_state_dict(best)
        is_last = position.best_epoch >= position.epoch - 1
        return "" if is_last else f"The weights of epoch {position.best_epoch} were put back."
    if not session.is_sharded:
        session.module.load_state_dict(session.weights())
    return ""


def summary(position: Position, total: int, *, stopped: bool, ended: str) -> str:
    """Return what a run reached.

    Args:
        position: How far it came.
        total: Steps that it would have had.
        stopped: By hand.
        ended: Why it ended before its last epoch, if not by hand.
    """
    begin = f"Stopped after {position.step:,} of {total:,} steps. " if stopped else f"{ended} ".lstrip()
    if not position.best_epoch:
        return f"{begin}No epoch was completed."
    accuracy = position.best_val_accuracy
    share = "" if math.isnan(accuracy) else f", accuracy {accuracy:.1%}"
    best = f"validation loss {position.best_val_loss:.4g}{share}"
    return f"{begin}Best in epoch {position.best_epoch}: {best}."
