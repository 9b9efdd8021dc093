"""How values, names and calls are written in Python."""

from __future__ import annotations

import keyword
import re

from studio.graph.node import Value


def identifier(name: str) -> str:
    """Return a name as Python allows it: ``0`` → ``m0``, ``block1-0`` → ``block1_0``."""
    word = re.sub(r"\W", "_", name)
    if not word or word[0].isdigit():
        word = f"m{word}"
    return f"{word}_" if keyword.iskeyword(word) else word


def attribute(path: str) -> str:
    """Return the text that reads an attribute of self: ``self.conv1``, ``getattr(self, "0")``."""
    text = "self"
    for name in path.split("."):
        is_plain = name.isidentifier() and not keyword.iskeyword(name)
        text = f"{text}.{name}" if is_plain else f'getattr({text}, "{name}")'
    return text


def assignment(name: str, value: str) -> str:
    """Return the statement that gives self a submodule."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return f"self.{name} = {value}"
    return f'self.add_module("{name}", {value})'


def literal(value: Value) -> str:
    """Return a value as Python writes it."""
    if isinstance(value, str):
        return '"' + repr(value)[1:-1].replace('"', '\\"') + '"' if "'" not in value else repr(value)
    if isinstance(value, tuple):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def target_text(target: str) -> str:
    """Return a torch class or function as the source calls it: ``nn.Conv2d``, ``functional.pad``."""
    for prefix, short in (("torch.nn.functional.", "functional."), ("torch.nn.", "nn.")):
        if target.startswith(prefix):
            return short + target.removeprefix(prefix)
    if target.startswith("studio."):
        return target.rpartition(".")[2]
    if target.startswith("torch._C._nn."):
        return "functional." + target.rpartition(".")[2]
    return target.replace("_operator.", "operator.")


def call_text(function: str, arguments: list[str]) -> str:
    """Return a call."""
    return f"{function}({', '.join(arguments)})"
