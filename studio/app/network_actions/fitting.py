"""Which actions suit a network, and with which choices: what it does not have is not offered."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from studio.catalog import registry
from studio.errors import StudioError
from studio.graph.definitions import reach, used
from studio.graph.graph import Graph
from studio.zoo.actions import Action
from studio.zoo.actions.change import opened

EMPTY = "The canvas is empty."

_NOTHING = {
    "insert_batch_norm": "Every convolution of this network is normalized already.",
    "remove_shortcuts": "This network has no shortcuts.",
    "multiply_width": "No layer of this network has a width.",
}
"""Why an action that runs and changes nothing does so."""


def fitted(action: Action, design: Graph) -> Action:
    """Return an action with the choices that the network has, beginning with one that does something."""
    if action.name == "replace_activation":
        return _fitted_activations(action, design)
    if action.name == "switch_shortcuts":
        return _fitted_options(action, design)
    return action


def _fitted_activations(action: Action, design: Graph) -> Action:
    old, new, *rest = action.arguments
    there = Counter(kind for kind in _kinds(design) if kind in old.choices)
    if not there:
        return action
    most = there.most_common(1)[0][0]
    becomes = "PReLU" if most != "PReLU" else "ReLU"
    old = replace(old, choices=tuple(kind for kind in old.choices if kind in there), default=most)
    return replace(action, arguments=(old, replace(new, default=becomes), *rest))


def _fitted_options(action: Action, design: Graph) -> Action:
    (option,) = action.arguments
    counts = {choice: _count(action, design, choice) for choice in option.choices}
    able = tuple(choice for choice, count in counts.items() if count is not None)
    if not able:
        return action
    first = next((choice for choice in able if counts[choice]), able[0])
    return replace(action, arguments=(replace(option, choices=able, default=first),))


def _count(action: Action, design: Graph, option: str) -> int | None:
    """Return how much switching to an option changes; None if the network's blocks have no such option."""
    try:
        return action.run(design, {"option": option}).count
    except StudioError:
        return None


def why_not(action: Action, design: Graph) -> str:
    """Return why an action can change nothing in a network, as a sentence; empty if it can."""
    if not len(design):
        return EMPTY
    if action.name == "replace_activation":
        found = set(_kinds(design)) & set(action.arguments[0].choices)
        return "" if found else "This network has no activations."
    try:
        if action.needs_shapes:
            return _why_not_convert(design)
        change = action.run(design, {})
    except StudioError as error:
        return error.message
    return "" if change.count else _NOTHING.get(action.name, "")


def _why_not_convert(design: Graph) -> str:
    """Say whether a Linear layer comes after a Flatten; of shapes nothing is known here."""
    flat = opened(design).graph
    stack = [node.id for node in flat.nodes.values() if node.kind == "Flatten"]
    seen = set(stack)
    while stack:
        for edge in flat.outputs_of(stack.pop()):
            if flat.node(edge.target).kind == "Linear":
                return ""
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append(edge.target)
    return "This network has no Linear layer after a Flatten."


def _kinds(design: Graph) -> list[str]:
    """Return the kinds of all layers of the network, block definitions counted once."""
    names = reach(design.blocks, used(design)) & set(design.blocks)
    levels = [design, *(design.blocks[name].graph for name in sorted(names))]
    kinds = [node.kind for level in levels for node in level.ordered()]
    return [kind for kind in kinds if registry.find(kind) is not None]
