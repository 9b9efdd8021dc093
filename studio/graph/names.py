"""What a layer may be called: its name becomes an attribute of a PyTorch module and a word of Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from immutables import Map

from studio.graph.difference import known_difference
from studio.graph.graph import Graph
from studio.graph.node import NAME_PATTERN, Node
from studio.graph.ordering import in_order
from studio.graph.problems import Fix, Problem

MAX_LENGTH = 64

_NUMBERED = re.compile(r"n[0-9]{1,15}")

_PARTS_OF_A_MODULE = """
    T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu
    cuda delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward
    get_buffer get_extra_state get_parameter get_submodule graph half ipu load_state_dict meta modules mtia
    named_buffers named_children named_modules named_parameters parameters print_readable recompile
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ self set_extra_state set_submodule shape_env share_memory
    state_dict to to_empty to_folder train training type xpu zero_grad
"""

RESERVED = frozenset(_PARTS_OF_A_MODULE.split())
"""Attributes that every `torch.fx.GraphModule` has already; a submodule of that name would hide one."""


def why_not_name(name: str) -> str | None:
    """Return why a layer cannot be called `name`, in words that follow the name; None if it can."""
    if not NAME_PATTERN.fullmatch(name):
        return (
            "cannot be a layer's name. Use letters, digits, underscores and, inside it, hyphens, "
            f"at most {MAX_LENGTH} in all"
        )
    if keyword.iskeyword(name):
        return "is a word of Python's own, and cannot be a layer's name"
    if name in RESERVED:
        return "is a part of every PyTorch module, and cannot be a layer's name"
    return None


def last_number(graph: Graph) -> int:
    """Return the largest number among ids such as ``n12``; 0 if there is none."""
    for node_id in reversed(in_order(graph.nodes)):  # the first found is the largest
        if _NUMBERED.fullmatch(node_id):
            return int(node_id[1:])
    return 0


_last: tuple[Map[str, Node], frozenset[str]] = Map(), frozenset()
"""Nodes and their names when they were last asked for: one new node asks twice."""


def names_of(nodes: Map[str, Node]) -> frozenset[str]:
    """Return the names of some nodes."""
    global _last
    known, names = _last
    if known is not nodes:
        names = _names_after(known, names, nodes) or frozenset(node.name for node in nodes.values())
        _last = nodes, names
    return names


def _names_after(
    known: Map[str, Node], names: frozenset[str], nodes: Map[str, Node]
) -> frozenset[str] | None:
    """Return the names of nodes that an edit made of others, if it is known what it changed."""
    told = known_difference(known, nodes)
    if told is None or len(names) != len(known):  # where two share a name, none tells whether it is free
        return None
    changed, gone = told
    left = {known[key].name for key in (*changed, *gone) if key in known}
    return names - left | {nodes[key].name for key in changed}


class FreeNames:
    """Hands out names, each once.

    Args:
        taken: Names that are in use.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = taken if isinstance(taken, frozenset) else frozenset(taken)
        self._own: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Return `wanted` if it is free, else with the next free number: ``conv`` → ``conv1``."""
        name = wanted
        if self._is_taken(name) or why_not_name(name) is not None:
            stem = wanted.rstrip("0123456789") or wanted
            number = self._next.get(stem, 1)
            while self._is_taken(name := _numbered(stem, number)):
                number += 1
            self._next[stem] = number + 1
        self._own.add(name)
        return name

    def _is_taken(self, name: str) -> bool:
        return name in self._taken or name in self._own


def _numbered(stem: str, number: int) -> str:
    """Return a name that ends in a number, no longer than a name may be."""
    digits = str(number)
    return f"{stem[: MAX_LENGTH - len(digits)]}{digits}"


def usable(wanted: str) -> str:
    """Return the nearest text that has the form of a name: ``3x3 conv`` → ``x3_conv``."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in wanted)
    return letters.lstrip("0123456789_")[:MAX_LENGTH] or "layer"


def name_problems(graph: Graph) -> list[Problem]:
    """Return a problem for each node that must be called something else."""
    problems = []
    free = FreeNames(node.name for node in graph.nodes.values())
    by_name: dict[str, list[Node]] = {}
    for node in graph.ordered():
        by_name.setdefault(node.name, []).append(node)
        reason = why_not_name(node.name)
        if reason is not None:
            better = free.take(usable(node.name))
            problems.append(_renaming("name", f'"{node.name}" {reason}.', node, better, ()))
    for name, nodes in by_name.items():
        for node in nodes[1:]:
            others = tuple(other.id for other in nodes)
            message = f'{len(nodes)} layers are called "{name}"; each needs a name of its own.'
            problems.append(_renaming("duplicate-name", message, node, free.take(usable(name)), others))
    return problems


def _renaming(code: str, message: str, node: Node, name: str, nodes: tuple[str, ...]) -> Problem:
    label = f'Rename to "{name}"'
    fix = Fix(label, "rename", node.id, value=name)
    return Problem("error", code, message, node.id, suggestion=f"{label}.", nodes=nodes, fixes=(fix,))
