"""The text of a help page, as the HTML that Qt shows: made from the catalog, and from the node at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from studio.app.help.code_section import code_section
from studio.app.help.links import references, related
from studio.app.help.markup import LAYER, document, ground, heading, section, typeset
from studio.app.help.term_page import terms_section
from studio.app.live_pictures import TIPS, TITLES, can_show
from studio.app.panels.amounts import count_text
from studio.catalog.custom import CUSTOM
from studio.catalog.lecture import NOTES
from studio.catalog.letters import input_letters, output_letters, size_rule
from studio.catalog.registry import layers
from studio.catalog.spec import FAMILIES, ArgSpec, LayerSpec, show
from studio.graph.node import Value

PICTURE = "help:picture"
"""Under this name the page expects its picture."""


@dataclass(frozen=True, slots=True)
class Here:
    """The node that a page is about.

    Attributes:
        name: Its name.
        arguments: What is set on it.
        shapes: What flows through its ports, without the batch, by the port's side and name.
        inferred: Arguments that were read off the wire.
        parameters: How many it learns; None where that is not known.
    """

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    shapes: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    inferred: Mapping[str, Value] = field(default_factory=dict)
    parameters: int | None = None


def layer_page(spec: LayerSpec, here: Here | None = None, caption: str = "") -> str:
    """Return the page of a layer.

    Args:
        spec: The layer.
        here: The node that is looked at; None for the layer by itself.
        caption: What stands under its picture; empty if it has none.
    """
    parts = [_head(spec, here), _formula(spec), _picture(caption), _shapes(spec, here)]
    arguments = [argument for argument in spec.arguments if argument.type != "code"]
    parts += [_arguments("Arguments", arguments, here), _settings(spec, here)]
    parts.append(code_section() if spec.kind == CUSTOM else "")
    parts.append(_live(spec))
    note = NOTES.get(spec.kind, "")
    parts.append(section("In the lecture", escape(note)) if note else "")
    parts += [_references(spec), _synonyms(spec), _related(spec)]
    return document("".join(parts))


def index_page() -> str:
    """Return the page that leads to all others."""
    found = [
        "<p class='title'>Layers</p>",
        "<p>Select a layer on the canvas and press F1, or choose one here.</p>",
    ]
    for family, title in FAMILIES.items():
        names = [spec.kind for spec in layers().values() if spec.family == family]
        if names:
            found.append(section(title, ", ".join(map(_link, names))))
    found.append(terms_section())
    return document("".join(found))


def _head(spec: LayerSpec, here: Here | None) -> str:
    line = [FAMILIES[spec.family]]
    if spec.target.startswith("torch"):
        line.append(f"<span class='mono'>{escape(spec.target)}</span>")
    if here is not None:
        line.append(f"shown for <span class='here'>{escape(here.name)}</span>")
        if here.parameters:
            line.append(f"{count_text(here.parameters)} parameters")
    head = f"<p class='title'>{escape(spec.title)}</p><p class='dim'>{' · '.join(line)}</p>"
    return f"{head}<p>{escape(spec.summary)}</p>"


def _formula(spec: LayerSpec) -> str:
    """Return the formula, and the rule for sizes, on a ground of their own."""
    rule = size_rule(spec)
    lines = [text for text in dict.fromkeys((spec.formula, rule)) if text]
    if not lines:
        return ""
    return ground([typeset(line) for line in lines])


def _picture(caption: str) -> str:
    if not caption:
        return ""
    return f"<p><br><img src='{PICTURE}'><br><span class='small'>{escape(caption)}</span></p>"


def _shapes(spec: LayerSpec, here: Here | None) -> str:
    rows = [
        (side, port.name, letters, port.help)
        for side, ports, read in (
            ("in", spec.inputs, input_letters),
            ("out", spec.outputs, output_letters),
        )
        for port in ports
        for letters in (read(spec, port),)
    ]
    cells = []
    for side, name, letters, words in rows:
        shape = here.shapes.get((side, name)) if here is not None else None
        now = f"<br><span class='here'>{_sizes(shape)}</span>" if shape is not None else ""
        cells.append(
            f"<tr><td class='dim'>{side}</td><td class='mono'>{escape(name)}</td>"
            f"<td><span class='mono'>{escape(letters)}</span>{now}</td>"
            f"<td class='dim'>{escape(words)}</td></tr>"
        )
    return f"{heading('Shapes')}<table cellspacing='0'>{''.join(cells)}</table>"


def _sizes(shape: tuple[int, ...]) -> str:
    return ", ".join(["N", *map(str, shape)])


def _arguments(title: str, arguments: Sequence[ArgSpec], here: Here | None) -> str:
    if not arguments:
        return ""
    rows = []
    for spec in arguments:
        text = f"<span class='dim'>{escape(spec.help)}</span> <span class='small'>{_allowed(spec)}</span>"
        rows.append(
            f"<tr><td class='mono'>{escape(spec.name)}</td><td>{_value(spec, here)}</td><td>{text}</td></tr>"
        )
    return f"{heading(title)}<table cellspacing='0'>{''.join(rows)}</table>"


def _settings(spec: LayerSpec, here: Here | None) -> str:
    """Return the settings of a node, which are not its layer's own, as far as they are set."""
    given = here.arguments if here is not None else {}
    return _arguments(
        "Set on this node", [setting for setting in spec.settings if setting.name in given], here
    )


