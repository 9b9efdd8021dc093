"""``studio summary``: what each layer gives and costs."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json, problem_data, problem_lines
from studio.cli.state import json_option, wants_json


@click.command("summary", short_help="List layers with shapes and costs.")
@project_file
@set_option
@json_option
def command(file: Path, settings: tuple[str, ...]) -> int:
    """List the layers of a network: output shape, parameters, MACs, memory."""
    from studio.compiler.analysis import analyse
    from studio.compiler.summary import summarise

    project = read_project(file, settings)
    batch_size = project.training.batch_size
    analysis = analyse(project.graph, batch_size=batch_size)
    summary = summarise(project.graph, analysis, batch_size)
    errors = [problem for problem in analysis.problems if problem.severity == "error"]
    if wants_json():
        problems = [problem_data(problem, project.graph) for problem in errors]
        print_json({"file": str(file), **summary.to_data(), "problems": problems})
    else:
        click.echo(summary.to_text())
        for line in problem_lines(errors):
            note(line)
    return 1 if errors else 0
