"""Where templates are found by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from studio.errors import ZooError, nearest
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.zoo.template import FAMILIES, Template

FILES = (
    "dense",
    "shortcuts",
    "convnets",
    "alexnet",
    "vgg",
    "googlenet",
    "googlenet_torchvision",
    "resnet",
    "cifar",
    "resnet9",
    "autoencoders",
    "sequences",
    "audio",
    "recommenders",
    "transformers",
)


@cache
def templates() -> dict[str, Template]:
    """Return all templates by name: families in the gallery's order, in each the simplest first."""
    found = [template for name in FILES for template in import_module(f"studio.zoo.{name}").TEMPLATES]
    found.sort(key=lambda template: FAMILIES.index(template.family))
    return {template.name: template for template in found}


def build(name: str, arguments: Mapping[str, Value | list[int]]) -> Graph:
    """Return the graph of a template; see `studio.zoo.build`.

    Raises:
        ZooError: There is no such template, or an argument it cannot be built with.
    """
    return get(name).build(arguments)


def get(name: str) -> Template:
    """Return a template.

    Raises:
        ZooError: There is none of this name.
    """
    template = templates().get(name)
    if template is None:
        hint = nearest(name, templates()) or f". There are {', '.join(templates())}."
        raise ZooError(f'There is no template "{name}"{hint}')
    return template
