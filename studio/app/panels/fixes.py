"""Carrying out a problem's suggestion, as an ordinary step that undo takes back."""

from __future__ import annotations

from studio.app.canvas.sizes import measured
from studio.app.document import Document
from studio.catalog import registry
from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.graph.placement import mend
from studio.graph.problems import Fix


def apply_fix(document: Document, fix: Fix) -> str:
    """Apply a fix, wherever in the network it is; return an empty string, or why it no longer fits.

    Neighbours make room for a layer that it puts in. To trust code is no edit: it is shown to be read.
    """
    if fix.action == "trust":
        document.code_wanted.emit(fix.node, False)
        return ""

    def change(design: Graph) -> Graph:
        return mend(design, fix, registry.signatures(design), measured)

    try:
        document.edit_design(fix.label, change)
    except GraphError as error:
        return error.message
    return ""
