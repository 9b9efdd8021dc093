"""What the options of a whole invocation say; the error handler looks at it, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class State:
    """Options that concern every command.

    Attributes:
        debug: Show tracebacks.
        json: Standard output is for exactly one JSON document.
    """

    debug: bool = False
    json: bool = False


def json_option(command: F) -> F:
    """Give a command the option ``--json``; it asks for `State.json` and gets no argument."""

    def remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        context.find_object(State).json = value  # type: ignore[union-attr]

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="Print one JSON document and nothing else.",
    )(command)


def wants_json() -> bool:
    """Say whether this invocation prints JSON."""
    state = click.get_current_context().find_object(State)
    return state is not None and state.json
