"""The camera over time: jumps, glides, and knowing when the zoom has come to rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, QSizeF, QTimer, QVariantAnimation, Signal

from studio.app.canvas.camera import Camera
from studio.app.in_force import preferred

GLIDE_MS = 180
SETTLE_MS = 90
"""So long after the last change of zoom, sprites are painted sharp again."""


class Eye(QObject):
    """Holds the camera of one canvas.

    Args:
        size: Returns the size of the widget.
    """

    changed = Signal()
    """The camera moved, or came to rest: paint a frame."""

    zoom_changed = Signal(float)

    def __init__(self, size: Callable[[], QSizeF], parent: QObject) -> None:
        super().__init__(parent)
        self._size = size
        self._camera = Camera()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.changed)
        self._glide = QVariantAnimation(self, duration=GLIDE_MS, startValue=0.0, endValue=1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._on_glide)
        self._way = self._camera, self._camera

    @property
    def camera(self) -> Camera:
        """Where the eye is."""
        return self._camera

    @property
    def settled(self) -> bool:
        """Whether the zoom is at rest."""
        return not self._settle.isActive()

    @property
    def is_gliding(self) -> bool:
        """Whether it is on its way to where it was told to look."""
        return self._glide.state() == QVariantAnimation.State.Running

    @property
    def goal(self) -> Camera:
        """Where it is going, or is."""
        return self._way[1] if self.is_gliding else self._camera

    @property
    def area(self) -> QRectF:
        """The part of the canvas on screen."""
        return self._camera.visible(self._size())

    def look(self, camera: Camera, *, glide: bool = False, still: bool = False) -> None:
        """Move the eye.

        Args:
            glide: Take a moment to get there, so that the person sees where to; unless they prefer to jump.
            still: The zoom is not part of a movement: paint sharp at once.
        """
        self._glide.stop()
        if glide and preferred().animates and camera != self._camera:
            self._way = self._camera, camera
            self._glide.start()
            return
        self._put(camera)
        if still and self._settle.isActive():
            self._settle.stop()
            self.changed.emit()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom, with the canvas point under `about` (else the middle) kept where it is."""
        self.look(self._camera.zoomed(factor, about if about is not None else self.middle()))

    def fit(self, rect: QRectF, *, glide: bool = False, largest: float = 1.0) -> None:
        """Show a whole rectangle."""
        self.look(self._camera.fitted(rect, self._size(), largest=largest), glide=glide, still=True)

    def middle(self) -> QPointF:
        """Return the middle of the widget."""
        size = self._size()
        return QPointF(size.width() / 2, size.height() / 2)

    def _on_glide(self, part: float) -> None:
        self._put(self._way[0].towards(self._way[1], part))

    def _put(self, camera: Camera) -> None:
        if camera == self._camera:
            return
        zoomed = camera.zoom != self._camera.zoom
        self._camera = camera
        if zoomed:
            self._settle.start()
            self.zoom_changed.emit(camera.zoom)
        self.changed.emit()
