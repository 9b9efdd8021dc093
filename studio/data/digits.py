"""scikit-learn's handwritten digits: 1,797 pictures of 8×8 that come with the library."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.data.source import Options, RawData, Source

SAMPLES = 1797


def _load(options: Options, folder: Path) -> RawData:
    table = _read_file()
    if table is None:
        from sklearn.datasets import load_digits

        images, labels = load_digits(return_X_y=True)
        table = np.column_stack([images, labels]).astype(np.float32)
    # The pictures hold whole numbers from 0 to 16; the last column is the label.
    return RawData(table[:, :-1].reshape(-1, 1, 8, 8) / np.float32(16.0), table[:, -1].astype(np.int64))


def _read_file() -> npt.NDArray[np.float32] | None:
    """Read the file that scikit-learn brings along, without the two seconds that importing it takes.

    Shape:
        returns: (1797, 65); None where this version of the library keeps the digits elsewhere
    """
    library = importlib.util.find_spec("sklearn")
    if library is None or library.origin is None:
        return None
    path = Path(library.origin).parent / "datasets" / "data" / "digits.csv.gz"
    try:
        numbers = gzip.decompress(path.read_bytes()).split()
        table = np.array([row.split(b",") for row in numbers], np.float32)
    except (OSError, ValueError):
        return None
    return table if table.shape == (SAMPLES, 65) else None


DIGITS = Source(lambda options, folder: (SAMPLES, 0), _load)
