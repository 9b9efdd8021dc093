"""What the gallery offers: an empty design, and every template of the zoo, under headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio import zoo
from studio.app.panels.number_edit import Shown
from studio.errors import DataError
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.project.config import DataConfig
from studio.project.matching import data_for
from studio.project.project import Project
from studio.zoo.template import FAMILIES, Template

START = "Start"


@dataclass(frozen=True)
class Entry:
    """One offer.

    Attributes:
        heading: What it stands under.
        template: Where it comes from; None is the empty design.
    """

    heading: str
    template: Template | None = None

    @property
    def name(self) -> str:
        """What it is called in code; empty for the empty design."""
        return self.template.name if self.template is not None else ""

    @property
    def title(self) -> str:
        """What it is called on screen."""
        return self.template.title if self.template is not None else "Empty design"

    @property
    def summary(self) -> str:
        """What it is."""
        if self.template is not None:
            return self.template.summary
        return "A blank canvas: drag layers from the library, and wire them."

    def defaults(self) -> dict[str, Value]:
        """Return the arguments as they are if nobody changes them."""
        if self.template is None:
            return {}
        return {argument.name: argument.coerce(argument.default) for argument in self.template.arguments}

    def graph(self, arguments: Mapping[str, Shown] | None = None) -> Graph:
        """Return its network.

        Raises:
            ZooError: It cannot be built with these arguments.
        """
        if self.template is None:
            return Graph()
        return self.template.build(dict(arguments or {}))  # type: ignore[arg-type]  # no form shows mixed

    def project(self, arguments: Mapping[str, Shown]) -> Project:
        """Return a project with its network, and with data that suits it: random samples if nothing else.

        Raises:
            ZooError: It cannot be built with these arguments.
        """
        if self.template is None:
            return Project()
        graph = self.graph(arguments)
        return Project(self.template.name, graph, starting_data(self.template, graph))

    def rank(self, query: str) -> int:
        """Return how well a query fits its name, 0 best: it is it, begins it, stands in it, or does not."""
        wanted = query.strip().casefold()
        names = self.title.casefold(), self.name.casefold()
        if wanted in names:
            return 0
        if any(name.startswith(wanted) for name in names):
            return 1
        return 2 if any(wanted in name for name in names) else 3

    def matches(self, query: str) -> bool:
        """Say whether every word of a query is found in what is known of it."""
        said = [self.name, self.title, self.summary, self.heading]
        if self.template is not None:
            said += [self.template.reference, str(self.template.year or "")]
        text = " ".join(said).casefold()
        return all(word in text for word in query.casefold().split())


def starting_data(template: Template, graph: Graph) -> DataConfig:
    """Return the data settings that a project of a template starts with."""
    try:
        return data_for(graph, template.dataset, template.normalization)
    except DataError:
        # A sample that is too large for any data: the check says so on the canvas.
        return DataConfig()


def entries() -> tuple[Entry, ...]:
    """Return everything that is offered: the empty design first, then the templates by family."""
    found = sorted(zoo.templates(), key=lambda template: _place(template.family, FAMILIES))
    return (Entry(START), *(Entry(template.family, template) for template in found))


def _place(family: str, families: Sequence[str]) -> int:
    return families.index(family) if family in families else len(families)
