"""Killed at any moment while training: what is on the disk is whole, and going on loses next to nothing."""

from __future__ import annotations

import atexit
import hashlib
import json
import time
from functools import cache
from pathlib import Path

from tests.torture.nursery import Child, Nursery, Tell
from tests.torture.trials import Attempt, Promise, Trials

MODULE = "tests.torture.training"
INTERVAL = 4
"""Steps from one checkpoint to the next."""

STEPS = 60
KILLS = 5
"""Of one run, before it may come to its end."""

MOST_WAIT = 24
"""Things that a process may tell before it is killed."""

KEPT, STEPPED, ENDED = range(3)
"""What a process tells, with a step: a checkpoint is kept; a step was made; the run ended."""


def train_on(tell: Tell, runs: str, name: str, resume: bool, kind: int) -> None:
    """Train a small network, or go on with it, and tell what is done."""
    from studio.runs import checkpoints
    from studio.runs.records import Live, Steps
    from studio.training import epochs
    from studio.training.run import train

    class Teller:
        def report(self, record: Live) -> None:
            if isinstance(record, Steps):
                tell(STEPPED, int(record.steps[-1]))

    save = checkpoints.save

    def saved(path: Path, tensors: object, metadata: dict[str, str]) -> None:
        save(path, tensors, metadata)  # type: ignore[arg-type]
        if path.name == "resume.safetensors":
            tell(KEPT, json.loads(metadata["position"])["step"])

    checkpoints.save = saved  # type: ignore[assignment]
    epochs.READ_OUT_S = 0.0
    which = {"resume" if resume else "name": name}
    run = train(project(kind), runs_folder=runs, reporter=Teller(), **which)  # type: ignore[arg-type]
    tell(ENDED, run.info.step)


def warm() -> None:
    """Import what training needs, so that forked processes need not; nothing is differentiated."""
    from studio.data.prepare import prepare
    from studio.training.fit import check_project

    for kind in range(3):
        check_project(project(kind), None)
    prepare(project(0).data, None)


