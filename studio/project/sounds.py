"""WAV files: the options of the data set. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec

KEY = "audio_folder"
TITLE = "Folders of sounds"
SUMMARY = (
    "WAV files of your own, in one folder for each class, or with names that say it. The network gets the "
    "waveform: a Spectrogram, a MelSpectrogram or an MFCC behind its input makes a picture of it."
)

OPTIONS = (
    ArgSpec(
        "length",
        "int",
        8000,
        "Samples of a sound: of longer ones the middle is taken, shorter ones get silence at both ends.",
        minimum=16,
        maximum=10_000_000,
        unit="samples",
    ),
    ArgSpec(
        "sample_rate",
        "int",
        0,
        "Samples a second; 0 is what the first file has.",
        minimum=0,
        maximum=1_000_000,
        unit="Hz",
    ),
    ArgSpec(
        "other_rate",
        "choice",
        "error",
        "Sounds with other samples a second. error: say which. resample: bring them to sample_rate.",
        choices=("error", "resample"),
    ),
    ArgSpec(
        "label",
        "text",
        "",
        r"A regular expression that finds the class in a file's name, such as ^(\d)_ in 7_anna_12.wav; "
        "empty: each class has a folder, and folders called train, val and test may stand around those.",
    ),
    ArgSpec(
        "damaged",
        "choice",
        "error",
        "Sounds that cannot be read. error: say which. skip: leave them out, and say how many.",
        choices=("error", "skip"),
    ),
    ArgSpec(
        "group",
        "text",
        "",
        r"A regular expression that finds in a file's name what it belongs to, such as _([a-z]+)_ for a "
        "speaker: what belongs together is in one part.",
    ),
)
