"""The engine draws surfaces of designs and runs, and they cross the link."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import studio
from studio.engine.drawing import draw_surface
from studio.engine.inbox import Inbox
from studio.engine.link import decode, encode
from studio.engine.mailbox import Mailbox
from studio.engine.records import DrawSurface, SurfaceDrawn
from studio.project.format import to_data
from studio.project.sample_projects import sample_project


def test_a_design_and_a_run_are_drawn(tmp_path: Path) -> None:
    project = sample_project("hidden-xor").project()
    design = draw_surface(DrawSurface(1, to_data(project), "hidden"))
    assert design.weights == "untrained"
    run = studio.train(project, runs_folder=tmp_path, epochs=1, device="cpu")
    trained = draw_surface(DrawSurface(2, {}, "hidden", run=run.name, runs_folder=str(tmp_path)))
    assert trained.weights == f"best of {run.name}"
    assert not np.array_equal(design.surface.outputs, trained.surface.outputs)
    assert np.array_equal(design.surface.points, trained.surface.points)


def test_a_surface_crosses_the_link() -> None:
    drawn = draw_surface(DrawSurface(7, to_data(sample_project("curve-tanh").project()), "tanh"))
    again = decode(encode(drawn))
    assert isinstance(again, SurfaceDrawn)
    assert np.array_equal(again.surface.after, drawn.surface.after)
    assert again.surface.lows == drawn.surface.lows


def test_only_the_newest_waits() -> None:
    surface = draw_surface(DrawSurface(7, to_data(sample_project("curve-tanh").project()))).surface
    mailbox = Mailbox()
    for _ in range(3):
        mailbox.put(surface)
    assert mailbox.drain() == [surface]
    inbox = Inbox()
    inbox.put(DrawSurface(1, {}))
    assert [moot.id for moot in inbox.put(DrawSurface(2, {}))] == [1]
