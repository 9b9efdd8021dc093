"""Settings given on the command line: ``training.lr=0.1``, ``graph.conv1.out_channels=8``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import annotated_types
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.errors import DataError, GraphError, ProjectError, nearest
from studio.graph import edits
from studio.graph.block import REPEAT
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.levels import level as level_at
from studio.graph.node import Node, Value
from studio.project import datasets, strict_json
from studio.project.config import Config, DataConfig
from studio.project.project import Project
from studio.project.wording import explain, reason

C = TypeVar("C", bound=Config)
Assignment: TypeAlias = tuple[str, str]

SECTIONS = ("training", "data", "graph")


def apply(project: Project, assignments: Iterable[str]) -> Project:
    """Return the project with some settings changed.

    Settings that only make sense together may come in any order: each is judged by itself, then the
    result as a whole.

    Args:
        project: The project to start from.
        assignments: Each ``section.setting=value``: ``training.lr=0.1``, ``data.dataset=moons``,
            ``data.options.noise=0.3``, ``graph.conv1.kernel_size=3,5``, ``graph.fc.l2=0.001``. Inside a
            block, ``graph.layer1.conv1.bias=true`` changes the definition, and so all its instances.

    Raises:
        ProjectError: Not of that form, an unknown setting, or a value that it cannot have.
    """
    by_section: dict[str, list[Assignment]] = {name: [] for name in SECTIONS}
    for text in assignments:
        section, assignment = _split(text)
        by_section[section].append(assignment)
    graph = project.graph
    for key, text in by_section["graph"]:
        graph = _set_argument(graph, key, text)
    return replace(
        project,
        graph=graph,
        data=_set_data(project.data, by_section["data"]),
        training=_set_fields(project.training, by_section["training"], "training"),
    )


def literal(text: str) -> Value:
    """Return the number, truth value or list of these that a text stands for; else the text itself."""
    words: dict[str, Value] = {"true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    inner = text[1:-1] if text[:1] + text[-1:] in ("[]", "()") else text
    if inner is not text or "," in text:
        return tuple(literal(part.strip()) for part in inner.split(",") if part.strip())
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _split(text: str) -> tuple[str, Assignment]:
    """Return the section, the key inside it and the value of one assignment."""
    key, sign, value = text.partition("=")
    section, dot, rest = key.strip().partition(".")
    if not sign or not dot or not rest:
        raise ProjectError(f'"{text}" is not a setting. Write section.name=value, such as training.lr=0.1.')
    if section not in SECTIONS:
        raise ProjectError(
            f'"{text}": there is no section "{section}"{nearest(section, SECTIONS) or "."} '
            f"Use one of {', '.join(SECTIONS)}."
        )
    return section, (rest, value.strip())


def _set_fields(config: C, assignments: list[Assignment], section: str) -> C:
    """Return settings with some fields changed."""
    model = type(config)
    changed = config.model_dump()
    for name, text in assignments:
        field = model.model_fields.get(name)
        if field is None:
            known = sorted(model.model_fields)
            raise ProjectError(
                f'There is no setting "{section}.{name}"{nearest(name, known) or "."} '
                f"There are {', '.join(known)}."
            )
        changed[name] = _field_value(model, name, field, text, section)
    try:
        return model.model_validate(changed)
    except ValidationError as error:
        raise ProjectError(explain(error, model, f"{section}.")) from error


def _field_value(model: type[Config], name: str, field: FieldInfo, text: str, section: str) -> Any:
    """Return what a text stands for in a field: the text itself where the field takes texts."""
    complaints: list[str] = []
    readings = (text, literal(text)) if name != "transforms" else (_listed(text),)
    for value in readings:
        try:
            model.model_validate({name: value})
        except ValidationError as error:
            # What does not go with the other settings' defaults is no fault of this one.
            own = [details for details in error.errors() if details["loc"][:1] == (name,)]
            if own:
                complaints.append(reason(own[0], model))
                continue
        return value
    raise ProjectError(f"{section}.{name} {complaints[-1]}{_allowed(field)}.")


def _listed(text: str) -> Any:
    """Return a list: as JSON, or names with commas between them: ``random_crop,random_horizontal_flip``."""
    if text[:1] in ("[", "{"):
        try:
            found = strict_json.parse(text.encode())
        except ProjectError as error:
            raise ProjectError(f"data.transforms: {error.message}") from error
        return found if isinstance(found, list) else [found]
    return [part.strip() for part in text.split(",") if part.strip()]


def _allowed(field: FieldInfo) -> str:
    """Return a field's range as the end of a sentence; empty where it has none."""
    bounds = {
        annotated_types.Gt: "more than",
        annotated_types.Ge: "at least",
        annotated_types.Lt: "less than",
        annotated_types.Le: "at most",
    }
    limits = [
        f"{bounds[type(limit)]} {getattr(limit, type(limit).__name__.lower()):.12g}"
        for limit in field.metadata
        if type(limit) in bounds
    ]
    return f" (allowed: {' and '.join(limits)})" if limits else ""


