"""What the networks compute, by hand or by torch: gates, shortcuts, tied weights, shifted texts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio import zoo
from studio.compiler import lower


def _zeroed(module: nn.Module, *endings: str) -> None:
    """Set every parameter whose name ends so to 0."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith(endings):
                parameter.zero_()


def test_residual_block_with_a_zero_branch_is_the_identity() -> None:
    module = lower.compile(zoo.build("cifar_resnet", input_shape=(1, 8, 8), n=3)).eval()
    _zeroed(module, "bn2.weight", "bn2.bias")
    maps = torch.rand(2, 16, 8, 8)
    assert torch.equal(module.get_submodule("layer1")(maps), maps)


def test_plain_block_with_a_zero_branch_gives_nothing() -> None:
    module = lower.compile(zoo.build("cifar_plain", input_shape=(1, 8, 8), n=1)).eval()
    _zeroed(module, "bn2.weight", "bn2.bias")
    assert not module.get_submodule("layer1")(torch.rand(2, 16, 8, 8)).any()


def test_option_a_keeps_every_other_place_and_adds_zero_channels() -> None:
    module = lower.compile(zoo.build("cifar_resnet", input_shape=(1, 8, 8), n=1)).eval()
    _zeroed(module, "bn2.weight", "bn2.bias")
    maps = torch.rand(2, 16, 8, 8)
    halved = module.get_submodule("layer2")(maps)
    assert torch.equal(halved[:, :16], maps[:, :, ::2, ::2])
    assert not halved[:, 16:].any()


@pytest.mark.parametrize(
    ("stride_in", "conv1", "conv2"), [("paper", (2, 2), (1, 1)), ("torchvision", (1, 1), (2, 2))]
)
def test_stride_of_a_bottleneck_is_where_it_is_asked_for(
    stride_in: str, conv1: tuple[int, int], conv2: tuple[int, int]
) -> None:
    module = lower.compile(zoo.build("resnet50", input_shape=(3, 32, 32), num_classes=2, stride_in=stride_in))
    assert module.get_submodule("layer2.0.conv1").stride == conv1
    assert module.get_submodule("layer2.0.conv2").stride == conv2
    assert module.get_submodule("layer2.1.conv1").stride == (1, 1)


def test_closed_gates_of_a_highway_pass_the_input() -> None:
    module = lower.compile(zoo.build("highway", input_shape=(4,), width=6, gate_bias=-20.0))
    _zeroed(module, "gate.weight")
    rows = torch.randn(3, 6)
    torch.testing.assert_close(module.get_submodule("layers")(rows), rows, atol=1e-6, rtol=0)


def test_gates_of_a_highway_start_with_their_bias() -> None:
    module = lower.compile(zoo.build("highway", input_shape=(4,), depth=2, width=6))
    biases = [value for name, value in module.named_parameters() if name.endswith("gate.bias")]
    assert len(biases) == 2
    assert all(torch.equal(bias, torch.full((6,), -2.0)) for bias in biases)


def test_skip_to_the_output_adds_to_the_deep_way() -> None:
    module = lower.compile(zoo.build("skip_mlp", hidden=(4,)))
    rows = torch.randn(5, 2)
    deep = module.fc2(module.fc1(rows).relu())  # type: ignore[operator]
    assert torch.equal(module(rows), deep + module.skip(rows))  # type: ignore[operator]


def test_tied_decoder_uses_the_encoders_weight_turned_over() -> None:
    network = lower.build(zoo.build("autoencoder", input_shape=(6,), hidden=(4, 3)))
    state = network.module.state_dict()
    assert "decoder1.weight" not in state
    rows = torch.rand(2, 6)
    code = rows
    for number in (1, 2):
        code = torch.sigmoid(code @ state[f"encoder{number}.weight"].T + state[f"encoder{number}.bias"])
    back = torch.sigmoid(code @ state["encoder2.weight"] + state["decoder2.bias"])
    back = torch.sigmoid(back @ state["encoder1.weight"] + state["decoder1.bias"])
    torch.testing.assert_close(network.module(rows)[0], back)


@pytest.mark.parametrize("name", ["autoencoder", "deep_autoencoder", "conv_autoencoder"])
@pytest.mark.parametrize(("values", "loss"), [("binary", nn.BCELoss), ("real", nn.MSELoss)])
def test_input_is_its_own_target(name: str, values: str, loss: type[nn.Module]) -> None:
    network = lower.build(zoo.build(name, input_shape=(1, 7, 10), values=values))
    images = torch.rand(2, 1, 7, 10)
    rebuilt, truth = network.module(images)
    assert torch.equal(truth.reshape(images.shape), images)
    assert rebuilt.shape == truth.shape
    assert isinstance(network.losses[0].module, loss)


def test_code_of_the_deep_autoencoder_is_linear() -> None:
    graph = zoo.build("deep_autoencoder")
    (after,) = graph.outputs_of(graph.named("encoder4").id)
    assert graph.node(after.target).name == "decoder4"


