"""``studio doctor``: what goes wrong in a run, or is unwise in a design."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import project_file, read_project
from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.doctor.closer import Closer
    from studio.doctor.finding import Finding
    from studio.project.project import Project

MARKS = {"error": "✗", "warning": "!", "info": "i"}


@click.command("doctor", short_help="Say what goes wrong in a run, and what helps.")
@project_file
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest, or the design without one.")
@click.option("--closely", is_flag=True, help="Also run samples through it: units, modes, gradient noise.")
@json_option
def command(file: Path, name: str | None, closely: bool) -> int:
    """Say what goes wrong in a run: dead units, vanishing gradients, overfitting and more.

    The window records what this needs; "studio train --watch" does so, too. Of other runs only the curves
    and the design are judged.
    """
    from studio.doctor import case
    from studio.doctor.diagnosis import diagnose
    from studio.project.files import runs_folder
    from studio.runs.store import RunStore

    project = read_project(file)
    folder = runs_folder(file)
    names = [name] if name is not None else []
    if name is None and folder.is_dir():
        names = [info.name for info in RunStore(folder).list_runs()][-1:]
    found = case.of_run(RunStore(folder).run(names[-1])) if names else case.of_design(project)
    if closely:
        found = replace(found, closer=_closer(file, project, names[-1] if names else None))
    findings = diagnose(found)
    if wants_json():
        run = names[-1] if names else None
        print_json({"run": run, "findings": [_data(finding) for finding in findings]})
    else:
        _print(findings, names[-1] if names else "")
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _closer(file: Path, project: Project, name: str | None) -> Closer:
    """Return what samples of the data show of a run's best weights, or of the design's first ones."""
    from studio.cli.evaluate import run_of
    from studio.training.examining import examine

    if name is None:
        return examine(project, file.absolute().parent)
    run = run_of(file, name, "best")
    return examine(run.project(), file.absolute().parent, run.checkpoint("best"))


def _data(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "node": finding.name,
        "title": finding.title,
        "evidence": finding.evidence,
        "explanation": finding.explanation,
        "picture": finding.picture,
        "term": finding.term,
        "remedies": [remedy.label for remedy in finding.remedies],
    }


def _print(findings: list[Finding], run: str) -> None:
    for finding in findings:
        where = f"{finding.name}: " if finding.name else ""
        click.echo(f"{MARKS[finding.severity]} {where}{finding.title}")
        click.echo(f"    {finding.evidence}")
        click.echo(f"    {finding.explanation}")
        for remedy in finding.remedies:
            click.echo(f"    > {remedy.label}")
        click.echo(f"    Seen in {finding.picture}.")
        click.echo(f'    Term: {finding.term} (studio explain "{finding.term}")')
    if not findings:
        click.echo(f"Nothing goes wrong in {run}." if run else "Nothing is unwise in the design.")
