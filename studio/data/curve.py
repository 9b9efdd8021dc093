"""Curves: numbers between -1 and 1, and the value that a function gives them.

Drawn with NumPy's PCG64, so that a seed gives the same points on every machine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.data.source import Options, RawData, Source
from studio.project.curve_functions import FUNCTIONS, Numbers


def _load(options: Options, folder: Path) -> RawData:
    generator = np.random.Generator(np.random.PCG64(options["seed"]))
    places: Numbers = generator.uniform(-1.0, 1.0, (options["samples"],))
    values = FUNCTIONS[options["function"]](places)
    values = values + generator.normal(0.0, options["noise"], len(values))
    return RawData(places.astype(np.float32)[:, None], values.astype(np.float32)[:, None])


CURVE = Source(lambda options, folder: (options["samples"], 0), _load)
