"""The menu of transforms that can be added, each with what it does: random ones, then fixed ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.errors import DataError
from studio.project.sample import Sample
from studio.project.transforms import TRANSFORMS, Transform, TransformSpec, sample_after


class TransformMenu(QMenu):
    """Offers every transform that can be done to the samples as they come to the end of the list."""

    chosen = Signal(object)
    """The `Transform` to add."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.transforms.menu")
        self.setToolTipsVisible(True)
        self._transforms: tuple[Transform, ...] = ()
        self._sample: Sample | None = None
        self._actions: dict[str, QAction] = {}
        for spec in TRANSFORMS.values():
            if spec.is_random:
                self._add(spec)
        self.addSeparator()
        for spec in TRANSFORMS.values():
            if not spec.is_random:
                self._add(spec)

    def _add(self, spec: TransformSpec) -> None:
        action = self.addAction(f"{spec.title}\t{spec.summary}")
        action.setObjectName(f"action.transforms.add.{spec.kind}")
        action.triggered.connect(
            lambda _checked=False, kind=spec.kind: self.chosen.emit(
                fitting(kind, self._transforms, self._sample)
            )
        )
        self._actions[spec.kind] = action

    def offer(self, transforms: Sequence[Transform], sample: Sample | None) -> None:
        """Say which transforms can come after those that are there.

        Args:
            transforms: In order.
            sample: What comes to the first of them; None if that is not known.
        """
        self._transforms, self._sample = tuple(transforms), sample
        for kind, action in self._actions.items():
            reason = why_not(kind, self._transforms, sample)
            spec = TRANSFORMS[kind]
            action.setEnabled(not reason)
            action.setToolTip(reason or f"{spec.summary} {spec.reference}".strip())


def why_not(kind: str, transforms: Sequence[Transform], sample: Sample | None) -> str:
    """Return why a kind cannot be added; empty if it can."""
    if TRANSFORMS[kind].mixes and any(transform.spec.mixes for transform in transforms):
        return "Samples are mixed already"
    if sample is None:
        return ""
    try:
        sample_after((*transforms, fitting(kind, transforms, sample)), sample)
    except DataError as error:
        return error.message
    return ""


def fitting(kind: str, transforms: Sequence[Transform], sample: Sample | None) -> Transform:
    """Return a transform to add: what is cut out is no larger than what comes to the end of the list."""
    plain = Transform.of(kind)
    if sample is None or kind != "center_crop":
        return plain
    try:
        shape = sample_after(transforms, sample).shape
    except DataError:
        return plain
    return Transform.of(kind, size=min(int(plain.values["size"]), *shape[1:])) if len(shape) == 3 else plain