def test_character_rnn_predicts_the_text_one_letter_on() -> None:
    network = lower.build(zoo.build("char_rnn", vocabulary=9, length=5))
    text = torch.randint(9, (2, 6))
    scores, following = network.module(text)
    assert scores.shape == (2, 9, 5)
    assert torch.equal(following, text[:, 1:])


def test_character_rnn_does_not_see_what_it_predicts() -> None:
    module = lower.compile(zoo.build("char_rnn", vocabulary=9, length=5))
    text = torch.randint(8, (1, 6))
    changed = text.clone()
    changed[0, 3] = 8
    before, after = module(text)[0], module(changed)[0]
    assert torch.equal(before[:, :, :3], after[:, :, :3])
    assert not torch.equal(before[:, :, 3], after[:, :, 3])


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_classifier_reads_the_last_step(cell: str) -> None:
    module = lower.compile(zoo.build("lstm_classifier", vocabulary=20, length=7, cell=cell))
    tokens = torch.randint(20, (3, 7))
    steps, _ = getattr(module, cell.lower())(module.embedding(tokens))  # type: ignore[operator]
    assert torch.equal(module(tokens), module.fc(steps[:, -1]))  # type: ignore[operator]


def test_caption_begins_with_the_image_and_leaves_out_the_last_word() -> None:
    network = lower.build(zoo.build("image_captioner", input_shape=(3, 16, 16), vocabulary=11, length=4))
    module, image, words = network.module.eval(), torch.randn(2, 3, 16, 16), torch.randint(11, (2, 4))
    scores, truth = module(image, words)
    assert scores.shape == (2, 11, 4)
    assert torch.equal(truth, words)
    other = words.clone()
    other[:, -1] = (other[:, -1] + 1) % 11
    assert torch.equal(module(image, other)[0], scores)
    assert not torch.equal(module(image + 1, words)[0][:, :, 0], scores[:, :, 0])


def test_rating_is_the_product_of_two_rows_and_what_is_added() -> None:
    network = lower.build(zoo.build("matrix_factorization", num_users=4, num_items=5, rank=3))
    state = network.module.state_dict()
    for value in state.values():
        value.normal_()
    users, items = torch.tensor([0, 3, 1]), torch.tensor([4, 0, 2])
    rows = {name: value.numpy() for name, value in state.items()}
    expected = np.sum(rows["users.weight"][users] * rows["items.weight"][items], axis=1)
    expected = (
        expected + rows["user_bias.weight"][users, 0] + rows["item_bias.weight"][items, 0] + rows["mean"]
    )
    assert network.inputs == ("user", "item")
    np.testing.assert_allclose(network.module(users, items).detach().numpy()[:, 0], expected, rtol=1e-5)


def test_multi_stage_classifier_sees_both_stages() -> None:
    module = lower.compile(zoo.build("two_stage", input_shape=(1, 8, 8), channels=(2, 3), num_classes=2))
    image = torch.randn(1, 1, 8, 8)
    first = module.pool1(module.conv1(image).tanh())  # type: ignore[operator]
    second = module.pool2(module.conv2(first).tanh())  # type: ignore[operator]
    both = torch.cat([module.subsample(first).flatten(1), second.flatten(1)], dim=1)  # type: ignore[operator]
    assert torch.equal(module(image), module.fc(both))  # type: ignore[operator]


@pytest.mark.parametrize("front", ["spectrogram", "learned"])
def test_sound_classifier_takes_silence(front: str) -> None:
    module = lower.compile(zoo.build("audio_classifier", length=1000, front=front))
    scores: Tensor = module(torch.zeros(2, 1, 1000))
    assert scores.shape == (2, 8)
    assert scores.isfinite().all()


def test_computed_spectrogram_learns_nothing() -> None:
    module = lower.compile(zoo.build("audio_classifier", length=1000))
    assert not list(module.get_submodule("spectrogram").parameters())


def test_small_transformer_sees_where_a_patch_lies() -> None:
    torch.manual_seed(0)
    module = lower.compile(zoo.build("vision_transformer", input_shape=(1, 8, 8), dim=8, depth=1)).eval()
    image = torch.zeros(1, 1, 8, 8)
    image[..., :4, :4] = 1.0
    assert not torch.allclose(module(image), module(image.flip(-1)), atol=1e-7)


def test_googlenet_has_three_outputs_in_training_and_one_afterwards() -> None:
    network = lower.build(zoo.build("googlenet_torchvision", input_shape=(3, 32, 32), num_classes=5))
    images = torch.randn(2, 3, 32, 32)
    scores = network.module.train()(images)
    assert [output.shape for output in scores] == [(2, 5)] * 3
    assert len(network.losses) == 3
    assert network.module.eval()(images).shape == (2, 5)
