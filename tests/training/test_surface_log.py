"""Surfaces kept with a run are those of its weights at those steps, and looking leaves the run alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from studio.errors import RunError
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.runs.records import SurfaceLook
from studio.runs.store import RunStore
from studio.runs.surface_timeline import MAX_SURFACES, surface_of
from studio.training import surface_log, surfaces
from studio.training.control import Control
from studio.training.run import Run, train
from studio.training.surface_log import SurfaceLog

Make = Callable[..., Project]


def looks_of(run: Run) -> list[SurfaceLook]:
    return RunStore(run.folder.parent).run(run.name).surfaces()


def watched(budget: float = 0.02) -> Control:
    control = Control()
    control.set_watch(surfaces=True, budget=budget)
    return control


@pytest.fixture(scope="module")
def moons(tmp_path_factory: pytest.TempPathFactory) -> Run:
    project = sample_project("mlp-moons").project()
    return train(project, control=watched(), runs_folder=tmp_path_factory.mktemp("runs"), epochs=6)


def test_the_first_and_the_last_step_are_kept_and_others_between(moons: Run) -> None:
    steps = [look.step for look in looks_of(moons)]
    assert (steps[0], steps[-1]) == (0, moons.info.step)
    assert 10 <= len(steps) <= MAX_SURFACES
    assert steps == sorted(set(steps))


def test_they_are_those_of_the_untrained_and_of_the_last_weights(moons: Run) -> None:
    first, *_, last = looks_of(moons)
    project = moons.project()
    for look, weights in ((first, None), (last, moons.checkpoint("last"))):
        for node in ("fc1", "relu2", "fc3"):
            wanted, found = surfaces.draw(project, node, weights=weights), surface_of(look, node)
            assert found.outputs == pytest.approx(wanted.outputs, abs=1 / 253)
            count = len(found.after)
            assert 2 <= count <= 12
            for name in ("before", "after"):
                mine, theirs = getattr(found, name), getattr(wanted, name)[:count]
                assert mine == pytest.approx(theirs, abs=float(np.ptp(theirs)) / 253 if theirs.size else 0)
            assert (found.before_name, found.after_name, found.total) == (
                wanted.before_name,
                wanted.after_name,
                wanted.total,
            )
            assert np.array_equal(found.said, wanted.said)
            assert np.array_equal(found.points, wanted.points)


def test_the_boundary_moves_over_the_run(moons: Run) -> None:
    first, *_, last = (surface_of(look).outputs.argmax(0) for look in looks_of(moons))
    assert (first != last).mean() > 0.01


def test_a_run_is_the_same_to_the_bit_with_or_without_them(tmp_path: Path, make_project: Make) -> None:
    project = make_project(epochs=2)
    plain = train(project, runs_folder=tmp_path, name="plain")
    kept = train(project, runs_folder=tmp_path, name="kept", control=watched(0.5))
    assert looks_of(plain) == []
    assert len(looks_of(kept)) > 2
    for name, value in plain.checkpoint("last").items():
        assert torch.equal(kept.checkpoint("last")[name], value), name


def test_a_run_that_goes_on_keeps_the_surfaces_from_before(tmp_path: Path, make_project: Make) -> None:
    project = make_project(epochs=3)
    first = train(project, runs_folder=tmp_path, control=watched(0.5), epochs=1)
    before = [look.step for look in looks_of(first)]
    again = train(project, runs_folder=tmp_path, control=watched(0.5), epochs=3, resume=first.name)
    after = [look.step for look in looks_of(again)]
    assert set(before[:2]) <= set(after)
    assert after[-1] == again.info.step > before[-1]
    assert after == sorted(after)


def test_data_of_more_features_keep_none(tmp_path: Path) -> None:
    project = sample_project("softmax-digits").project()
    run = train(project, runs_folder=tmp_path, control=watched(0.5), epochs=1)
    assert looks_of(run) == []
    with pytest.raises(RunError, match="kept no surfaces"):
        run.surface_at(3)


class Field:
    """Draws nothing, and remembers of which weights it was asked to."""

    def __init__(self) -> None:
        self.drawn: dict[int, float] = {}

    def look(self, run: str, step: int, weights: dict[str, torch.Tensor]) -> int:
        self.drawn[step] = float(weights["weight"].sum())
        return step


@pytest.fixture
def log() -> tuple[SurfaceLog, nn.Linear, Field, list[int]]:
    module, field, sent = nn.Linear(1, 1, bias=False), Field(), list[int]()
    made = SurfaceLog(module, field, "run", sent.append)  # type: ignore[arg-type]
    made.set_share(0.02)
    return made, module, field, sent


def test_copies_are_even_over_the_run_and_of_their_steps(
    log: tuple[SurfaceLog, nn.Linear, Field, list[int]],
) -> None:
    made, module, field, sent = log
    for step in range(1001):
        with torch.no_grad():
            module.weight.fill_(step)
        made.note(step)
    made.note(1000, always=True)
    made.draw_rest()
    assert sent == sorted(sent)
    assert (sent[0], sent[-1]) == (0, 1000)
    assert 24 <= len(sent) <= MAX_SURFACES
    assert np.diff(sent).max() <= 32
    assert field.drawn == {step: float(step) for step in sent}


def test_a_slow_network_is_drawn_less_often_at_the_end(
    log: tuple[SurfaceLog, nn.Linear, Field, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _, _, sent = log
    for step in range(41):
        made.note(step)
    monkeypatch.setattr(surface_log, "REST_S", 1.5)
    clock = iter(np.arange(0.0, 1000.0, 0.3))
    monkeypatch.setattr(surface_log.time, "perf_counter", lambda: float(next(clock)))
    made.draw_rest()
    assert sent == [0, 9, 17, 24, 32, 40]  # 0.3 s each: five of the rest


def test_looking_back_is_paid_from_half_of_the_budget(
    log: tuple[SurfaceLog, nn.Linear, Field, list[int]],
) -> None:
    made, _, _, sent = log
    made.note(0)
    made.note(1)
    cost_s = made.draw_due(100.0)
    assert (sent, cost_s > 0.0) == ([0], True)
    assert made.draw_due(100.0 + cost_s) == 0.0
    assert made.draw_due(1000.0) > 0.0
    assert sent == [0, 1]


def test_a_network_that_cannot_be_drawn_is_let_be(
    log: tuple[SurfaceLog, nn.Linear, Field, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _, field, sent = log

    def refuse(*_: object) -> int:
        raise RuntimeError("no kernel")

    monkeypatch.setattr(field, "look", refuse)
    made.note(0)
    made.draw_rest()
    made.note(1, always=True)
    made.draw_rest()
    assert sent == []


def test_copies_of_a_large_network_are_fewer() -> None:
    module = nn.Linear(1024, 2048, bias=False)  # 8 MB
    sent: list[int] = []
    field = Field()
    made = SurfaceLog(module, field, "run", sent.append)  # type: ignore[arg-type]
    for step in range(100):
        made.note(step)
    made.draw_rest()
    assert 2 <= len(sent) <= 4
