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


def wrapped(line: str, width: int = 100) -> list[str]:
    """Return a statement in lines of at most about `width`, broken inside its outermost brackets.

    What cannot be broken so stays as it is.
    """
    if len(line) <= width:
        return [line]
    start = _opening(line)
    end = line.rfind(_CLOSING[line[start]]) if start >= 0 else -1
    if end <= start + 1:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    parts = _parts(line[start + 1 : end])
    if len(parts) == 1 and _opening(parts[0]) >= 0:
        # A single argument: break inside it, so that `nn.Sequential(*(…))` does not climb stairs.
        inner = wrapped(f"{indent}    {parts[0]}", width)
        return [line[: start + 1], *inner, f"{indent}{line[end:]}"]
    lines = [line[: start + 1]]
    together = f"{indent}    {', '.join(parts)}"
    if len(together) <= width and not any("(" in part for part in parts):
        lines.append(together)
    else:
        for part in parts:
            lines += wrapped(f"{indent}    {part},", width)
    return [*lines, f"{indent}{line[end:]}"]


_CLOSING = {"(": ")", "[": "]"}


def _opening(text: str) -> int:
    """Return the place of the first opening bracket that closes only at the end of the text."""
    for place, letter in enumerate(text):
        if letter in _CLOSING and _closes_last(text, place):
            return place
    return -1


def _closes_last(text: str, start: int) -> bool:
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return not text[place + 1 :].strip(" ,:)]")
    return False


def _parts(text: str) -> list[str]:
    """Return what stands between the commas of a list of arguments."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        depth += 0 if quote else (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
