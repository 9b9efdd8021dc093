"""The help page of a term, as the HTML that Qt shows, and the list of all."""

from __future__ import annotations

from html import escape

from studio.app.help.links import address
from studio.app.help.markup import LAYER, TERM, document, ground, section, typeset
from studio.catalog.registry import find
from studio.catalog.terms import TERMS, Term


def term_page(term: Term) -> str:
    """Return the page of a term."""
    head = f"<p class='title'>{escape(term.title)}</p><p class='dim'>Term</p><p>{escape(term.meaning)}</p>"
    formula = ground([typeset(line) for line in term.formula.splitlines()])
    layers = ", ".join(
        f"<a href='{LAYER}{spec.kind}'>{escape(spec.title)}</a>"
        for kind in term.layers
        if (spec := find(kind)) is not None
    )
    parts = [head, formula, section("How it is seen", escape(term.seen))]
    parts.append(section("What helps", escape(term.helps)))
    parts.append(section("Read more", "<br>".join(map(_reference, term.reference.split(";")))))
    parts.append(section("Related terms", ", ".join(map(term_link, term.related))) if term.related else "")
    parts.append(section("Layers", layers) if layers else "")
    return document("".join(parts))


def term_link(key: str) -> str:
    """Return a link to the page of a term."""
    return f"<a href='{TERM}{escape(key)}'>{escape(TERMS[key].title)}</a>"


def terms_section() -> str:
    """Return the links to all terms, as a part of the page that leads to all others."""
    return section("Terms of training", ", ".join(map(term_link, sorted(TERMS))))


def _reference(part: str) -> str:
    link = address(part)
    return f"<a href='{escape(link)}'>{escape(part.strip())}</a>" if link else escape(part.strip())
