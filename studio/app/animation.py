"""An animation of a panel over a run: each look a frame, written as a GIF."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QProgressDialog, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.scheduler import repaint_scheduler
from studio.errors import ProjectError
from studio.project import atomic

MOST_FRAMES = 60
FRAME_MS = 100


def chosen_looks(looks: Sequence[int], most: int = MOST_FRAMES) -> list[int]:
    """Return an even choice of looks, with the first and the last."""
    if len(looks) <= most:
        return list(looks)
    return [looks[round(place * (len(looks) - 1) / (most - 1))] for place in range(most)]


def frames_of(
    panel: QWidget, monitor: Monitor, looks: Sequence[int], cancelled: Callable[[int], bool]
) -> list[QImage]:
    """Return what a panel looks like at some steps; the moment is put back afterwards.

    Args:
        panel: On screen.
        monitor: Whose moment is moved.
        looks: The steps.
        cancelled: Is told how many frames are done, and says whether that is enough.
    """
    before, frames, scheduler = monitor.moment, list[QImage](), repaint_scheduler()
    try:
        for done, step in enumerate(looks):
            if cancelled(done):
                return []
            monitor.look_back(step)
            monitor.announce()
            while scheduler.is_active:
                scheduler.tick()
            frames.append(panel.grab().toImage())
    finally:
        monitor.look_back(before)
        monitor.announce()
    return frames


def gif_of(frames: Sequence[QImage]) -> bytes:
    """Return frames as an animated GIF that begins anew at its end."""
    from PIL import Image  # 40 ms, which only whoever saves one pays

    pictures = [Image.open(io.BytesIO(_png(frame))).convert("RGB") for frame in frames]
    # One palette for all frames: colours of a scale must not change from frame to frame.
    palette = pictures[-1].quantize(colors=255, method=Image.Quantize.MEDIANCUT)
    first, *rest = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=rest, duration=FRAME_MS, loop=0)
    return out.getvalue()


def save_animation(
    panel: QWidget, monitor: Monitor, looks: Sequence[int], say: Callable[[str], None]
) -> None:
    """Ask where to, and write the animation of a panel.

    Args:
        say: Takes what became of it, in words.
    """
    chosen, _ = QFileDialog.getSaveFileName(panel, "Save animation", "animation.gif", "GIF (*.gif)")
    if not chosen:
        return
    path = Path(chosen).with_suffix(".gif")
    steps = chosen_looks(looks)
    progress = QProgressDialog("Drawing …", "Cancel", 0, len(steps), panel)
    progress.setObjectName("animation.progress")
    progress.setMinimumDuration(500)

    def cancelled(done: int) -> bool:
        progress.setValue(done)
        QApplication.processEvents()
        return progress.wasCanceled()

    frames = frames_of(panel, monitor, steps, cancelled)
    progress.close()
    if not frames:
        say("Cancelled: no animation was written.")
        return
    try:
        atomic.write_bytes(path, gif_of(frames))
    except (OSError, ProjectError) as error:
        say(f"The animation could not be written: {error}")
        return
    say(f"Saved {path.name}: {len(frames)} frames.")


def _png(frame: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    frame.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
