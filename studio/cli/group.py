"""The ``studio`` command itself: which word means which command, and what is meant without one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from studio.errors import nearest

COMMANDS = (
    "open",
    "templates",
    "new",
    "edit",
    "check",
    "summary",
    "lr",
    "train",
    "runs",
    "evaluate",
    "predict",
    "batchnorm",
    "ablate",
    "doctor",
    "explain",
    "gradcheck",
    "profile",
    "steps",
    "surface",
    "inside",
    "export",
    "import",
    "trust",
    "share",
    "unpack",
)
"""In the order of the help; each is `studio.cli.<name>.command`."""

DEFAULT = "open"
_MODULES = {"open": "open_window", "edit": "edit_network", "import": "import_network"}


class StudioGroup(click.Group):
    """A group whose commands are loaded when they are asked for, and that opens a file without one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, or None."""
        if cmd_name not in COMMANDS:
            return None
        # `open` would hide the builtin in its module, and `import` is a word of Python's own.
        module = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"studio.cli.{module}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of a file, of its options, and of nothing."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        first = next((word for word in args if word not in own), None)
        asks_for_help = any(word in ctx.help_option_names for word in args)
        if (first is None and not asks_for_help) or (first is not None and _means_open(first, args)):
            place = args.index(first) if first is not None else len(args)
            args = [*args[:place], DEFAULT, *args[place:]]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that a word names, or say which one may have been meant."""
        if args[0] not in COMMANDS:
            hint = nearest(args[0], COMMANDS) or "."
            ctx.fail(f'There is no command or file "{args[0]}"{hint}')
        return super().resolve_command(ctx, args)


def _means_open(word: str, args: list[str]) -> bool:
    """Say whether the first word is no command: an option of `open`, a file, or what looks like one."""
    if word in COMMANDS:
        return False
    if word.startswith("-"):
        return any(other == "--or-train" for other in args)
    return bool(Path(word).suffix) or "/" in word or "\\" in word or Path(word).exists()
