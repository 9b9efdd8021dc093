"""``studio explain``: what words of training mean, as the help of the window says it."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.catalog.terms import Term

WIDTH = 100


@click.command("explain", short_help="Say what a term of training means.")
@click.argument("term", required=False, default="")
@json_option
def command(term: str) -> int:
    """Say what a term means, how it is seen, what helps, and where to read more; without one, list all.

    "studio doctor" names the term of each of its findings.
    """
    from studio.catalog.terms import TERMS
    from studio.errors import nearest

    if not term:
        if wants_json():
            print_json({"terms": sorted(TERMS)})
        else:
            click.echo("\n".join(sorted(TERMS)))
        return 0
    found = TERMS.get(term.strip().lower())
    if found is None:
        hint = nearest(term, list(TERMS)) or '. "studio explain" lists all.'
        raise click.UsageError(f'There is no term "{term}"{hint}')
    if wants_json():
        print_json(asdict(found))
    else:
        _print(found)
    return 0


def _print(term: Term) -> None:
    click.echo(term.title)
    for head, text in (("", term.meaning), ("How it is seen", term.seen), ("What helps", term.helps)):
        click.echo()
        if head:
            click.echo(f"{head}:")
        click.echo(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  "))
        if not head:
            click.echo()
            for line in term.formula.splitlines():
                click.echo(f"    {line}")
    click.echo("\nRead more:")
    for part in term.reference.split(";"):
        click.echo(f"  {part.strip()}")
    if term.related:
        click.echo(f"\nRelated: {', '.join(term.related)}")
