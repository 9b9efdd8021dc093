"""Every layer has a page that says something, and says it right."""

from __future__ import annotations

import re
from html import unescape

import pytest

from studio.app.help.links import GROUPS, address, related
from studio.app.help.page import Here, index_page, layer_page, typeset
from studio.catalog import lecture
from studio.catalog.letters import input_letters, output_letters, size_rule
from studio.catalog.registry import get, layers
from studio.catalog.spec import LayerSpec

WITHOUT_FORMULA = {
    *("ImageInput", "VectorInput", "SignalInput", "VolumeInput", "SequenceInput", "TokenInput", "IndexInput"),
    *("TensorInput", "Target", "Output", "BlockInput", "BlockOutput", "Custom"),
}
"""What only says where data enter and leave, and what a person writes."""

each_layer = pytest.mark.parametrize("spec", layers().values(), ids=layers())


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page)))


@each_layer
def test_page_of_every_layer_is_complete(spec: LayerSpec) -> None:
    page = plain(layer_page(spec))
    assert spec.title in page
    assert spec.summary in page
    assert spec.inputs or spec.outputs
    for port in (*spec.inputs, *spec.outputs):
        assert port.name in page
    for argument in spec.arguments:
        assert argument.help, argument.name
        assert argument.name in page


@each_layer
def test_every_layer_has_formula_reference_and_related_layers(spec: LayerSpec) -> None:
    assert bool(spec.formula) == (spec.kind not in WITHOUT_FORMULA)
    assert bool(spec.reference) == (spec.kind not in WITHOUT_FORMULA - {"Custom"})
    assert spec.synonyms
    if spec.family not in ("block", "custom"):
        assert related(spec.kind)
    assert spec.kind not in related(spec.kind)
    assert set(related(spec.kind)) <= set(layers())


@each_layer
def test_shapes_of_every_port_are_said(spec: LayerSpec) -> None:
    assert all(input_letters(spec, port) for port in spec.inputs)
    assert all(output_letters(spec, port) for port in spec.outputs)


@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        ("Conv2d", "N, out_channels, H_out, W_out"),
        ("ConvTranspose1d", "N, out_channels, L_out"),
        ("MaxPool3d", "N, C, D_out, H_out, W_out"),
        ("AdaptiveAvgPool2d", "N, C, H_out, W_out"),
        ("MaxUnpool1d", "N, C, L_out"),
        ("ReflectionPad2d", "N, C, H_out, W_out"),
        ("Linear", "N, *, out_features"),
        ("LSTM", "N, L, E"),
        ("ReLU", "as the input"),
        ("BatchNorm2d", "as the input"),
        ("TransformerDecoderLayer", "as tgt"),
        ("Add", "N, *, sizes of 1 stretched"),
    ],
)
def test_letters_of_outputs(kind: str, letters: str) -> None:
    spec = get(kind)
    assert output_letters(spec, spec.outputs[0]) == letters


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("Conv2d", "size = ⌊(input + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1"),
        (
            "AvgPool2d",
            "size = ⌊(input + 2·padding − kernel_size) / stride⌋ + 1; with ceil_mode it is rounded up",
        ),
        ("LPPool1d", "size = ⌊(input − kernel_size) / stride⌋ + 1; with ceil_mode it is rounded up"),
        ("FractionalMaxPool2d", ""),
        ("Linear", ""),
    ],
)
def test_rule_for_sizes(kind: str, rule: str) -> None:
    assert size_rule(get(kind)) == rule


def test_help_does_not_repeat_the_lectures_error() -> None:
    page = plain(layer_page(get("ReLU")))
    assert "non-decreasing" in page
    assert "not strictly increasing" in page
    assert page.count("strictly increasing") == page.count("not strictly increasing")


def test_lecture_speaks_of_known_layers_only() -> None:
    assert set(lecture.NOTES) <= set(layers())
    assert {name for group in GROUPS for name in group} <= set(layers())


def test_page_shows_the_numbers_of_a_node() -> None:
    here = Here(
        "stem",
        {"out_channels": 48, "frozen": True},
        {("in", "input"): (3, 32, 32), ("out", "output"): (48, 30, 30)},
        {"in_channels": 3},
        1344,
    )
    page = plain(layer_page(get("Conv2d"), here))
    assert "shown for stem" in page
    assert "1,344 parameters" in page
    assert "N, C, H, W N, 3, 32, 32" in page
    assert "N, 48, 30, 30" in page
    assert "48 default 32" in page
    assert "3 from input" in page


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("Σ_k exp(x[k])", "Σ<sub>k</sub> exp(x[k])"),
        ("(Σ x^p over the window)^(1/p)", "(Σ x<sup>p</sup> over the window)<sup>1/p</sup>"),
        ("negative_slope · x", "negative_slope · x"),
        ("0 if a < b", "0 if a &lt; b"),
    ],
)
def test_formula_is_typeset(formula: str, shown: str) -> None:
    assert typeset(formula) == shown


def test_words_of_the_catalog_are_no_markup() -> None:
    page = layer_page(get("Hardshrink"), Here("<b>bold</b>"))
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold" in page


def test_index_leads_to_every_layer() -> None:
    page = index_page()
    assert all(f"layer:{kind}'" in page for kind in layers())


@pytest.mark.parametrize(
    ("part", "link"),
    [
        ("torch.nn.Conv2d", "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"),
        ("torch.cat", "https://docs.pytorch.org/docs/stable/generated/torch.cat.html"),
        ("He et al. 2015, arXiv:1502.01852", "https://arxiv.org/abs/1502.01852"),
        ("Elman 1990, doi:10.1207/s15516709cog1402_1", "https://doi.org/10.1207/s15516709cog1402_1"),
        ("LeCun et al. 1998", ""),
        ("librosa.feature.mfcc", ""),
    ],
)
def test_references_lead_where_they_say(part: str, link: str) -> None:
    assert address(part) == link