def _set_data(config: DataConfig, assignments: list[Assignment]) -> DataConfig:
    """Return data settings with some changed; options are those of the data set that results."""
    options = [(key.partition(".")[2], text) for key, text in assignments if key.startswith("options.")]
    fields = [(key, text) for key, text in assignments if not key.startswith("options.")]
    config = _set_fields(config, fields, "data")
    if not assignments:
        return config
    try:
        spec = datasets.get(config.dataset)
    except DataError as error:
        raise ProjectError(f"data.dataset={config.dataset}: {error.message}") from error
    # What belonged to another data set means nothing to this one.
    values = {name: value for name, value in config.options.items() if spec.option(name) is not None}
    for name, text in options:
        option = spec.option(name)
        if option is None:
            known = [found.name for found in spec.options]
            raise ProjectError(
                f'The data set {spec.title} has no setting "data.options.{name}"'
                f"{nearest(name, known) or '.'} It has {', '.join(known) or 'none'}."
            )
        value = _argument_value(option, text, f"data.options.{name}")
        assert isinstance(value, bool | int | float | str)
        values[name] = value
    return config.model_copy(update={"options": values})


def _set_argument(graph: Graph, key: str, text: str) -> Graph:
    """Return the graph with one argument or setting of the node of a name set.

    A dotted name leads into blocks. What is inside is set in the definition, so that all instances of
    the block, and all copies in a row, have it.
    """
    *names, argument = key.split(".")
    if not names or not argument:
        raise ProjectError(f'"graph.{key}" is not a setting. Write graph.layer.argument=value.')
    try:
        path, node = _follow(graph, names)
    except GraphError as error:
        raise ProjectError(f"graph.{key}={text}: {error.message}") from error
    layer = registry.spec_of(node, graph.blocks)
    if layer is None:
        raise ProjectError(
            f'graph.{key}={text}: "{node.name}" is a {node.kind}, which this version does not know, '
            "so its settings cannot be changed."
        )
    spec = layer.setting(argument)
    if spec is None:
        own = [found.name for found in layer.arguments]
        known = [*own, *(found.name for found in layer.settings)]
        raise ProjectError(
            f'{layer.title} "{node.name}" has no setting "graph.{key}"{nearest(argument, known) or "."} '
            f"It has {', '.join(own) or 'no arguments'}."
        )
    is_inside = bool(path) and is_expression(text)
    value = text if is_inside else _argument_value(spec, text, f"graph.{key}")
    return edit_level(graph, path, lambda level: edits.set_argument(level, node.id, argument, value))


def _follow(graph: Graph, names: list[str]) -> tuple[list[str], Node]:
    """Return the ids of the instances that a dotted name leads through, and the node it ends at."""
    path: list[str] = []
    level, node = graph, graph.named(names[0])
    for name in names[1:]:
        path.append(node.id)
        level = level_at(graph, path)
        if name.isdecimal() and node.arguments.get(REPEAT) is not None and not _has(level, name):
            raise GraphError(
                f'all copies of "{node.name}" follow one definition. Leave out the number {name}: '
                "what is set holds for the whole row."
            )
        node = level.named(name)
    return path, node


def _has(level: Graph, name: str) -> bool:
    return any(node.name == name for node in level.nodes.values())


def _argument_value(spec: ArgSpec, text: str, key: str) -> Value:
    """Return what a text stands for in an argument of a layer or an option of a data set."""
    value = literal(text)
    if text in spec.choices or (spec.type in ("text", "code") and not spec.optional):
        value = text
    elif text.lower() in ("", "none", "auto"):
        value = None
    value = spec.coerce(value)
    complaint = spec.why_not(value)
    if complaint is not None:
        raise ProjectError(f"{key} {complaint}{_allowed_argument(spec)}.")
    return value


def _allowed_argument(spec: ArgSpec) -> str:
    """Return an argument's range as the end of a sentence; empty where it has none."""
    open_range = spec.open_range
    limits = []
    if spec.minimum is not None:
        limits.append(f"{'more than' if open_range else 'at least'} {spec.minimum:.12g}")
    if spec.maximum is not None:
        limits.append(f"{'less than' if open_range else 'at most'} {spec.maximum:.12g}")
    return f" (allowed: {' and '.join(limits)})" if limits else ""
