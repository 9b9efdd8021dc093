"""``studio evaluate``: what a run's network is worth on a part of its data."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import checkpoint_option, project_file
from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.reader import Which
    from studio.training.evaluating import Evaluation, Part
    from studio.training.run import Run
    from studio.training.scores import Rate
    from studio.training.statistics import Choice
    from studio.training.together import Together
    from studio.training.views import Crops

MOST_CLASSES = 20
"""Of more, the most frequent confusions are listed instead of the matrix."""

MOST_PAIRS = 10


@click.command("evaluate", short_help="Measure a run's network on a part of its data.")
@project_file
@click.option(
    "--run",
    "names",
    multiple=True,
    metavar="NAME",
    help="Which run; else the newest that has weights. Of several, the mean of their probabilities.",
)
@click.option(
    "--vote",
    "votes",
    multiple=True,
    type=float,
    metavar="SHARE",
    help="How much each of several runs counts, in their order; else all the same.",
)
@checkpoint_option
@click.option(
    "--split",
    "part",
    type=click.Choice(["validation", "test", "train"]),
    default="validation",
    help="Which part of the data. Look at test once, at the end.",
)
@click.option(
    "--statistics",
    type=click.Choice(["kept", "running", "update_bn", "final_phase"]),
    default="kept",
    help="Of batch normalizations: as kept with the run; the running average; algorithm 2 of the paper; "
    "or the mean and variance of all training data, layer by layer.",
)
@click.option(
    "--crops",
    type=click.IntRange(1, 10),
    default=1,
    callback=lambda context, option, value: _one_or_ten(value),
    help="10: the mean over corners and centre of each picture, mirrored and not.",
)
@click.option("--crop-size", type=click.IntRange(1), metavar="PIXELS", help="Side of a crop.")
@click.option(
    "--scales",
    metavar="N,N,...",
    default="",
    callback=lambda context, option, value: _whole_numbers(value),
    help="The mean over pictures whose shorter side is brought to each of these lengths.",
)
@click.option("--device", metavar="NAME", help="auto, cpu, cuda:0, mps; else as the run was set.")
@json_option
def command(
    file: Path,
    names: tuple[str, ...],
    votes: tuple[float, ...],
    checkpoint: Which,
    part: Part,
    statistics: Choice,
    crops: Crops,
    crop_size: int | None,
    scales: tuple[int, ...],
    device: str | None,
) -> int:
    """Measure loss, top-1 and top-5 error, confusions, precision, recall and F1; of numbers MSE, MAE and R².

    Errors come with their 95 % interval. The design and the data are those that the run was started with.
    Several runs vote, as do several crops and scales: the probabilities that they give are averaged.
    """
    from studio.training.views import Views
    from studio.training.voting import evaluate_runs

    views = Views(crops, crop_size, scales)
    runs = [run_of(file, name, checkpoint) for name in names or (None,)]
    together: Together | None = None
    if len(runs) > 1 or votes:
        together = evaluate_runs(
            runs,
            checkpoint,
            part,
            folder=file.parent,
            device=device,
            statistics=statistics,
            views=views,
            votes=votes,
        )
        found = together.evaluation
    else:
        found = runs[0].evaluate(
            checkpoint, part, folder=file.parent, device=device, statistics=statistics, views=views
        )
    title = ", ".join(run.name for run in runs)
    if wants_json():
        what = {"run": title} if together is None else {"runs": [run.name for run in runs]}
        data = found.to_data() if together is None else together.to_data()
        print_json({"file": str(file), **what, "checkpoint": checkpoint, **data})
        return 0
    click.echo(f"{title}, {checkpoint} weights, {part} part: {found.count:,} samples\n")
    print_table(("measure", "value", "95 % interval"), _measures(found, together), numbers="1")
    if found.per_class is not None:
        click.echo()
        _print_classes(found)
    if found.confusion is not None:
        click.echo()
        _print_confusion(found)
    return 0


def _one_or_ten(value: int) -> int:
    if value not in (1, 10):
        raise click.BadParameter(f"{value} is neither 1 nor 10.")
    return value


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise click.BadParameter(f'"{text}" is no list of whole numbers such as 32,40.') from None


def run_of(file: Path, name: str | None, checkpoint: Which) -> Run:
    """Return the run of a project that a person means: one by name, or the newest with a checkpoint.

    Raises:
        ProjectError: There is no such project file.
        RunError: There is no such run.
    """
    from studio.errors import RunError
    from studio.project.files import read, runs_folder
    from studio.runs.reader import checkpoint_file
    from studio.runs.store import RunStore
    from studio.training.run import Run

    folder = runs_folder(file)
    if not folder.is_dir():
        read(file)  # says what is wrong with the file's name, if it is that
    store = RunStore(folder)
    if name is None:
        names = [info.name for info in store.list_runs()]
        kept = [other for other in names if checkpoint_file(folder / other, checkpoint).is_file()]
        if not kept:
            raise RunError(f"No run of this project has weights yet. Train it first: studio train {file}")
        name = kept[-1]
    return Run(store.run(name))


def _measures(found: Evaluation, together: Together | None) -> list[tuple[str, str, str]]:
    """Return the lines of the table of measures."""
    lines = [("loss", f"{found.loss:.4f}", "")]
    for title, rate in (("top-1 error", found.top1), ("top-5 error", found.top5)):
        if rate is not None:
            lines.append((title, f"{rate.value:.2%}", _interval(rate)))
    if together is not None and together.top1 is not None:
        mean = together.top1
        lines.append(("top-1 error of one run, mean", f"{mean.value:.2%}", _interval(mean)))
    if found.regression is not None:
        numbers = found.regression
        for title, value in (("MSE", numbers.mse), ("MAE", numbers.mae), ("R²", numbers.r2)):
            lines.append((title, f"{value:.4g}" if math.isfinite(value) else "–", ""))
    return lines


def _interval(rate: Rate) -> str:
    """Return the interval; a dash at 0 and at 1, where it has no width and would claim certainty."""
    return f"{rate.low:.2%} to {rate.high:.2%}" if rate.margin else "–"


def _print_classes(found: Evaluation) -> None:
    assert found.per_class is not None
    each = found.per_class
    print_table(
        ("class", "precision", "recall", "F1", "samples"),
        (
            (name, _share(precision), _share(recall), _share(f1), f"{support:,}")
            for name, precision, recall, f1, support in zip(
                found.classes, each.precision, each.recall, each.f1, each.support, strict=True
            )
        ),
        numbers="1234",
    )


def _share(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"


def _print_confusion(found: Evaluation) -> None:
    """Print the confusion matrix, or what is confused most where there are many classes."""
    import numpy as np

    assert found.confusion is not None
    if len(found.classes) <= MOST_CLASSES:
        rows = ((name, *map(str, row)) for name, row in zip(found.classes, found.confusion, strict=True))
        click.echo("Confusions: a row is the truth, a column what the network said.")
        print_table(("", *found.classes), rows, numbers=range(1, len(found.classes) + 1))
        return
    wrong = found.confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    places = [divmod(int(place), len(found.classes)) for place in order]
    pairs = [(truth, said) for truth, said in places if wrong[truth, said]]
    rows = ((found.classes[t], found.classes[s], str(wrong[t, s])) for t, s in pairs)
    print_table(("truth", "network said", "samples"), rows, numbers="2")
