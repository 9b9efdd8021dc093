"""``studio templates``: known architectures to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.catalog.spec import ArgSpec
    from studio.zoo.template import Template


@click.command("templates")
@json_option
def command() -> int:
    """List known architectures to start from."""
    from studio import zoo

    found = zoo.templates()
    if wants_json():
        print_json({"templates": [_data(template) for template in found]})
        return 0
    for template in found:
        click.echo(f"{template.name}  –  {template.title}")
        click.echo(f"    {template.summary}")
        for argument in template.arguments:
            click.echo(f"    {argument.name}={_written(argument.default)}  {argument.help}")
    click.echo("\nStart from one: studio new NAME -o FILE --set ARGUMENT=VALUE")
    return 0


def _written(value: Any) -> str:
    """Return a value as ``--set`` takes it."""
    if isinstance(value, tuple):
        return ",".join(map(_written, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "auto" if value is None else str(value)


def _data(template: Template) -> dict[str, Any]:
    """Return a template as JSON data."""
    return {
        "name": template.name,
        "title": template.title,
        "summary": template.summary,
        "reference": template.reference,
        "dataset": template.dataset,
        "arguments": [_argument_data(argument) for argument in template.arguments],
    }


def _argument_data(argument: ArgSpec) -> dict[str, Any]:
    """Return an argument as JSON data."""
    return {
        "name": argument.name,
        "type": argument.type,
        "default": argument.default,
        "minimum": argument.minimum,
        "maximum": argument.maximum,
        "choices": list(argument.choices),
        "help": argument.help,
    }
