"""``studio check``: what is wrong with a project."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import print_json, problem_data, problem_lines
from studio.cli.state import json_option, wants_json


@click.command("check", short_help="Say what is wrong with a project.")
@project_file
@set_option
@json_option
def command(file: Path, settings: tuple[str, ...]) -> int:
    """Say what is wrong with a project: its network, and whether its data fits."""
    from studio.training.fit import check_project

    project = read_project(file, settings)
    problems = check_project(project, file.absolute().parent).problems
    errors = sum(problem.severity == "error" for problem in problems)
    if wants_json():
        print_json(
            {
                "file": str(file),
                "errors": errors,
                "problems": [problem_data(problem, project.graph) for problem in problems],
            }
        )
    else:
        for line in problem_lines(problems):
            click.echo(line)
        click.echo(_verdict(errors, len(problems) - errors))
    return 1 if errors else 0


def _verdict(errors: int, others: int) -> str:
    """Return the last line: whether the project can be trained."""
    if not errors:
        return "Ready to train." if not others else "Ready to train, with remarks."
    return f"{errors} error{'s' if errors > 1 else ''} to mend before it can be trained."
