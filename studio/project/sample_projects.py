"""Sample projects: small networks with the data that the program brings along, to look at and to train.

They lie beside this module and ship with it. A sample is opened as a copy without a file of its own, so
saving asks for a place, and the sample stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.errors import ProjectError, nearest
from studio.project.files import SUFFIX, read
from studio.project.project import Project

FOLDER = Path(__file__).parent / "sample_files"


@dataclass(frozen=True, slots=True)
class SampleProject:
    """One sample.

    Attributes:
        key: Name of its file, without the ending.
        title: Its name on screen.
        summary: One line that says what there is to see.
        data: Its data set in a word or two.
    """

    key: str
    title: str
    summary: str
    data: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / f"{self.key}{SUFFIX}"

    def project(self) -> Project:
        """Return a copy of it, as a value.

        Raises:
            ProjectError: It is missing or damaged.
        """
        return read(self.path)


SAMPLES: tuple[SampleProject, ...] = (
    SampleProject(
        "neuron-logic",
        "One neuron",
        "A single unit draws a straight line: AND and OR are solved, XOR is not.",
        "AND, OR, XOR",
    ),
    SampleProject(
        "hidden-xor",
        "XOR, two hidden units",
        "Two lines, and what lies between them: the least network that solves XOR.",
        "AND, OR, XOR",
    ),
    SampleProject(
        "curve-tanh",
        "Curve of tanh units",
        "One hidden layer approximates a curve; the more units, the closer it gets.",
        "a curve",
    ),
    SampleProject(
        "softmax-digits",
        "Softmax regression",
        "One linear layer reads handwritten digits; its weights are pictures.",
        "digits",
    ),
    SampleProject(
        "mlp-moons",
        "Multilayer perceptron",
        "Two hidden layers bend a boundary between two moons.",
        "two moons",
    ),
    SampleProject(
        "cnn-digits",
        "Small CNN",
        "Convolution, normalization and pooling, twice: the network of the tour.",
        "digits",
    ),
    SampleProject(
        "residual-spirals",
        "Residual MLP",
        "Six blocks with shortcuts tell two spirals apart.",
        "spirals",
    ),
    SampleProject(
        "autoencoder-digits",
        "Autoencoder",
        "A digit goes through 16 numbers and comes back.",
        "digits",
    ),
    SampleProject(
        "tied-autoencoder-digits",
        "Tied autoencoder",
        "The decoder is the encoder turned over: the same weights, used twice.",
        "digits",
    ),
    SampleProject(
        "lstm-digits",
        "LSTM, row by row",
        "A picture is read as a sequence of eight rows.",
        "digits",
    ),
    SampleProject(
        "vit-digits",
        "Vision Transformer",
        "Attention between 16 patches of a digit.",
        "digits",
    ),
)
"""All samples, simplest first."""


def sample_project(key: str) -> SampleProject:
    """Return a sample by its key.

    Raises:
        ProjectError: There is no such sample.
    """
    found = next((sample for sample in SAMPLES if sample.key == key), None)
    if found is None:
        keys = [sample.key for sample in SAMPLES]
        raise ProjectError(
            f'There is no sample "{key}"{nearest(key, keys) or "."} There are {", ".join(keys)}.'
        )
    return found
