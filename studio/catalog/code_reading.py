"""What a custom layer's code says of itself: name, ports, arguments. It is read here, and never run.

A layer is the last class of the code with a `forward`. The arguments of `forward` are the input ports, what
it returns are the outputs, and the arguments of `__init__` are the layer's own. All of it stands in the
syntax tree, so that a project can be drawn, saved and sent on by someone who trusts none of it.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from studio.catalog.arguments import ArgSpec
from studio.catalog.code_arguments import argument_of
from studio.errors import CodeError
from studio.graph.port import PortSpec

MAX_CODE = 32_768
"""Most letters of one layer's code."""

MAX_ARGUMENTS = 50
MAX_PORTS = 16

_PORT = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the code of a layer declares.

    Attributes:
        name: The class.
        summary: The first line of its docstring.
        arguments: Of its `__init__`.
        inputs: Of its `forward`.
        outputs: What that returns.
        line: Where the class begins, from 1.
        forward_line: Where its `forward` begins.
    """

    name: str
    summary: str
    arguments: tuple[ArgSpec, ...]
    inputs: tuple[PortSpec, ...]
    outputs: tuple[PortSpec, ...]
    line: int
    forward_line: int


@lru_cache(maxsize=1024)
def read(code: str) -> Declaration:
    """Return what a layer's code declares; nothing of it is run.

    Raises:
        CodeError: It is no Python, holds no layer, or declares something that a layer cannot have.
    """
    check_text(code)
    try:
        return _declaration(_parsed(code))
    except (MemoryError, RecursionError) as error:
        raise CodeError(
            "the code is nested too deeply to be read. Write it in more, simpler lines"
        ) from error


@lru_cache(maxsize=1024)
def why_not(code: str) -> CodeError | None:
    """Return why a layer's code cannot be read, or None if it can."""
    try:
        read(code)
    except CodeError as error:
        return CodeError(error.message, line=error.line)  # without the frames of the other
    return None


def check_text(code: str) -> None:
    """Refuse code that is too long, or that would not look like what it is.

    Raises:
        CodeError: It is too long, or a letter in it cannot be seen.
    """
    if len(code) > MAX_CODE:
        raise CodeError(f"the code has {len(code):,} letters, and {MAX_CODE:,} are allowed")
    if code.isascii() and code.replace("\n", "").replace("\t", "").isprintable():
        return
    for number, line in enumerate(code.split("\n"), 1):
        _check_letters(line, number)


def _check_letters(line: str, number: int) -> None:
    """Refuse what hides or turns round the text about it: what is read must be what would run."""
    for letter in line:
        if letter != "\t" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise CodeError(
                f"there is a letter that cannot be seen (U+{ord(letter):04X}). Delete it", line=number
            )


def _parsed(code: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a backslash too many
            return ast.parse(code)
    except SyntaxError as error:
        said = (error.msg or "this is no Python").split(" (")[0]
        raise CodeError(f"Python cannot read it: {said}", line=error.lineno or 0) from error
    except ValueError as error:
        raise CodeError(f"Python cannot read it: {error}") from error


def _declaration(tree: ast.Module) -> Declaration:
    found = [(node, forward) for node in tree.body if (forward := _forward_of(node)) is not None]
    if not found:
        raise CodeError(
            "there is no layer in it. Write a class with a forward: class Layer(nn.Module): …, "
            "def forward(self, input): …"
        )
    layer, forward = found[-1]
    assert isinstance(layer, ast.ClassDef)
    doc = ast.get_docstring(layer) or ""
    return Declaration(
        layer.name,
        _sentence(doc.strip().split("\n")[0], "A layer of your own."),
        _arguments(layer, doc),
        _inputs(forward),
        _outputs(forward),
        layer.lineno,
        forward.lineno,
    )


def _forward_of(node: ast.stmt) -> ast.FunctionDef | None:
    """Return the forward of a layer's class; that of an autograd function is static."""
    if not isinstance(node, ast.ClassDef):
        return None
    found = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "forward"]
    is_static = found and any(
        isinstance(mark, ast.Name) and mark.id in ("staticmethod", "classmethod")
        for mark in found[-1].decorator_list
    )
    return found[-1] if found and not is_static else None


def _sentence(text: str, otherwise: str) -> str:
    """Return some words of a docstring as one short sentence."""
    words = " ".join(text.split())[:180].strip()
    if not words or not words.isprintable():
        return otherwise
    return words if words.endswith((".", "!", "?")) else f"{words}."


# Arguments -------------------------------------------------------------------------------------------


