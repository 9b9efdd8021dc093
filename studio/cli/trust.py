"""``studio trust``: read the code of custom layers, and let it run on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import project_file, read_project
from studio.cli.output import note, print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.project.custom_layers import CustomLayers

SANDBOX = (
    "Trust is no sandbox: trusted code runs with all your rights, and may read, change and send what you "
    "can. Trust only what you have read and understood, or wrote yourself."
)


@click.command("trust", short_help="Read the code of custom layers, and let it run.")
@project_file
@click.option(
    "--node", default="", metavar="NAME", help="Only the layer of this name: swish, or Block.swish."
)
@click.option("--show", is_flag=True, help="Show the code, and trust nothing.")
@click.option("--revoke", is_flag=True, help="Trust the code no more.")
@click.option("--yes", is_flag=True, help="Do not ask: the code has been read.")
@json_option
def command(file: Path, node: str, show: bool, revoke: bool, yes: bool) -> int:
    """Show the code of a project's custom layers, and trust it on this machine if you say so.

    Code of a project does not run before. Each text is trusted exactly as it is: changed code must be
    trusted again. Trust is no sandbox: trusted code runs with all your rights.
    """
    from studio.project.custom_layers import custom_layers

    project = read_project(file)
    groups = custom_layers(project.graph, node)
    if wants_json() and not (show or revoke or yes):
        raise click.UsageError(
            "--json cannot ask. Add --show, --revoke or --yes.", click.get_current_context()
        )
    if revoke:
        changed = _revoke(groups)
    elif show:
        changed = []
    else:
        changed = _trust(groups, project.name, yes)
    _report(file, groups, changed, show, revoke)
    waiting = [group for group in groups if not group.is_trusted]
    return 1 if waiting and not (show or revoke) else 0


def _trust(groups: list[CustomLayers], source: str, yes: bool) -> list[CustomLayers]:
    """Trust what the person says yes to, and return it."""
    from studio.project.custom_layers import trust_layers
    from studio.project.trust import store

    void = store().why_void()
    if void:
        note(void)
    changed: list[CustomLayers] = []
    waiting = [group for group in groups if not group.is_trusted]
    if waiting and not yes:
        note(SANDBOX)
    for group in waiting:
        if not yes:
            note(f"\n{_text(group)}")
        if yes or click.confirm("Trust this code on this machine?", err=True):
            changed += trust_layers([group], source)
    return changed


def _revoke(groups: list[CustomLayers]) -> list[CustomLayers]:
    from studio.project.trust import store

    return [group for group in groups if store().revoke(group.code)]


def _report(
    file: Path, groups: list[CustomLayers], changed: list[CustomLayers], show: bool, revoke: bool
) -> None:
    if wants_json():
        print_json({"file": str(file), "layers": [_data(group, group in changed) for group in groups]})
        return
    if not groups:
        click.echo("There are no custom layers.")
    for group in groups:
        if show:
            click.echo(_text(group))
        elif group in changed:
            click.echo(f"{_names(group)}: {'trusted no more' if revoke else 'trusted'}.")
        else:
            click.echo(f"{_names(group)}: {_state(group)}.")


def _names(group: CustomLayers) -> str:
    return ", ".join(group.names)


def _state(group: CustomLayers) -> str:
    return "trusted already" if group.is_trusted else "not trusted"


def _data(group: CustomLayers, changed: bool) -> dict[str, Any]:
    return {
        "nodes": list(group.names),
        "trusted": group.is_trusted,
        "changed": changed,
        "problem": group.reason,
        "code": group.code,
    }


def _text(group: CustomLayers) -> str:
    """Return a code with its lines numbered, under the names of its layers; what is unseen is spelt out."""
    lines = group.code.split("\n")
    width = len(str(len(lines)))
    shown = [f"{number:>{width}}  {_visible(line)}".rstrip() for number, line in enumerate(lines, 1)]
    state = "trusted" if group.is_trusted else "not trusted"
    reason = f"\nIt cannot be read: {group.reason}." if group.reason else ""
    return "\n".join([f"{_names(group)} ({state})", *shown]) + reason


def _visible(line: str) -> str:
    return "".join(
        letter if letter.isprintable() or letter == "\t" else f"\\u{ord(letter):04x}" for letter in line
    )
