"""Carrying out a problem's suggestion, as an ordinary step that undo takes back."""

from __future__ import annotations

from studio.app.document import Document
from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.problems import Fix


def apply_fix(document: Document, fix: Fix) -> str:
    """Apply a fix, wherever in the network it is; return an empty string, or why it no longer fits."""
    try:
        document.edit_design(fix.label, lambda graph: edits.apply_fix(graph, fix, registry.signatures(graph)))
    except GraphError as error:
        return error.message
    return ""