def _live(spec: LayerSpec) -> str:
    """Return what the card of a layer can show while the network trains."""
    found = [picture for picture in TITLES if picture not in ("auto", "none") and not can_show(picture, spec)]
    if spec.role not in ("layer", "input") or not found:
        return ""
    lines = [f"<b>{escape(TITLES[picture])}</b>: {escape(TIPS[picture])}." for picture in found]
    how = "Choose one by the menu of the card, in the inspector, or by L on the canvas."
    return section("On its card, while it trains", f"{'<br>'.join(lines)}<br><span class='dim'>{how}</span>")


def _value(spec: ArgSpec, here: Here | None) -> str:
    """Return the node's value in the accent where it differs from the default, which stands under it."""
    default = show(spec.default) if spec.default is not None else "from input" if spec.infer else "none"
    shown = f"<span class='mono'>{escape(default)}</span>"
    if here is None:
        return shown
    value = here.arguments.get(spec.name)
    usual = f"default {default}"
    if value is None:
        value, usual = here.inferred.get(spec.name), default
    if value is None or value == spec.default:
        return shown
    return f"<span class='here'>{escape(show(value))}</span><br><span class='small'>{escape(usual)}</span>"


def _allowed(spec: ArgSpec) -> str:
    """Return an argument's range in words."""
    words = []
    if spec.choices and spec.type == "choice":
        words.append(f"One of {', '.join(spec.choices)}.")
    elif spec.choices:
        words.append(f"Or {', '.join(spec.choices)}.")
    low, high = spec.minimum, spec.maximum
    if low is not None and high is not None:
        between = "Between {:g} and {:g}." if spec.open_range else "From {:g} to {:g}."
        words.append(between.format(low, high))
    elif low is not None:
        words.append(f"{'More than' if spec.open_range else 'At least'} {low:g}.")
    elif high is not None:
        words.append(f"{'Less than' if spec.open_range else 'At most'} {high:g}.")
    return escape(" ".join(words))


def _references(spec: LayerSpec) -> str:
    parts = [
        f"<a href='{escape(link)}'>{escape(part)}</a>" if link else escape(part)
        for part, link in references(spec)
    ]
    return section("Read more", "<br>".join(parts)) if parts else ""


def _synonyms(spec: LayerSpec) -> str:
    return section("Also found as", escape(", ".join(spec.synonyms))) if spec.synonyms else ""


def _related(spec: LayerSpec) -> str:
    found = related(spec.kind)
    return section("Related layers", ", ".join(map(_link, found))) if found else ""


def _link(kind: str) -> str:
    return f"<a href='{LAYER}{kind}'>{escape(layers()[kind].title)}</a>"
