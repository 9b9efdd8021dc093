"""Where templates are found by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from studio.errors import ZooError, nearest
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.zoo.template import Template

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
    "autoencoders",
    "sequences",
    "audio",
    "recommenders",
    "transformers",
)


@cache
def templates() -> dict[str, Template]:
    """Return all templates by name, simplest first."""
    found = (template for name in FILES for template in import_module(f"studio.zoo.{name}").TEMPLATES)
    return {template.name: template for template in found}


def build(name: str, arguments: Mapping[str, Value | list[int]]) -> Graph:
    """Return the graph of a template; see `studio.zoo.build`.

    Raises:
        ZooError: There is no such template, or an argument it cannot be built with.
    """
    template = templates().get(name)
    if template is None:
        raise ZooError(
            f'There is no template "{name}"{nearest(name, templates()) or "."} '
            f"There are {', '.join(templates())}."
        )
    return template.build(arguments)
