"""A folder of pictures for each class: the options of the data set. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec

KEY = "image_folder"
TITLE = "Folders of pictures"
SUMMARY = (
    "Pictures of your own, in one folder for each class. Each is cut to a square and made smaller. Folders "
    "called train, val and test around those say which part pictures are for."
)

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
    ArgSpec(
        "read",
        "choice",
        "auto",
        "auto: all at once if they fit into half of the machine's memory, else on_demand. on_demand: each "
        "batch is read ahead of its step, mean and deviation are measured on the first pictures of the "
        "training part, and damage inside a file is found only then. once: all at once, or not at all.",
        choices=("auto", "once", "on_demand"),
    ),
    ArgSpec(
        "group",
        "text",
        "",
        r"A regular expression that finds in a picture's name what it belongs to, such as (p\d+)_ for a "
        "patient, or /([^/]+)/ for a folder inside the class's: what belongs together is in one part.",
    ),
)
