"""``studio edit``: changes a whole network in a file, as the window's menu does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import project_file, read_project
from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json
from studio.errors import ProjectError, ZooError, nearest

if TYPE_CHECKING:
    from studio.graph.graph import Graph
    from studio.graph.node import Value
    from studio.zoo.actions import Change

DELETE = "delete"
_DELETE_SUMMARY = "Delete layers by NAME, with their activations, and close the gaps."


@click.command("edit", short_help="Change a whole network: deeper, wider, without shortcuts …")
@project_file
@click.argument("action", required=False)
@click.argument("names", nargs=-1)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="An argument of the action.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; FILE if not given.")
@click.option("--force", is_flag=True, help="Write over another file that is there; it is kept as .bak.")
@json_option
def command(
    file: Path,
    action: str | None,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    output: Path | None,
    force: bool,
) -> int:
    """Change the network in FILE by an ACTION; without one, list them. What was there is kept as .bak.

    "delete" takes the NAMES of layers; layer1.conv1 is one inside a block.
    """
    if action is None:
        return _list()
    from dataclasses import replace

    from studio.project.files import write
    from studio.project.lock import writing

    target = output or file
    if target != file and target.exists() and not force:
        raise ProjectError(f'"{target}" is there already. Choose another name with -o, or add --force.')
    project = read_project(file)
    try:
        change = _changed(project.graph, action, names, settings)
    except ZooError as error:
        raise click.UsageError(error.message, click.get_current_context()) from error
    with writing(target):
        write(replace(project, graph=change.graph), target)
    if wants_json():
        print_json({"file": str(target), "action": action, "changed": change.count, "text": change.text})
    else:
        click.echo(f"{change.text} Wrote {target}.")
    return 0


def _list() -> int:
    """Print all actions with their arguments."""
    from studio.zoo.actions import actions

    known = actions()
    if wants_json():
        listed = [
            {
                "name": action.name,
                "summary": action.summary,
                "arguments": [{"name": found.name, "help": found.help} for found in action.arguments],
            }
            for action in known.values()
        ]
        print_json([*listed, {"name": DELETE, "summary": _DELETE_SUMMARY, "arguments": []}])
        return 0
    for action in known.values():
        arguments = " ".join(f"{found.name}={found.default}" for found in action.arguments)
        click.echo(f"{action.name:22}{action.summary}{f'  ({arguments})' if arguments else ''}")
    click.echo(f"{DELETE:22}{_DELETE_SUMMARY}")
    return 0


def _changed(graph: Graph, name: str, names: tuple[str, ...], settings: tuple[str, ...]) -> Change:
    """Return the network after an action.

    Raises:
        ZooError: There is no such action, or it does not suit the network or its arguments.
    """
    from studio.zoo.actions import actions, delete_and_reconnect

    if name == DELETE:
        if not names or settings:
            raise ZooError('"delete" takes the names of layers, such as: studio edit FILE delete fc6 fc7')
        return delete_and_reconnect(graph, names)
    action = actions().get(name)
    if action is None:
        known = [*actions(), DELETE]
        raise ZooError(
            f'There is no action "{name}"{nearest(name, known) or "."} There are {", ".join(known)}.'
        )
    if names:
        raise ZooError(f'"{name}" takes no names; its arguments are given with --set.')
    return action.run(graph, _given(settings), _shapes(graph) if action.needs_shapes else None)


def _given(settings: tuple[str, ...]) -> dict[str, Value]:
    from studio.project.overrides import literal

    found: dict[str, Value] = {}
    for text in settings:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise ZooError(f'"{text}" is not a setting. Write name=value, such as factor=2.')
        found[key.strip()] = literal(value.strip())
    return found


def _shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    from studio.compiler.transfer import output_shapes

    return output_shapes(graph)
