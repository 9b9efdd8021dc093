"""Recurrent layers, attention, embeddings and windows compute what torch's own modules compute."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import maxvit, swin_transformer

from studio.compiler import lower
from studio.compiler.shapes import ShapeEngine
from tests.helpers.drawing import Line, draw

STEPS: Line = ("x", "SequenceInput", {"length": 5, "features": 8})
TOKENS: Line = ("x", "TokenInput", {"length": 5})


def compiled(*lines: Line) -> Any:
    torch.manual_seed(0)
    return lower.compile(draw(*lines))


def outputs(*ports: str) -> list[Line]:
    return [(f"o{number}", "Output", f"it.{port}") for number, port in enumerate(ports)]


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("RNN", {"nonlinearity": "relu"}),
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {"proj_size": 2}),
        ("GRU", {"bias": False}),
    ],
    ids=str,
)
def test_a_recurrent_layer_is_torchs_with_the_batch_first_everywhere(
    kind: str, arguments: dict[str, Any]
) -> None:
    states = ["h_n", "c_n"] if kind == "LSTM" else ["h_n"]
    network = compiled(STEPS, ("it", kind, "x", {"hidden_size": 3, **arguments}), *outputs("output", *states))
    torch.manual_seed(0)
    own = getattr(nn, kind)(8, 3, batch_first=True, **arguments)
    x = torch.randn(4, 5, 8)
    found = network(x)
    output, rest = own(x)
    expected = [output, *(rest if kind == "LSTM" else [rest])]
    assert torch.equal(found[0], expected[0])
    for state, wanted in zip(found[1:], expected[1:], strict=True):
        assert torch.equal(state, wanted.transpose(0, 1))
    assert network.state_dict().keys() == {f"it.{key}" for key in own.state_dict()}


def test_costs_of_an_lstm_by_hand_and_at_once_for_ten_thousand_steps() -> None:
    graph = draw(
        ("x", "SequenceInput", {"length": 10_000, "features": 8}), ("it", "LSTM", "x", {"hidden_size": 3})
    )
    engine = ShapeEngine()
    answer = engine.infer(graph).answers["it"]
    assert answer.macs == 10_000 * 4 * 3 * (8 + 3)
    assert answer.parameters == 4 * 3 * (8 + 3) + 2 * 4 * 3
    assert [kind.shape for kind in answer.outputs if kind] == [(10_000, 3), (1, 3), (1, 3)]


def test_self_attention_needs_one_wire() -> None:
    network = compiled(STEPS, ("it", "MultiheadAttention", "x", {"num_heads": 2}))
    torch.manual_seed(0)
    own = nn.MultiheadAttention(8, 2, batch_first=True)
    x = torch.randn(4, 5, 8)
    assert torch.equal(network(x), own(x, x, x, need_weights=False)[0])


def test_cross_attention_reads_widths_off_its_wires_and_gives_weights() -> None:
    memory: Line = ("y", "SequenceInput", {"length": 7, "features": 6})
    arguments = {"num_heads": 2, "need_weights": True, "average_attn_weights": False}
    network = compiled(
        STEPS, memory, ("it", "MultiheadAttention", "x y", arguments), *outputs("output", "weights")
    )
    torch.manual_seed(0)
    own = nn.MultiheadAttention(8, 2, kdim=6, vdim=6, batch_first=True)
    x, m = torch.randn(4, 5, 8), torch.randn(4, 7, 6)
    output, weights = network(x, m)
    wanted = own(x, m, m, average_attn_weights=False)
    assert torch.equal(output, wanted[0])
    assert torch.equal(weights, wanted[1])
    assert weights.shape == (4, 2, 5, 7)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("kind", "flag", "arguments"),
    [
        ("MultiheadAttention", "is_causal", {"num_heads": 2}),
        ("MultiheadAttention", "is_causal", {"num_heads": 2, "need_weights": True}),
        ("TransformerEncoderLayer", "is_causal", {"nhead": 2, "dim_feedforward": 9, "dropout": 0.0}),
        ("TransformerDecoderLayer", "tgt_is_causal", {"nhead": 2, "dim_feedforward": 9, "dropout": 0.0}),
        ("ScaledDotProductAttention", "is_causal", {}),
    ],
    ids=str,
)
def test_no_step_sees_what_comes_after_it(
    kind: str, flag: str, arguments: dict[str, Any], training: bool
) -> None:
    memory: list[Line] = [("y", "SequenceInput", {"length": 3, "features": 8})] * (kind[11:18] == "Decoder")
    feeds = "x y" if memory else "x"
    x, changed, m = torch.randn(4, 5, 8), torch.randn(4, 5, 8), torch.randn(4, 3, 8)
    changed[:, :3] = x[:, :3]
    for is_causal in (True, False):
        network = compiled(STEPS, *memory, ("it", kind, feeds, {**arguments, flag: is_causal})).train(
            training
        )
        with torch.no_grad():
            one, other = (network(*(value, m)[: 1 + len(memory)]) for value in (x, changed))
        assert torch.allclose(one[:, :3], other[:, :3], atol=1e-6) is is_causal


def test_a_causal_layer_is_torchs_with_torchs_mask() -> None:
    network = compiled(
        STEPS, ("it", "TransformerEncoderLayer", "x", {"nhead": 2, "is_causal": True, "dropout": 0.0})
    )
    torch.manual_seed(0)
    own = nn.TransformerEncoderLayer(8, 2, dropout=0.0, batch_first=True)
    x = torch.randn(4, 5, 8)
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    assert torch.allclose(network(x), own(x, src_mask=mask, is_causal=True), atol=1e-6)


def test_an_embedding_looks_rows_up_and_keeps_its_padding_row_at_zero() -> None:
    network = compiled(
        TOKENS, ("it", "Embedding", "x", {"num_embeddings": 6, "embedding_dim": 3, "padding_idx": 0})
    )
    tokens = torch.randint(0, 6, (4, 5))
    assert torch.equal(network(tokens), network.it.weight[tokens])
    assert not network.it.weight[0].any()


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_a_bag_of_words_does_not_know_their_order(mode: str) -> None:
    network = compiled(
        TOKENS, ("it", "EmbeddingBag", "x", {"num_embeddings": 6, "embedding_dim": 3, "mode": mode})
    )
    tokens = torch.randint(0, 6, (4, 5))
    rows = network.it.weight[tokens]
    wanted = rows.amax(1) if mode == "max" else getattr(rows, mode)(1)
    assert torch.allclose(network(tokens), wanted, atol=1e-6)
    assert torch.allclose(network(tokens.flip(1)), wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "arguments", "wanted"),
    [
        ("DotProduct", {}, [1 * 4 + 2 * 5 + 2 * 6]),
        ("DotProduct", {"keepdim": True}, [[26]]),
        ("CosineSimilarity", {}, [26 / (3 * math.sqrt(77))]),
        ("PairwiseDistance", {"eps": 0.0}, [math.sqrt(9 + 9 + 16)]),
    ],
    ids=str,
)
def test_how_alike_two_rows_are_by_hand(kind: str, arguments: dict[str, Any], wanted: list[float]) -> None:
    row = {"features": 3}
    network = compiled(("x", "VectorInput", row), ("y", "VectorInput", row), ("it", kind, "x y", arguments))
    found = network(torch.tensor([[1.0, 2.0, 2.0]]), torch.tensor([[4.0, 5.0, 6.0]]))
    assert torch.allclose(found, torch.tensor(wanted, dtype=torch.float32))


def test_bilinear_reads_both_widths_and_is_torchs() -> None:
    network = compiled(
        ("x", "VectorInput", {"features": 3}), ("y", "VectorInput", {"features": 4}),
        ("it", "Bilinear", "x y", {"out_features": 2}),
    )  # fmt: skip
    x, y = torch.randn(5, 3), torch.randn(5, 4)
    wanted = torch.einsum("ni,kij,nj->nk", x, network.it.weight, y) + network.it.bias
    assert torch.allclose(network(x, y), wanted, atol=1e-6)


def test_positions_are_the_papers_waves() -> None:
    network = compiled(
        ("x", "SequenceInput", {"length": 4, "features": 5}), ("it", "PositionalEncoding", "x")
    )
    found = network(torch.zeros(2, 4, 5))
    for step in range(4):
        for place in range(5):
            angle = step / 10_000 ** ((place - place % 2) / 5)
            wanted = math.cos(angle) if place % 2 else math.sin(angle)
            assert found[1, step, place].item() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("own", "shape", "line"),
    [
        (lambda: swin_transformer.ShiftedWindowAttention(8, [3, 3], [1, 1], 2), (7, 7, 8),
         {"window_size": (3, 3), "shift_size": (1, 1), "num_heads": 2}),
        (lambda: swin_transformer.ShiftedWindowAttentionV2(8, [3, 3], [0, 0], 2), (6, 6, 8),
         {"window_size": (3, 3), "num_heads": 2}),
        (lambda: swin_transformer.PatchMerging(8), (5, 6, 8), {}),
        (lambda: swin_transformer.PatchMergingV2(8), (5, 6, 8), {}),
        (lambda: maxvit.RelativePositionalMultiHeadAttention(8, 4, 9), (2, 9, 8),
         {"head_dim": 4, "max_seq_len": 9}),
    ],
    ids=["v1", "v2", "merge", "merge_v2", "relative"],
)  # fmt: skip
def test_windows_are_torchvisions(own: Any, shape: tuple[int, ...], line: dict[str, Any]) -> None:
    module = own()
    network = compiled(("x", "TensorInput", {"shape": shape}), ("it", type(module).__name__, "x", line))
    network.load_state_dict({f"it.{key}": value for key, value in module.state_dict().items()})
    x = torch.randn(2, *shape)
    assert torch.equal(network(x), module(x))


def test_windows_cut_and_put_together_are_the_maps() -> None:
    network = compiled(
        ("x", "ImageInput", {"channels": 3, "height": 4, "width": 6}),
        ("cut", "WindowPartition", "x", {"p": 2}),
        ("it", "WindowDepartition", "cut", {"p": 2, "h_partitions": 2, "w_partitions": 3}),
    )
    x = torch.randn(2, 3, 4, 6)
    assert torch.equal(network(x), x)


def test_an_lstms_states_are_no_results_unless_asked_for() -> None:
    lstm: Line = ("lstm", "LSTM", "x", {"hidden_size": 3})
    assert isinstance(compiled(STEPS, lstm)(torch.randn(2, 5, 8)), Tensor)
    last = compiled(STEPS, lstm, ("last", "Select", "lstm.h_n"))(torch.randn(2, 5, 8))
    assert last.shape == (2, 3)


def test_sequences_export() -> None:
    network = compiled(
        TOKENS,
        ("embedding", "Embedding", "x", {"num_embeddings": 9, "embedding_dim": 8}),
        (
            "layer",
            "TransformerEncoderLayer",
            "embedding",
            {"nhead": 2, "dim_feedforward": 4, "is_causal": True},
        ),
        ("last", "Select", "layer", {"index": -1}),
    ).eval()
    tokens = torch.randint(0, 9, (2, 5))
    exported = torch.export.export(network, (tokens,)).module()
    assert torch.allclose(exported(tokens), network(tokens), atol=1e-6)
