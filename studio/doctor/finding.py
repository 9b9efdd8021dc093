"""What the doctor says: a finding with its evidence, and remedies that are ordinary edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.graph.node import Value
from studio.graph.problems import Fix, Severity
from studio.project.project import Project

Look: TypeAlias = Literal["curves", "activations", "gradients", "units", "correlation", "data", "design"]
"""Where the evidence can be seen."""

PICTURES: dict[Look, str] = {
    "curves": "the Curves tab",
    "activations": "the Activations tab",
    "gradients": "the Gradients tab",
    "units": "Network > Look inside, Units × samples",
    "correlation": "Network > Look inside, Correlation",
    "data": "the statistics of the data",
    "design": "the canvas",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something to do about a finding, in one step of undo.

    Attributes:
        label: What the button says.
        fixes: Edits of the network, one after the other.
        settings: Training settings and their new values.
        data: Settings of the data and their new values.
    """

    label: str
    fixes: tuple[Fix, ...] = ()
    settings: tuple[tuple[str, Value], ...] = ()
    data: tuple[tuple[str, Value], ...] = ()

    def changes(self, project: Project) -> bool:
        """Say whether anything of a project would be another by it."""
        return bool(self.fixes) or any(
            getattr(part, name) != value
            for part, values in ((project.training, self.settings), (project.data, self.data))
            for name, value in values
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that goes wrong, where it belongs.

    Attributes:
        severity: ``error``: nothing is learned like this. ``warning``: it costs. ``info``: worth knowing.
        code: Stable short name, such as ``dead-units``.
        title: In few words, as they fit on a node: ``71 % dead``.
        evidence: What was measured, with its numbers.
        explanation: Why that matters, and what helps.
        term: What the lecture calls it: a key of `studio.catalog.terms`.
        node: Path of the node; empty when it is about the whole run.
        name: Its dotted name.
        look: Where the evidence can be seen.
        remedies: The likeliest first.
    """

    severity: Severity
    code: str
    title: str
    evidence: str
    explanation: str
    term: str
    node: str = ""
    name: str = ""
    look: Look = "curves"
    remedies: tuple[Remedy, ...] = ()

    @property
    def picture(self) -> str:
        """Where the evidence can be seen, in words."""
        return f"{PICTURES[self.look]}, {self.name}" if self.name else PICTURES[self.look]
