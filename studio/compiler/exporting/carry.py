"""Our own functions and layers that a network uses, copied into its source word for word."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from importlib import import_module


def carried(targets: Iterable[str]) -> list[str]:
    """Return the definitions of those targets that are the program's own, with what they use.

    Args:
        targets: As specs name them: ``studio.compiler.functions.zero_pad_shortcut``.
    """
    by_module: dict[str, set[str]] = {}
    for target in targets:
        module, _, name = target.rpartition(".")
        if module.startswith("studio."):
            by_module.setdefault(module, set()).add(name)
    return [text for module in sorted(by_module) for text in _definitions(module, by_module[module])]


def _definitions(module: str, names: set[str]) -> list[str]:
    """Return the source of some names of a module, after that of everything of the module they use."""
    source = inspect.getsource(import_module(module))
    tree = ast.parse(source)
    own = {name: node for node in tree.body for name in _names_of(node)}
    wanted: dict[int, ast.stmt] = {}
    stack = sorted(names)
    while stack:
        node = own.get(stack.pop())
        if node is not None and node.lineno not in wanted:
            wanted[node.lineno] = node
            stack += [found.id for found in ast.walk(node) if isinstance(found, ast.Name)]
    imports = [ast.unparse(node) for node in _imports(tree, wanted.values())]
    return ["\n".join(imports), *(_text(source, wanted[line]) for line in sorted(wanted))]


def _names_of(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _imports(tree: ast.Module, wanted: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Return the imports at the top of a module that some of its statements need."""
    used = {found.id for node in wanted for found in ast.walk(node) if isinstance(found, ast.Name)}
    found: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in used]
            if names:
                node.names = names
                found.append(node)
    return found


def _text(source: str, node: ast.stmt) -> str:
    """Return a statement as it was written, with its decorators."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
