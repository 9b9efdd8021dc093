"""A folder of pictures for each class: the options of the data set. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec

KEY = "image_folder"
TITLE = "Folders of pictures"
SUMMARY = "Pictures of your own, in one folder for each class. Each is cut to a square and made smaller."

OPTIONS = (
    ArgSpec(
        "size",
        "int",
        64,
        "Height and width that the pictures get: the middle is cut out and resized.",
        minimum=8,
        maximum=1024,
        unit="px",
    ),
    ArgSpec("colour", "choice", "rgb", "rgb: three channels. grey: one.", choices=("rgb", "grey")),
    ArgSpec(
        "damaged",
        "choice",
        "error",
        "Pictures that cannot be read. error: say which. skip: leave them out, and say how many.",
        choices=("error", "skip"),
    ),
)
