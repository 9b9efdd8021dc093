"""Layers that training leaves as they are."""

from __future__ import annotations

from typing import Any

from torch import nn


class _Still:
    """A normalization that stays in evaluation mode, whatever the network around it is told."""

    def train(self, mode: bool = True) -> Any:
        """Stay in evaluation mode: running statistics are used, and not touched."""
        return super().train(False)  # type: ignore[misc]


class StillBatchNorm1d(_Still, nn.BatchNorm1d):
    """A frozen BatchNorm1d."""


class StillBatchNorm2d(_Still, nn.BatchNorm2d):
    """A frozen BatchNorm2d."""


class StillBatchNorm3d(_Still, nn.BatchNorm3d):
    """A frozen BatchNorm3d."""


class StillSyncBatchNorm(_Still, nn.SyncBatchNorm):
    """A frozen SyncBatchNorm."""


class StillInstanceNorm1d(_Still, nn.InstanceNorm1d):
    """A frozen InstanceNorm1d."""


class StillInstanceNorm2d(_Still, nn.InstanceNorm2d):
    """A frozen InstanceNorm2d."""


class StillInstanceNorm3d(_Still, nn.InstanceNorm3d):
    """A frozen InstanceNorm3d."""


_STILL: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: StillBatchNorm1d,
    nn.BatchNorm2d: StillBatchNorm2d,
    nn.BatchNorm3d: StillBatchNorm3d,
    nn.SyncBatchNorm: StillSyncBatchNorm,
    nn.InstanceNorm1d: StillInstanceNorm1d,
    nn.InstanceNorm2d: StillInstanceNorm2d,
    nn.InstanceNorm3d: StillInstanceNorm3d,
}


def freeze(module: nn.Module) -> None:
    """Exempt a layer from learning: no gradients, and no running statistics of its own any more.

    A normalization that went on with the batch's statistics would change what a frozen network computes
    although none of its weights changes; one that has no running statistics goes on with the batch's, as
    it does in evaluation too. Dropout goes on: it has nothing to learn.
    """
    module.requires_grad_(False)
    for part in module.modules():
        still = _STILL.get(type(part))
        if still is not None and getattr(part, "track_running_stats", True):
            part.__class__ = still
            part.eval()
