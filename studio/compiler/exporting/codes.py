"""The code of custom layers in an exported file: copied word for word, with imports gathered at the top.

Names that two layers, or a layer and the file, give to different things are told apart by a number.
"""

from __future__ import annotations

import ast
import io
import symtable
import sys
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.catalog.code_reading import read
from studio.errors import ExportError

RESERVED = frozenset({"torch", "nn", "functional", "operator", "torchvision", "datasets", "time", "np"}) | {
    *("load_data", "loss_of", "evaluate", "main", "KFAC"),
}
"""Names that the rest of an exported file may use."""

Binding = tuple[str, str, str]
"""(module, name in it or nothing, what it is called here)."""


@dataclass
class Codes:
    """The custom layers of one network.

    Attributes:
        classes: What the class of each code is called in the file, in the order of their use.
    """

    taken: Iterable[str] = ()
    classes: dict[str, str] = field(default_factory=dict)
    _texts: list[str] = field(default_factory=list)
    _imports: set[Binding] = field(default_factory=set)
    _bound: dict[str, Binding | None] = field(default_factory=dict)
    _futures: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._bound = dict.fromkeys((*RESERVED, *self.taken), None)
        for binding in (
            ("torch", "", "torch"),
            ("torch", "nn", "nn"),
            ("torch.nn", "functional", "functional"),
        ):
            self._bound[binding[2]] = binding

    def class_of(self, code: str) -> str:
        """Return the name of a layer's class in the file; the code is added the first time.

        Raises:
            ExportError: It imports something under a name that means something else in the file.
        """
        if code not in self.classes:
            self.classes[code] = self._add(code)
        return self.classes[code]

    def texts(self) -> list[str]:
        """Return what stands before the network's classes."""
        return self._texts

    def imports(self, head: Sequence[str]) -> list[str]:
        """Return the import lines of a file, those of its layers and its own put together."""
        if not self._texts:
            return list(head)
        found = self._imports.union(*(_bindings(node) for node in ast.parse("\n".join(head)).body))
        plain = sorted(
            f"import {module}" + (f" as {name}" if name not in (module, module.partition(".")[0]) else "")
            for module, item, name in found
            if not item
        )
        by_module: dict[str, list[str]] = {}
        for module, item, name in sorted(found):
            if item:
                by_module.setdefault(module, []).append(item if item == name else f"{item} as {name}")
        lines = [*plain, *(f"from {module} import {', '.join(names)}" for module, names in by_module.items())]
        standard = [line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
        others = [line for line in lines if line not in standard]
        future = [f"from __future__ import {', '.join(sorted(self._futures))}", ""] if self._futures else []
        return [*future, *standard, *([""] if standard else []), *others]

    def _add(self, code: str) -> str:
        tree = ast.parse(code)
        imported = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        bindings: set[Binding] = set()
        for node in imported:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self._futures |= {alias.name for alias in node.names}
            else:
                bindings |= _bindings(node)
        for binding in sorted(bindings):
            if self._bound.get(binding[2], binding) != binding:
                raise ExportError(
                    f'The custom layer {read(code).name} imports something else as "{binding[2]}" than the '
                    "rest of the file. Import it under another name there: import … as …"
                )
            self._bound[binding[2]] = binding
        self._imports |= bindings
        own = _defined(code) - {name for _, _, name in bindings}
        renamed = {name: self._free(name) for name in sorted(own) if name in self._bound}
        self._bound |= dict.fromkeys((renamed.get(name, name) for name in own), None)
        self._texts.append(_renamed(_without(code, imported), renamed).strip("\n"))
        name = read(code).name
        return renamed.get(name, name)

    def _free(self, name: str) -> str:
        number = 2
        while f"{name}_{number}" in self._bound:
            number += 1
        return f"{name}_{number}"


def _bindings(node: ast.stmt) -> set[Binding]:
    """Return what an import binds."""
    if isinstance(node, ast.Import):
        return {(alias.name, "", alias.asname or alias.name.partition(".")[0]) for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "", alias.name, alias.asname or alias.name) for alias in node.names}
    return set()


def _defined(code: str) -> set[str]:
    """Return the names that a module binds; nothing of it is run."""
    table = symtable.symtable(code, "layer", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }


def _without(code: str, nodes: Iterable[ast.stmt]) -> str:
    """Return code without some statements; one that shares its line with another stays where it is."""
    lines = code.split("\n")
    for node in nodes:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = (
            lines[first][: node.col_offset],
            lines[last].encode()[node.end_col_offset or 0 :].decode(),
        )
        if not before.strip() and not after.strip(" ;"):
            lines[first : last + 1] = ["\0"] * (last + 1 - first)
    return "\n".join(line for line in lines if line != "\0")


def _renamed(code: str, names: Mapping[str, str]) -> str:
    """Return code with some of its names exchanged, but not attributes and keywords that are called so."""
    if not names:
        return code
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    lines, depth, places = code.split("\n"), 0, []
    for place, token in enumerate(tokens):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if token.type != tokenize.NAME or token.string not in names:
            continue
        before, after = tokens[place - 1].string if place else "", tokens[place + 1].string
        is_keyword = depth > 0 and after == "=" and before in ("(", ",")
        if before != "." and not is_keyword:
            places.append(token)
    for token in reversed(places):
        row, column = token.start[0] - 1, token.start[1]
        line = lines[row]
        lines[row] = line[:column] + names[token.string] + line[column + len(token.string) :]
    return "\n".join(lines)
