from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import studio
from studio.compiler.importing.importer import import_module
from studio.errors import ImportingError
from tests.compiler.importing import modules

SHAPES: dict[type[nn.Module], tuple[int, ...]] = {
    modules.Pair: (6,),
    modules.Listed: (6,),
    modules.SharedLayer: (6,),
    modules.SharedBlock: (6,),
    modules.Tied: (6,),
    modules.Tokens: (5, 8),
    modules.Attention: (10, 16),
    modules.UNet: (3, 16, 16),
}


def example(*shape: int) -> Tensor:
    return torch.randn(3, *shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.__name__)
def test_graph_takes_the_modules_own_state_dict_and_gives_its_outputs(kind: type[nn.Module]) -> None:
    module, inputs = kind().eval(), example(*SHAPES[kind])
    network = studio.compile(studio.from_module(module, inputs))
    network.load_state_dict(module.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(network.eval()(inputs), module(inputs))


def test_whole_numbers_become_tokens() -> None:
    imported = import_module(modules.Recurrent(), torch.randint(0, 20, (3, 10)))
    assert imported.is_bit_equal
    assert [node.kind for node in imported.graph.ordered()][:3] == ["TokenInput", "Embedding", "LSTM"]


def test_transformer_layers_are_layers() -> None:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    imported = import_module(nn.TransformerEncoder(layer, 2), example(10, 16))
    assert imported.is_bit_equal
    assert imported.graph.block("Layers").graph.named("1").kind == "TransformerEncoderLayer"


def test_module_is_left_as_it_was() -> None:
    module = modules.Pair()
    module.bn.eval()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    import_module(module, example(6))
    assert (module.training, module.fc.training, module.bn.training) == (True, True, False)
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())
    assert "forward" not in vars(module.fc)


def test_weights_are_the_modules_own_memory() -> None:
    module = modules.Pair()
    assert import_module(module, example(6)).weights["fc.weight"].data_ptr() == module.fc.weight.data_ptr()


@pytest.mark.parametrize(
    ("then", "names"),
    [
        (lambda x: {"mean": x * 2, "spread": functional.softplus(x)}, ["mean", "spread"]),
        (lambda x: (x.relu(), x), ["output1", "output2"]),
        (lambda x: x, []),
    ],
    ids=["dict", "tuple", "one"],
)
def test_several_outputs_keep_their_names(then: Callable[[Tensor], object], names: list[str]) -> None:
    imported = import_module(modules.Calls(then), example(6))
    assert imported.is_bit_equal
    assert [node.name for node in imported.graph.ordered() if node.kind == "Output"] == names


def test_dropout_is_kept_though_evaluation_skips_it() -> None:
    class Dropping(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return functional.dropout(x, 0.3, self.training)

    graph = studio.from_module(Dropping(), example(6))
    assert graph.named("dropout").arguments["p"] == 0.3


def test_head_of_training_is_an_output_of_its_own() -> None:
    class TwoHeads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.main, self.aux = nn.Linear(6, 2), nn.Linear(6, 2)

        def forward(self, x: Tensor) -> object:
            return (self.main(x), self.aux(x)) if self.training else self.main(x)

    module = TwoHeads()
    imported = import_module(module, example(6))
    assert imported.is_bit_equal
    assert imported.weights.keys() == module.state_dict().keys()


def test_evaluation_is_imported_where_training_cannot_be() -> None:
    class Noisy(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x + torch.randn_like(x) if self.training else x * 2

    imported = import_module(Noisy(), example(6))
    assert imported.is_bit_equal
    assert "as it is in evaluation" in imported.notes[0]
    assert "randn_like" in imported.notes[0]


def test_unused_weights_are_left_out_and_named() -> None:
    module = modules.Calls(lambda x: x)
    module.dead = nn.Linear(2, 2)
    imported = import_module(module, example(6))
    assert set(imported.weights) == {"fc.weight", "fc.bias"}
    assert imported.notes == ("No output depends on dead.weight, dead.bias; they were left out.",)


def test_weights_called_otherwise_are_told() -> None:
    imported = import_module(nn.Linear(6, 3), example(6))
    assert set(imported.weights) == {"linear.weight", "linear.bias"}
    assert "weight → linear.weight" in imported.notes[0]


def test_single_number_becomes_a_row_of_one() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.tensor(0.5))

        def forward(self, x: Tensor) -> Tensor:
            return x * self.scale

    imported = import_module(Scaled(), example(6))
    assert imported.is_bit_equal
    assert imported.weights["scale"].shape == (1,)


def test_frozen_weights_stay_frozen() -> None:
    module = modules.Pair()
    module.fc.requires_grad_(False)
    network = studio.compile(studio.from_module(module, example(6)))
    assert not network.fc.weight.requires_grad
    assert network.bn.weight.requires_grad


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        (torch.tensor(1.0), "is a number"),
        (["a"], "is str"),
        (torch.zeros(3, 6, dtype=torch.float64), "holds float64"),
        (torch.zeros(3, 5), "failed on the example"),
    ],
)
def test_bad_example_raises(inputs: object, text: str) -> None:
    with pytest.raises(ImportingError, match=text):
        import_module(modules.Pair(), inputs)  # type: ignore[arg-type]


def test_what_is_no_module_raises() -> None:
    with pytest.raises(ImportingError, match="not function"):
        studio.from_module(example, example(6))  # type: ignore[arg-type]


def test_compiled_graph_imports_as_itself() -> None:
    graph = studio.from_module(modules.UNet(), example(3, 16, 16))
    again = import_module(studio.compile(graph), example(3, 16, 16))
    assert again.is_bit_equal
    assert [node.name for node in again.graph.ordered()] == [node.name for node in graph.ordered()]


def test_what_torch_compile_wraps_is_unwrapped() -> None:
    wrapper = nn.Module()  # torch.compile itself takes seconds to load
    wrapper._orig_mod = modules.Pair()
    assert import_module(wrapper, example(6)).graph.named("fc")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nn.Sequential(nn.LazyLinear(3)), "Run the module once on an example first"),
        (lambda: nn.utils.parametrizations.weight_norm(nn.Linear(6, 3)), "set up as Linear cannot be"),
    ],
    ids=["lazy", "parametrized"],
)
def test_module_that_is_not_plain_is_refused(make: Callable[[], nn.Module], text: str) -> None:
    with pytest.raises(ImportingError, match=text):
        import_module(make(), example(6))
