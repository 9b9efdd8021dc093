"""Auxiliary heads: there in training, gone and not computed in evaluation."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import torch
from torch import fx, nn

from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.heads import early_return
from studio.graph.graph import Graph
from tests.helpers.drawing import Line, draw

TRAINING = {"active": "training", "loss_weight": 0.3}


def three_heads(**settings: Any) -> Graph:
    """Return two auxiliary heads on the way to the main one, drawn before it, as in GoogLeNet."""
    return draw(
        ("x", "VectorInput", {"features": 4}),
        ("body1", "Linear", "x", {"out_features": 8}),
        ("aux1", "Linear", "body1", {"out_features": 3}),
        ("body2", "Linear", "body1", {"out_features": 8}),
        ("wide", "Linear", "body2", {"out_features": 9}),
        ("drop", "Dropout", "wide"),
        ("aux2", "Linear", "drop", {"out_features": 3}),
        ("main", "Linear", "body2", {"out_features": 3}),
        ("target", "Target"),
        ("aux1_loss", "CrossEntropyLoss", "aux1 target", settings or TRAINING),
        ("aux2_loss", "CrossEntropyLoss", "aux2 target", settings or TRAINING),
        ("main_loss", "CrossEntropyLoss", "main target"),
    )


X = torch.ones(5, 4)


def test_training_gives_three_outputs_the_main_one_first_and_evaluation_one() -> None:
    network = lower.build(three_heads())
    assert (network.outputs, network.num_main) == (("main", "aux1", "aux2"), 1)
    main, aux1, aux2 = network.module(X)
    module = network.module
    body1 = module.body1(X)
    assert torch.equal(aux1, module.aux1(body1))
    assert torch.equal(main, module.main(module.body2(body1)))
    assert aux2.shape == (5, 3)
    alone = module.eval()(X)
    assert torch.equal(alone, main)
    assert len(module.train()(X)) == 3


def test_losses_know_their_factor_their_output_and_when_they_count() -> None:
    terms = lower.build(three_heads()).losses
    assert {term.name: (term.output, term.weight, term.training_only) for term in terms} == {
        "main_loss": (0, 1.0, False),
        "aux1_loss": (1, 0.3, True),
        "aux2_loss": (2, 0.3, True),
    }


def test_heads_are_not_computed_in_evaluation() -> None:
    module = lower.compile(three_heads())
    called: list[str] = []
    for name, layer in module.named_children():
        layer.register_forward_hook(lambda *_, name=name: called.append(name))
    module.eval()(X)
    assert called == ["body1", "body2", "main"]
    called.clear()
    module.train()(X)
    assert sorted(called) == ["aux1", "aux2", "body1", "body2", "drop", "main", "wide"]


def test_the_code_reads_as_one_would_write_it() -> None:
    code = lower.compile(three_heads()).code
    assert "    if not self.training:\n        return main\n" in code
    assert code.index("main = self.main") < code.index("if not") < code.index("aux1 = self.aux1")


@pytest.mark.parametrize("training", [True, False])
def test_a_copy_still_knows_its_heads(training: bool) -> None:
    module = lower.compile(three_heads()).train(training)
    twin = copy.deepcopy(module)
    assert twin.training is training
    assert torch.equal(twin.eval()(X), module.eval()(X))
    assert len(twin.train()(X)) == 3
    twin.recompile()
    assert twin.eval()(X).shape == (5, 3)


@pytest.mark.parametrize("training", [True, False])
def test_a_pickled_network_still_knows_its_heads(training: bool) -> None:
    module = lower.compile(three_heads()).train(training)
    expected = module.eval()(X)
    module.train(training)
    for twin in (pickle.loads(pickle.dumps(module)), pickle.loads(pickle.dumps(copy.deepcopy(module)))):
        assert twin.training is training
        assert torch.equal(twin.eval()(X), expected)
        assert len(twin.train()(X)) == 3
        assert len(pickle.loads(pickle.dumps(twin))(X)) == 3


def test_state_has_no_key_twice_and_loads() -> None:
    first, second = lower.compile(three_heads()), lower.compile(three_heads())
    layers = ("body1", "body2", "main", "aux1", "wide", "aux2")
    expected = [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]
    assert sorted(first.state_dict()) == sorted(expected)
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.eval()(X), second.eval()(X))


def test_a_network_without_heads_is_an_ordinary_module() -> None:
    module = lower.compile(three_heads(loss_weight=0.3))
    assert early_return(module) is None
    assert "training" not in module.code
    assert len(module.eval()(X)) == 3
    assert type(module).__mro__[1] is fx.GraphModule


def test_a_head_that_computes_nothing_of_its_own_is_left_out_too() -> None:
    module = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("body", "Linear", "x", {"out_features": 3}),
            ("main", "Linear", "body", {"out_features": 3}),
            ("target", "Target"),
            ("aux_loss", "CrossEntropyLoss", "body target", TRAINING),
            ("main_loss", "CrossEntropyLoss", "main target"),
        )
    )
    assert len(module(X)) == 2
    assert torch.equal(module.eval()(X), module.main(module.body(X)))


def test_named_outputs_and_targets_of_lasting_losses_stay_in_evaluation() -> None:
    network = lower.build(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("code1", "Linear", "x", {"out_features": 2}),
            ("back", "Linear", "code1", {"out_features": 4}),
            ("head", "Linear", "code1", {"out_features": 4}),
            ("seen", "Output", "code1"),
            ("loss", "MSELoss", "back x"),
            ("aux_loss", "MSELoss", "head x", TRAINING),
        )
    )
    assert network.outputs == ("back", "x", "seen", "head")
    assert len(network.module(X)) == 4
    back, x, code = network.module.eval()(X)
    assert (back.shape, x is X, code.shape) == ((5, 4), True, (5, 2))


def test_an_input_that_only_a_head_reads_keeps_its_place() -> None:
    lines: list[Line] = [
        ("a_extra", "VectorInput", {"features": 2}),
        ("x", "VectorInput", {"features": 4}),
        ("main", "Linear", "x", {"out_features": 3}),
        ("aux", "Linear", "a_extra", {"out_features": 3}),
        ("target", "Target"),
        ("aux_loss", "CrossEntropyLoss", "aux target", TRAINING),
        ("main_loss", "CrossEntropyLoss", "main target"),
    ]
    network = lower.build(draw(*lines))
    assert network.inputs == ("a_extra", "x")
    main, aux = network.module(torch.ones(5, 2), X)
    assert torch.equal(main, network.module.eval()(torch.ones(5, 2), X))
    assert torch.equal(aux, network.module.aux(torch.ones(5, 2)))


def test_a_network_that_nothing_judges_in_evaluation_is_a_problem() -> None:
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("fc", "Linear", "x", {"out_features": 3}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target", TRAINING),
    )
    (problem,) = analyse(graph).problems
    assert problem.code == "no-main-loss"
    assert problem.suggestion == "Set active of one loss to always."
    assert problem.fix is not None
    assert (problem.fix.node, problem.fix.argument, problem.fix.value) == ("loss", "active", "always")


def test_a_layer_called_output_does_not_confuse_the_early_return() -> None:
    module = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("output", "Linear", "x", {"out_features": 3}),
            ("return_", "Linear", "output", {"out_features": 3}),
            ("target", "Target"),
            ("aux_loss", "CrossEntropyLoss", "return_ target", TRAINING),
            ("main_loss", "CrossEntropyLoss", "output target"),
        )
    )
    assert len(module(X)) == 2
    assert torch.equal(module.eval()(X), module.output(X))


@pytest.mark.slow
def test_torch_compile_follows_the_mode() -> None:
    module: nn.Module = lower.compile(three_heads())
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    assert len(compiled(X)) == 3
    module.eval()
    assert torch.equal(compiled(X), module(X))
    module.train()
    assert len(compiled(X)) == 3
