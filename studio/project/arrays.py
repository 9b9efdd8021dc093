"""Arrays that NumPy saved: the options of the data set. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec

KEY = "npz"
TITLE = "NumPy arrays"
SUMMARY = (
    "Samples and targets of your own, as NumPy saves them: two arrays of one .npz file, or two .npy files."
)

OPTIONS = (
    ArgSpec("file", "text", "", "Name of the file in the folder: data.npz, or the samples in x.npy."),
    ArgSpec(
        "inputs", "text", "x", "Name of the samples' array in an .npz file; its first size is their number."
    ),
    ArgSpec(
        "targets",
        "text",
        "y",
        "Name of the targets' array, or the name without .npy of its file: whole numbers from 0 are classes, "
        "others values.",
    ),
    ArgSpec(
        "groups",
        "text",
        "",
        "Name of an array, or the name without .npy of its file, with a number or a word for each sample: "
        "samples with the same stay together, so that no group is in two parts.",
    ),
)
