"""Fixed features: what people measured on sounds and pictures before networks learned to; nothing is trained.

What needs librosa or scikit-image is installed with the extra ``features``.
"""

from __future__ import annotations

from studio.catalog.spec import IMAGES_IN, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

SIGNAL_IN = PortSpec("input", layout="N, *, L", help="Signals; each channel is taken by itself.")
_PICTURE = PortSpec("output", layout="N, *, F, T", help="Frequencies by frames.")
_CURVE = PortSpec("output", layout="N, *, T", help="One number for each frame.")

_HOP = ArgSpec("hop_length", "int", 512, "Samples from frame to frame.", minimum=1, unit="samples")
_CENTER = ArgSpec("center", "bool", True, "Frame t is centred on sample t · hop_length; the ends are padded.")
_N_FFT = ArgSpec(
    "n_fft", "int", 2048, "Samples of a frame; n_fft / 2 + 1 frequencies come out.", minimum=2, unit="samples"
)
_SR = ArgSpec("sr", "float", 22050.0, "Samples a second.", minimum=0.0, open_range=True, unit="Hz")
_MEL = (
    _SR,
    _N_FFT,
    _HOP,
    ArgSpec("n_mels", "int", 128, "Bands of the mel scale.", minimum=1, maximum=4096),
    ArgSpec("fmin", "float", 0.0, "Lowest frequency.", minimum=0.0, unit="Hz"),
    ArgSpec(
        "fmax", "float", None, "Highest frequency; empty: sr / 2.", minimum=0.0, optional=True, unit="Hz"
    ),
)
_FRAME = ArgSpec("frame_length", "int", 2048, "Samples of a frame.", minimum=2, unit="samples")


def _feature(
    kind: str,
    title: str,
    summary: str,
    arguments: tuple[ArgSpec, ...],
    output: PortSpec,
    formula: str,
    reference: str,
    synonyms: tuple[str, ...],
    card: str = "",
    port: PortSpec = SIGNAL_IN,
) -> LayerSpec:
    return LayerSpec(
        kind,
        title,
        "feature",
        f"studio.compiler.features.{kind}",
        summary,
        arguments,
        (port,),
        (output,),
        formula=formula,
        reference=reference,
        synonyms=("feature", "fixed", *synonyms),
        card=card,
    )


LAYERS = (
    _feature(
        "Spectrogram",
        "Spectrogram",
        "Show how strong each frequency of a signal is, frame after frame.",
        (
            _N_FFT,
            _HOP,
            ArgSpec(
                "window",
                "choice",
                "hann",
                "What fades each frame in and out. ones: nothing.",
                choices=("hann", "hamming", "blackman", "ones"),
            ),
            _CENTER,
            ArgSpec(
                "power", "float", 2.0, "2: energy. 1: magnitude.", minimum=0.0, open_range=True, maximum=8.0
            ),
        ),
        _PICTURE,
        "|STFT(x)|ᵖᵒʷᵉʳ",
        "torch.stft",
        ("audio", "speech", "fourier", "fft", "stft", "frequency", "sound"),
        "{n_fft}",
    ),
    _feature(
        "MelSpectrogram",
        "Mel spectrogram",
        "A spectrogram with frequencies put together as the ear does.",
        _MEL,
        _PICTURE,
        "M |STFT(x)|²",
        "librosa.feature.melspectrogram",
        ("audio", "speech", "mel", "filter bank", "sound"),
        "{n_mels}",
    ),
    _feature(
        "MFCC",
        "MFCC",
        "Mel-frequency cepstral coefficients: the shape of a sound's spectrum in a few numbers a frame.",
        (
            ArgSpec("n_mfcc", "int", 20, "Coefficients a frame; at most n_mels.", minimum=1),
            *_MEL,
        ),
        PortSpec("output", layout="N, *, coefficients, T", help="One row for each coefficient."),
        "DCT(10 log₁₀ M |STFT(x)|²)",
        "librosa.feature.mfcc; Davis & Mermelstein 1980, doi:10.1109/TASSP.1980.1163420",
        ("audio", "speech", "cepstrum", "speaker", "sound"),
        "{n_mfcc}",
    ),
    _feature(
        "ZeroCrossingRate",
        "Zero-crossing rate",
        "Count how often a signal changes its sign, as a share of the samples of a frame.",
        (_FRAME, _HOP, _CENTER),
        _CURVE,
        "changes of sign / frame_length; 2f/r of a sine of frequency f at rate r",
        "librosa.feature.zero_crossing_rate",
        ("audio", "zcr", "noise", "voiced", "sound"),
    ),
    _feature(
        "SpectralRolloff",
        "Spectral rolloff",
        "Find the frequency below which most of a frame's spectrum lies.",
        (
            _SR,
            _N_FFT,
            _HOP,
            ArgSpec(
                "roll_percent",
                "float",
                0.85,
                "Share of the spectrum that lies below.",
                minimum=0.0,
                maximum=1.0,
                open_range=True,
                step=0.05,
            ),
        ),
        _CURVE,
        "smallest f with Σ |X| up to f ≥ roll_percent · Σ |X|",
        "librosa.feature.spectral_rolloff",
        ("audio", "brightness", "frequency", "sound"),
    ),
    _feature(
        "SpectralFlux",
        "Spectral flux",
        "Measure how much the shape of the spectrum changes from frame to frame; the first frame gives 0.",
        (_N_FFT, _HOP),
        _CURVE,
        "Σ (|Xₜ| / Σ|Xₜ| − |Xₜ₋₁| / Σ|Xₜ₋₁|)²",
        "Tzanetakis & Cook 2002, doi:10.1109/TSA.2002.800560",
        ("audio", "onset", "change", "music", "sound"),
    ),
    _feature(
        "HOG",
        "HOG",
        "Histograms of oriented gradients: in which directions the edges of each part of a picture run.",
        (
            ArgSpec("orientations", "int", 9, "Directions of a histogram.", minimum=1, maximum=360),
            ArgSpec("pixels_per_cell", "pair", 8, "Height and width of a part.", minimum=1, unit="px"),
            ArgSpec("cells_per_block", "pair", 3, "Parts that are normalized together.", minimum=1),
            ArgSpec(
                "block_norm",
                "choice",
                "L2-Hys",
                "How a block is normalized.",
                choices=("L1", "L1-sqrt", "L2", "L2-Hys"),
            ),
            ArgSpec(
                "transform_sqrt",
                "bool",
                False,
                "Take the square root of the picture first.",
            ),
        ),
        PortSpec("output", layout="N, E", help="All histograms in one row."),
        "blocks × cells × orientations",
        "skimage.feature.hog; Dalal & Triggs 2005, doi:10.1109/CVPR.2005.177",
        ("vision", "edges", "gradient", "pedestrian", "descriptor", "sift"),
        "{pixels_per_cell:pair}",
        IMAGES_IN,
    ),
)
