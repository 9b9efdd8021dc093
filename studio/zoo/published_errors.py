"""Error rates on ImageNet that the ResNet paper prints, word for word, to hold one's own runs against.

They cannot be reproduced without ImageNet, and are of other data than one's own: what can be compared is how
much one network is better than another.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "He, Zhang, Ren & Sun 2016, Deep residual learning, arXiv:1512.03385"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; a figure that the paper does not have is None.

    Attributes:
        network: As the paper calls it.
        top1: Top-1 error in percent.
        top5: Top-5 error in percent.
        note: What the paper says of the line.
    """

    network: str
    top1: float | None
    top5: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        title: Its number, and what it measures.
        how: ``10-crop``, ``single`` or ``ensemble``.
        rows: In the paper's order.
    """

    title: str
    how: str
    rows: tuple[Row, ...]


_TEST = "reported on the test set"

TABLES = (
    Table(
        "Table 3: validation, 10-crop testing",
        "10-crop",
        (
            Row("VGG-16", 28.07, 9.33),
            Row("GoogLeNet", None, 9.15),
            Row("PReLU-net", 24.27, 7.38),
            Row("plain-34", 28.54, 10.02),
            Row("ResNet-34 A", 25.03, 7.76),
            Row("ResNet-34 B", 24.52, 7.46),
            Row("ResNet-34 C", 24.19, 7.40),
            Row("ResNet-50", 22.85, 6.71),
            Row("ResNet-101", 21.75, 6.05),
            Row("ResNet-152", 21.43, 5.71),
        ),
    ),
    Table(
        "Table 4: validation, single models",
        "single",
        (
            Row("VGG (ILSVRC'14)", None, 8.43, _TEST),
            Row("GoogLeNet (ILSVRC'14)", None, 7.89),
            Row("VGG (v5)", 24.4, 7.1),
            Row("PReLU-net", 21.59, 5.71),
            Row("BN-inception", 21.99, 5.81),
            Row("ResNet-34 B", 21.84, 5.71),
            Row("ResNet-34 C", 21.53, 5.60),
            Row("ResNet-50", 20.74, 5.25),
            Row("ResNet-101", 19.87, 4.60),
            Row("ResNet-152", 19.38, 4.49),
        ),
    ),
    Table(
        "Table 5: test, ensembles",
        "ensemble",
        (
            Row("VGG (ILSVRC'14)", None, 7.32),
            Row("GoogLeNet (ILSVRC'14)", None, 6.66),
            Row("VGG (v5)", None, 6.8),
            Row("PReLU-net", None, 4.94),
            Row("BN-inception", None, 4.82),
            Row("ResNet (ILSVRC'15)", None, 3.57),
        ),
    ),
)
