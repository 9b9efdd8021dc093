"""WAV files: the options of the data set. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec

KEY = "audio_folder"
TITLE = "Folders of sounds"
SUMMARY = (
    "WAV files of your own, in one folder for each class, or with names that say it. The network gets the "
    "waveform, or a picture of its frequencies over time: a spectrogram, mel bands or MFCC."
)

FEATURES = ("waveform", "spectrogram", "mel", "mfcc")

FEATURE_OPTIONS = {
    "scale": ("spectrogram", "mel"),
    "n_fft": FEATURES[1:],
    "hop_length": FEATURES[1:],
    "n_mels": ("mel", "mfcc"),
    "n_mfcc": ("mfcc",),
    "fmin": ("mel", "mfcc"),
    "fmax": ("mel", "mfcc"),
}
"""Which options mean something only to some features."""

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
        "features",
        "choice",
        "waveform",
        "What the network gets. waveform: the sound itself. spectrogram: energy of each frequency, frame by "
        "frame. mel: in bands as the ear has them. mfcc: the shape of those in a few numbers a frame.",
        choices=FEATURES,
    ),
    ArgSpec(
        "scale",
        "choice",
        "decibels",
        "Of spectrogram and mel. decibels: 10 log10 of the energy, down to 80 dB below the loudest place of "
        "each sound. energy: as it is.",
        choices=("decibels", "energy"),
    ),
    ArgSpec(
        "n_fft",
        "int",
        256,
        "Samples of a frame of features; n_fft / 2 + 1 frequencies come out.",
        minimum=2,
        maximum=65_536,
        unit="samples",
    ),
    ArgSpec(
        "hop_length",
        "int",
        128,
        "Samples from frame to frame of features.",
        minimum=1,
        maximum=1_000_000,
        unit="samples",
    ),
    ArgSpec("n_mels", "int", 40, "Bands of mel, and of mfcc below its numbers.", minimum=1, maximum=4096),
    ArgSpec("n_mfcc", "int", 20, "Numbers a frame of mfcc; at most n_mels.", minimum=1, maximum=4096),
    ArgSpec("fmin", "float", 0.0, "Lowest frequency of mel and mfcc.", minimum=0.0, unit="Hz"),
    ArgSpec("fmax", "float", 0.0, "Highest of them; 0 is half of the sample rate.", minimum=0.0, unit="Hz"),
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
