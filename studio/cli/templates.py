"""``studio templates``: known architectures to start from, and the proof that they are what they claim."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.catalog.spec import ArgSpec
    from studio.zoo.template import Template


@click.command("templates", short_help="List known architectures to start from.")
@click.argument("name", required=False)
@click.option(
    "--measure",
    is_flag=True,
    help="Build each network and count; the stated counts stand beside. A table in Markdown.",
)
@click.option("--errors", is_flag=True, help="Published error rates on ImageNet instead.")
@json_option
def command(name: str | None, measure: bool, errors: bool) -> int:
    """List known architectures to start from; of the one called NAME, every argument.

    With --measure the exit code is 1 if a network has other counts than stated.
    """
    from studio.errors import ZooError
    from studio.zoo import shelf

    if errors:
        return _print_errors()
    try:
        found = [shelf.get(name)] if name is not None else list(shelf.templates().values())
    except ZooError as error:
        raise click.UsageError(error.message, click.get_current_context()) from error
    if measure:
        return _print_measured(found)
    if wants_json():
        print_json({"templates": [_data(template) for template in found]})
    elif name is not None:
        _print_one(found[0])
    else:
        _print_all(found)
    return 0


def _print_errors() -> int:
    """Print the tables of published error rates."""
    from dataclasses import asdict

    from studio.zoo.published_errors import SOURCE, TABLES

    if wants_json():
        print_json({"source": SOURCE, "tables": [asdict(table) for table in TABLES]})
        return 0
    for table in TABLES:
        click.echo(f"{table.title}; errors on ImageNet in percent")
        rows = ((row.network, _percent(row.top1), _percent(row.top5), row.note) for row in table.rows)
        print_table(("network", "top-1", "top-5", ""), rows, numbers="12")
        click.echo()
    click.echo(SOURCE)
    return 0


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _print_all(found: list[Template]) -> None:
    """Print all templates under their headings."""
    for family, templates in groupby(found, key=lambda template: template.family):
        click.echo(family)
        for template in templates:
            click.echo(f"  {template.name}  –  {template.title}, {template.year}: {_counts(template)}")
            click.echo(f"      {template.summary}")
            pairs = (f"{argument.name}={_written(argument.default)}" for argument in template.arguments)
            click.echo(f"      {'  '.join(pairs)}")
            click.echo(f"      {template.reference}")
        click.echo()
    click.echo("What the arguments mean: studio templates NAME")
    click.echo("Start from one: studio new NAME -o FILE --set ARGUMENT=VALUE")


def _print_one(template: Template) -> None:
    """Print one template with what can be set."""
    click.echo(f"{template.name}  –  {template.title}, {template.year}: {_counts(template)}")
    click.echo(f"    {template.summary}")
    click.echo(f"    {template.reference}")
    for argument in template.arguments:
        click.echo(f"    {argument.name}={_written(argument.default)}  {argument.help}{_range(argument)}")


def _counts(template: Template) -> str:
    """Return what the network costs with its defaults."""
    macs = f", {_short(template.macs)} MACs" if template.macs else ""
    return f"{template.parameters:,} parameters{macs}"


def _short(number: int) -> str:
    """Return a large number in thousands, millions or billions: ``15.47 G``."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.4g} {letter}"
    return str(number)


def _range(argument: ArgSpec) -> str:
    """Return what an argument may be, in brackets; nothing if the help says all."""
    if argument.choices:
        return f" ({', '.join(argument.choices)})"
    if argument.minimum is None or argument.maximum is None:
        return ""
    low, high = (
        f"{end:,.0f}" if end == round(end) else f"{end:g}" for end in (argument.minimum, argument.maximum)
    )
    return f" ({low} to {high})"


def _print_measured(found: list[Template]) -> int:
    """Print what each network has beside what its template states; 1 if any differs."""
    from studio.compiler.analysis import analyse
    from studio.compiler.shapes import ShapeEngine

    engine = ShapeEngine()
    rows = []
    for template in found:
        totals = analyse(template.build({}), engine=engine).totals
        counted = {"parameters": totals.parameters, "macs": totals.macs, "depth": totals.depth}
        stated = {"parameters": template.parameters, "macs": template.macs}
        same = (totals.parameters, totals.macs) == (template.parameters, template.macs)
        rows.append({"name": template.name, "counted": counted, "stated": stated, "same": same})
    if wants_json():
        print_json({"networks": rows})
    else:
        _print_table(found, rows)
    return 0 if all(row["same"] for row in rows) else 1


def _print_table(found: list[Template], rows: list[dict[str, Any]]) -> None:
    """Print the measured counts as a table in Markdown."""
    click.echo("| network | layers | parameters | stated | MACs | stated | |")
    click.echo("|---|--:|--:|--:|--:|--:|---|")
    for template, row in zip(found, rows, strict=True):
        counted, stated = row["counted"], row["stated"]
        numbers = " | ".join(f"{counted[key]:,} | {stated[key]:,}" for key in ("parameters", "macs"))
        verdict = "equal" if row["same"] else "DIFFERENT"
        click.echo(f"| {template.title} (`{template.name}`) | {counted['depth']} | {numbers} | {verdict} |")


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
        "family": template.family,
        "year": template.year,
        "summary": template.summary,
        "parameters": template.parameters,
        "macs": template.macs,
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
