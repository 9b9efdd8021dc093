"""Other words for what commands are called, as people know them from other programs."""

from __future__ import annotations

from collections.abc import Iterable

GROUPS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "delete remove erase clear dissolve",
        "duplicate clone double",
        "group subgraph combine collapse compound",
        "ungroup unpack explode",
        "enter open inside into edit",
        "leave exit out up parent",
        "bypass mute disable skip off deactivate",
        "freeze lock fix trainable",
        "arrange layout tidy clean organize auto",
        "find search locate lookup",
        "fit frame zoom whole all show",
        "undo back revert",
        "redo again forward",
        "preferences settings options configure setup",
        "keys keyboard shortcuts hotkeys bindings cheat",
        "theme dark light appearance colours colors scheme",
        "train run start learn fit",
        "pause hold continue",
        "stop end abort halt",
        "resume continue",
        "export save convert write",
        "import load read",
        "picture image screenshot png svg",
        "copy clipboard",
        "new create template",
        "quit exit close",
        "rename name title label",
        "unique independent own",
        "history past steps",
        "inspector properties arguments parameters details",
        "layers library palette nodes",
        "problems errors warnings issues",
        "curves loss accuracy plots",
        "summary table cost parameters",
        "runs experiments trainings",
        "commands palette actions",
        "about version help",
        "help docs documentation tour learn",
        "frame box comment region",
        "note text comment sticky",
        "align straighten line",
        "distribute spread space",
        "select pick choose",
        "upstream before ancestors inputs",
        "downstream after descendants outputs",
        "swap exchange switch",
        "recent last history",
        "connect wire link edge",
        "disconnect unlink cut",
        "extract detach isolate",
        "dot dots reroute waypoint knot",
    )
)


def synonyms_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return other words for some words, in order, without these."""
    mine = tuple(words)
    found = dict.fromkeys(
        other for word in mine for group in GROUPS if word in group for other in sorted(group)
    )
    return tuple(word for word in found if word not in mine)
