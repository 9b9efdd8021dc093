"""Two-dimensional toy sets: small, made on the spot, and easy to look at.

Moons and circles are scikit-learn's; spirals, XOR and the truth tables are drawn with NumPy's PCG64, so that
a seed gives the same points on every machine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.data.source import Options, RawData, Source
from studio.project import logic


def _moons(options: Options, folder: Path) -> RawData:
    from sklearn.datasets import make_moons

    points, labels = make_moons(options["samples"], noise=options["noise"], random_state=options["seed"])
    return _raw(points, labels)


def _circles(options: Options, folder: Path) -> RawData:
    from sklearn.datasets import make_circles

    points, labels = make_circles(
        options["samples"], noise=options["noise"], random_state=options["seed"], factor=options["factor"]
    )
    return _raw(points, labels)


def _spirals(options: Options, folder: Path) -> RawData:
    """Two arms, at radius r the angle 2π · turns · r, half a turn apart; noise on both coordinates."""
    generator = _generator(options)
    labels = np.arange(options["samples"]) % 2
    # The root spreads the points evenly over the disc; near its centre the arms would touch.
    radius = np.sqrt(generator.uniform(0.02, 1.0, options["samples"]))
    angle = 2 * np.pi * (options["turns"] * radius + labels / 2)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _raw(points + generator.normal(0.0, options["noise"], points.shape), labels)


def _xor(options: Options, folder: Path) -> RawData:
    """Points of the square [-1, 1]²; the class says whether the signs of the noiseless point differ."""
    generator = _generator(options)
    points = generator.uniform(-1.0, 1.0, (options["samples"], 2))
    labels = (points[:, 0] > 0) != (points[:, 1] > 0)
    return _raw(points + generator.normal(0.0, options["noise"], points.shape), labels)


def _logic(options: Options, folder: Path) -> RawData:
    """Points around the four corners of the unit square, in turn; the class is the truth table's entry."""
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    which = np.arange(options["samples"]) % len(corners)
    labels = np.array(logic.TABLES[options["function"]])[which]
    noise = _generator(options).normal(0.0, options["noise"], (len(which), 2))
    return _raw(corners[which] + noise, labels)


def _generator(options: Options) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(options["seed"]))


def _raw(points: npt.NDArray[np.float64], labels: npt.NDArray[np.generic]) -> RawData:
    return RawData(points.astype(np.float32), labels.astype(np.int64))


def _count(options: Options, folder: Path) -> tuple[int, int]:
    return options["samples"], 0


TOYS = {
    "moons": Source(_count, _moons),
    "circles": Source(_count, _circles),
    "spirals": Source(_count, _spirals),
    "xor": Source(_count, _xor),
    "logic": Source(_count, _logic),
}