def _arguments(layer: ast.ClassDef, doc: str) -> tuple[ArgSpec, ...]:
    """Return the arguments of a layer's constructor."""
    found = [one for one in layer.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    if not found:
        return ()
    given = found[-1].args
    for star, what in ((given.vararg, "*"), (given.kwarg, "**")):
        if star is not None:
            raise CodeError(
                f"__init__ takes {what}{star.arg}. Name each argument, so that it can be set",
                line=star.lineno,
            )
    helps = _helps(doc)
    arguments = tuple(
        argument_of(
            one, default, _sentence(helps.get(one.arg, ""), f"Argument {one.arg} of {layer.name}."[:190])
        )
        for one, default in _parameters(given)
    )
    if len(arguments) > MAX_ARGUMENTS:
        raise CodeError(f"__init__ has {len(arguments)} arguments, and {MAX_ARGUMENTS} are allowed")
    return arguments


def _parameters(given: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield the arguments behind `self`, with their defaults."""
    plain = [*given.posonlyargs, *given.args]
    missing = len(plain) - len(given.defaults)
    if not plain:
        raise CodeError("its methods take self first", line=1)
    yield from list(zip(plain, [*(None,) * missing, *given.defaults], strict=True))[1:]
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


_HELP = re.compile(r"\s+(\w+)(?: \([^)]*\))?: (.+)")


def _helps(doc: str) -> dict[str, str]:
    """Return what the section Args of a docstring says of each argument."""
    _, _, section = doc.partition("Args:\n")
    found: dict[str, str] = {}
    for line in section.split("\n"):
        match = _HELP.fullmatch(line)
        if match is not None:
            found.setdefault(match[1], match[2])
        elif line.strip() and not line.startswith(" "):
            break
    return found


# Ports -----------------------------------------------------------------------------------------------


def _inputs(forward: ast.FunctionDef) -> tuple[PortSpec, ...]:
    """Return the input ports: an argument each; one that may be None needs no wire, `*` takes many."""
    given = forward.args
    for one in (*given.kwonlyargs, *([given.kwarg] if given.kwarg is not None else [])):
        raise CodeError(
            f'forward takes "{one.arg}" by its name. Tensors come in order; numbers belong into __init__',
            line=one.lineno,
        )
    ports: list[PortSpec] = []
    for one, default in _parameters(given):
        is_none = isinstance(default, ast.Constant) and default.value is None
        if default is not None and not is_none:
            raise CodeError(
                f'forward has the default of "{one.arg}" from {ast.unparse(default)[:40]}. '
                "What is set belongs into __init__; an input that may be missing is None",
                line=one.lineno,
            )
        if is_none and not ports:
            raise CodeError(f'the first input, "{one.arg}", cannot be left out', line=one.lineno)
        ports.append(PortSpec(_port(one), optional=is_none, help="An argument of forward."))
    if given.vararg is not None:
        ports.append(
            PortSpec(
                _port(given.vararg),
                variadic=True,
                minimum=0 if ports else 1,
                help="The arguments of forward.",
            )
        )
    if not ports:
        raise CodeError("forward takes no input. Give it one: def forward(self, input)", line=forward.lineno)
    return _few(ports, "inputs", forward)


def _port(one: ast.arg) -> str:
    if not _PORT.fullmatch(one.arg):
        raise CodeError(
            f'"{one.arg[:64]}" cannot be the name of a port: use letters from A to Z, digits and '
            "underscores, at most 64",
            line=one.lineno,
        )
    return one.arg


def _few(ports: list[PortSpec], what: str, forward: ast.FunctionDef) -> tuple[PortSpec, ...]:
    if len(ports) > MAX_PORTS:
        raise CodeError(f"forward has {len(ports)} {what}, and {MAX_PORTS} are allowed", line=forward.lineno)
    return tuple(ports)


def _outputs(forward: ast.FunctionDef) -> tuple[PortSpec, ...]:
    """Return the output ports: one, or as many as the tuple that is returned has items."""
    returned = [node for node in _own(forward) if isinstance(node, ast.Return) and node.value is not None]
    if not returned:
        raise CodeError("forward returns nothing. End it with: return …", line=forward.lineno)
    stated = _stated(forward.returns)
    tuples = [node.value for node in returned if isinstance(node.value, ast.Tuple | ast.List)]
    counts = {len(items.elts): items.lineno for items in tuples}
    if stated is not None:
        counts[stated] = forward.lineno
    elif len(tuples) < len(returned) and tuples:
        raise CodeError(
            "forward returns one tensor here and several there. Return the same everywhere, or say how many: "
            "-> tuple[Tensor, Tensor]",
            line=tuples[0].lineno,
        )
    if len(counts) > 1:
        raise CodeError(
            f"forward returns {' and '.join(map(str, sorted(counts)))} tensors. Return the same number "
            "everywhere",
            line=max(counts.values()),
        )
    if not counts:
        return (PortSpec("output", help="What forward returns."),)
    (count,) = counts
    if count == 0:
        raise CodeError("forward returns an empty tuple", line=forward.lineno)
    names = _names(tuples[-1].elts if tuples else [], count)
    return _few([PortSpec(name, help="What forward returns.") for name in names], "outputs", forward)


def _own(forward: ast.FunctionDef) -> Iterator[ast.stmt]:
    """Yield the statements of a function, without those of functions and classes inside it."""
    stack: list[ast.AST] = list(reversed(forward.body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            stack += [
                child
                for child in reversed(list(ast.iter_child_nodes(node)))
                if not isinstance(child, ast.expr)
            ]


def _stated(returns: ast.expr | None) -> int | None:
    """Return how many tensors an annotation promises, 2 for ``tuple[Tensor, Tensor]``; None for one."""
    if (
        not isinstance(returns, ast.Subscript)
        or ast.unparse(returns.value).rpartition(".")[2].lower() != "tuple"
    ):
        return None
    items = returns.slice.elts if isinstance(returns.slice, ast.Tuple) else [returns.slice]
    is_open = any(isinstance(item, ast.Constant) and item.value is ... for item in items)
    return None if is_open else len(items)


def _names(items: list[ast.expr], count: int) -> list[str]:
    """Return what several outputs are called: as the names that are returned, where these can be names."""
    usual = ["output", *(f"output{place}" for place in range(1, count))]
    names = [
        item.id if isinstance(item, ast.Name) and _PORT.fullmatch(item.id) else other
        for item, other in zip(items or [ast.Constant(None)] * count, usual, strict=True)
    ]
    return names if len(set(names)) == count else usual
