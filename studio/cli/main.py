"""The entry point: runs a command, and turns every exception into one message and an exit code.

Exit codes: 0 fine, 1 the project or its data has problems, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from studio import __version__
from studio.cli.group import StudioGroup
from studio.cli.output import note, print_json, problem_lines
from studio.cli.state import State
from studio.errors import CompileError, StudioError

FINE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130


@click.group(cls=StudioGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback when something goes wrong.")
@click.version_option(__version__, message="%(version)s", help="Print the version.")
@click.pass_obj
def studio(state: State, debug: bool) -> None:
    """Draw a neural network, train it, and see inside it while it learns.

    "studio FILE" opens a project in the window, "studio" alone an empty one.
    """
    state.debug = debug
    from studio import logs

    logs.begin("command-line")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    state = State()
    try:
        result = studio.main(arguments, prog_name="studio", standalone_mode=False, obj=state)
        sys.stdout.flush()
        return result if isinstance(result, int) else FINE
    except (BrokenPipeError, SystemExit):  # click exits by itself when it is click that meets the broken pipe
        # Whoever read our output has seen enough; keep the interpreter from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except (KeyboardInterrupt, click.Abort):
        note("Interrupted.")
        return INTERRUPTED
    except click.ClickException as error:
        return _report_usage(error)
    except Exception as error:
        if state.debug:
            traceback.print_exc()
        return _report(error, state)
    finally:
        _close_log()


def _report_usage(error: click.ClickException) -> int:
    """Say what is wrong with the command line."""
    note(f"Error: {error.format_message()}")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        note(f"Try: {context.command_path} --help")
    return USAGE


def _report(error: Exception, state: State) -> int:
    """Say what went wrong, on standard error and, where a program reads our output, as JSON."""
    message = error.message if isinstance(error, StudioError) else _unexpected(error, state)
    problems = error.problems if isinstance(error, CompileError) else ()
    note(f"Error: {message}")
    for line in problem_lines(problem for problem in problems if problem.message not in message):
        note(line)
    if state.json:
        document: dict[str, Any] = {"error": message}
        print_json(document)
    return PROBLEMS


def _unexpected(error: Exception, state: State) -> str:
    """Return a message for an exception that nobody thought of, once its traceback is kept."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    text = f"{type(error).__name__}: {error}".rstrip(": ")[:300]
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        return f"The system refused: {text}."
    if state.debug:
        return f"Something went wrong inside the program ({text})."
    path = _keep(error)
    where = f'The details are in "{path}".' if path else "Run it again with: studio --debug …"
    return f"Something went wrong inside the program ({text}). {where}"


def _keep(error: Exception) -> Path | None:
    """Log a traceback and return the file; None where that cannot be written."""
    import logging

    from studio import logs

    path = logs.log_file("command-line")
    before = _size(path)
    logging.getLogger("studio").error("%s failed.", sys.argv, exc_info=error)
    return path if _size(path) != before else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _close_log() -> None:
    logs = sys.modules.get("studio.logs")
    if logs is not None:
        logs.end()