def project(kind: int) -> object:
    """Return one of several small projects, each with other state to be kept."""
    from studio import zoo
    from studio.project.config import DataConfig, TrainingConfig
    from studio.project.project import Project

    settings = (
        {"optimizer": "adam", "lr": 0.01},
        {"optimizer": "sgd", "momentum": 0.9, "schedule": "cosine", "schedule_by": "step"},
        {"optimizer": "adamw", "lr": 0.01, "ema_decay": 0.9, "accumulate": 2, "batch_size": 16},
    )[kind % 3]
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, dropout=0.5, batch_norm=True)
    given = {"epochs": STEPS // 5, "batch_size": 32, "checkpoint_steps": INTERVAL, "device": "cpu"} | settings
    data = DataConfig.model_validate({"dataset": "xor", "options": {"samples": 200}})
    return Project("torture", graph, data, TrainingConfig.model_validate(given))


@cache
def trainers() -> Nursery:
    """Return the nursery that both promises share: it takes seconds to import what training needs."""
    nursery = Nursery("studio.training.run", "torch._dynamo", f"{MODULE}:warm")
    atexit.register(nursery.close)
    return nursery


class Chain:
    """One run that is killed and resumed, over and over.

    Args:
        folder: Of its store.
        kind: Which project.
    """

    def __init__(self, folder: Path, kind: int) -> None:
        self.folder, self.kind = folder, kind
        self.kept = self.reached = 0
        self.has_ended = False
        self.name = "run-0"

    @property
    def run(self) -> Path:
        """The folder of its run."""
        return self.folder / self.name

    def _start(self) -> Child:
        resume = (self.run / "resume.safetensors").exists()
        if not resume and self.run.exists():  # it died before its first checkpoint, so another one begins
            self.name = f"run-{int(self.name[4:]) + 1}"
        return trainers().fork(f"{MODULE}:train_on", str(self.folder), self.name, resume, self.kind)

    def kill_once(self, attempt: Attempt) -> None:
        """Start or go on, and kill at a moment that nobody chose."""
        child = self._start()
        for _ in range(attempt.random.randrange(1, MOST_WAIT)):
            if not self._listen(child):
                break
        else:
            time.sleep(attempt.random.uniform(0.0, 0.004))
            child.kill()
        while self._listen(child):
            pass
        assert self.has_ended or child.was_killed, f"it ended by itself ({child.status}): {child.error}"

    def finish(self) -> None:
        """Let it come to its end."""
        child = self._start()
        while self._listen(child):
            pass
        assert child.status == 0, f"it ended with {child.status}: {child.error}"
        assert self.has_ended

    def _listen(self, child: Child) -> bool:
        told = child.told()
        if told is None:
            return False
        what, step = told
        if what == KEPT:
            self.kept = step
        elif what == STEPPED:
            self.reached = step
        else:
            self.has_ended = True
        return True

    def check(self) -> int:
        """See that all files are whole and nothing acknowledged is lost; return how many steps are lost."""
        from studio.runs import checkpoints
        from studio.runs.store import RunStore

        store = RunStore(self.folder)
        folder = self.run
        for path in folder.glob("*.safetensors"):
            checkpoints.load(path)
        if not (folder / "resume.safetensors").exists():
            assert self.kept == 0, f"no checkpoint, and step {self.kept} was kept"
            return self.reached
        found = json.loads(checkpoints.load(folder / "resume.safetensors").metadata["position"])["step"]
        assert found >= self.kept, f"the checkpoint of step {self.kept} was kept, and {found} is there"
        info = store.list_runs()[-1]
        assert not info.alive, "it counts as going on"
        steps = store.run(self.name).record().steps
        assert steps.tolist() == list(range(1, len(steps) + 1)), "the curve has gaps"
        assert len(steps) >= found, f"the curve ends at {len(steps)}, the checkpoint is of {found}"
        return max(0, self.reached - int(found))


def _training(trials: Trials) -> None:
    chain: Chain | None = None
    for attempt in trials:
        with attempt:
            current = chain or Chain(trials.folder / f"runs-{attempt.number}", attempt.number)
            chain = None  # a run of which something failed is left
            current.reached = current.kept
            current.kill_once(attempt)
            lost = current.check()
            # The checkpoint that is being written when the next falls due is waited for.
            assert lost <= 2 * INTERVAL, f"{lost} steps are lost"
            trials.worst(f"steps lost, of {INTERVAL} from checkpoint to checkpoint", lost)
            chain = None if current.has_ended else current


def digest(run: Path) -> str:
    """Return the SHA-256 of a run's last weights and their names."""
    from studio.runs import checkpoints

    found = hashlib.sha256()
    for name, array in sorted(checkpoints.load(run / "last.safetensors").tensors.items()):
        found.update(f"{name} {array.dtype} {array.shape} ".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _resuming(trials: Trials) -> None:
    wanted: dict[int, str] = {}
    for kind in range(min(3, trials.wanted)):
        whole = Chain(trials.folder / f"whole-{kind}", kind)
        whole.finish()
        wanted[kind] = digest(whole.run)
    for attempt in trials:
        with attempt:
            kind = attempt.number % 3
            chain = Chain(attempt.folder() / "runs", kind)
            kills = 0
            while kills < KILLS and not chain.has_ended:
                chain.kill_once(attempt)
                kills += 1
            if not chain.has_ended:
                chain.finish()
            assert digest(chain.run) == wanted[kind], "other weights than without a kill"


PROMISES = (
    Promise(
        "train-killed",
        "Killed while training: every checkpoint is whole, none that was kept is lost, the curves have no "
        "gap, and going on loses no more than one checkpoint interval and what was trained while a "
        "checkpoint was being written.",
        1_000,
        _training,
        1_800.0,
    ),
    Promise(
        "resume-exact",
        f"Killed {KILLS} times and resumed, a run ends with the very weights of one that was left alone "
        "(SHA-256, CPU).",
        50,
        _resuming,
    ),
)
