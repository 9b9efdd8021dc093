from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_model, save_model

from studio.catalog.code_templates import GAUSSIAN, RESIDUAL_SCALE, STRAIGHT_THROUGH, SWISH
from studio.compiler import custom, lower
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.errors import CodeError, CompileError
from studio.graph.problems import Problem
from studio.project import trust
from tests.helpers.custom_code import around_code, canary, layer
from tests.helpers.drawing import block, draw


def problem_of(code: str) -> Problem:
    found = analyse(around_code(code)).problems
    return next(problem for problem in found if problem.node == "mine")


def test_templates_compute_what_they_say() -> None:
    graph = draw(
        ("x", "ImageInput", {"channels": 3, "height": 4, "width": 4}),
        ("swish", "Custom", "x", {"beta": 2.0}),
        ("scaled", "Custom", "swish x", {"code": RESIDUAL_SCALE}),
        ("sign", "Custom", "scaled", {"code": STRAIGHT_THROUGH}),
        ("drawn", "Custom", "sign scaled", {"code": GAUSSIAN}),
        ("y", "Output", "drawn"),
        ("z", "Output", "drawn.deviation"),
    )
    analysis = analyse(graph)
    assert analysis.problems == ()
    assert analysis.totals.parameters == 4
    network = lower.build(graph)
    module = network.module.eval()
    assert set(module.state_dict()) == {"swish.beta", "scaled.scale"}
    x = torch.randn(2, 3, 4, 4)
    first, second = module(x)
    scaled = x + 0.1 * (x * torch.sigmoid(2.0 * x))
    torch.testing.assert_close(first, torch.sign(scaled))
    torch.testing.assert_close(second, torch.exp(0.5 * scaled))
    assert module.swish.__class__.__name__ == "Swish"


def test_untrusted_code_is_a_problem_that_can_be_read_and_everything_behind_it_is_unknown() -> None:
    code = layer("return x + 1234")
    engine = ShapeEngine()
    graph = around_code(code, trusted=False)
    analysis = analyse(graph, engine=engine)
    (problem,) = [one for one in analysis.problems if one.severity == "error"]
    assert (problem.code, problem.node, problem.argument) == ("untrusted", "mine", "code")
    assert "has not been trusted on this machine" in problem.message
    assert [(fix.label, fix.action, fix.node) for fix in problem.fixes] == [
        ("Read the code…", "trust", "mine")
    ]
    assert analysis.reports["fc"].shape is None
    with pytest.raises(CompileError, match="not been trusted"):
        lower.build(graph, engine)
    trust.store().trust(code)
    assert analyse(graph, engine=engine).ok
    lower.build(graph, engine)
    trust.store().revoke(code)
    assert not analyse(graph, engine=engine).ok
    with pytest.raises(CompileError):
        lower.build(graph, engine)


def test_the_one_door_asks_for_trust_each_time() -> None:
    code = layer("return x + 4321")
    with pytest.raises(CodeError, match="not been trusted"):
        custom.make(code)
    trust.store().trust(code)
    custom.make(code)
    trust.store().revoke(code)
    with pytest.raises(CodeError, match="not been trusted"):
        custom.make(code)


def test_a_changed_byte_is_not_run(tmp_path: Path) -> None:
    code = canary(tmp_path / "canary")
    trust.store().trust(code)
    assert not analyse(around_code(f"{code} ", trusted=False)).ok
    assert not (tmp_path / "canary").exists()
    assert analyse(around_code(code, trusted=False)).ok
    assert (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (layer("return x @ torch.zeros(7, 7)"), 5, "RuntimeError: a and b must have same reduction dim"),
        (layer("return 3"), 4, "forward returned something of the type int where a tensor was expected"),
        (layer("y = None; return y"), 4, "forward returned nothing"),
        (layer("return x, 3"), 4, 'something of the type int as "output1"'),
        (layer("return x.wrong"), 5, "AttributeError: 'Tensor' object has no attribute 'wrong'"),
        (layer("return x", "self.a = 1 / 0"), 6, "ZeroDivisionError: division by zero"),
        (layer("raise SystemExit(3); return x"), 5, "SystemExit: 3"),
        (
            layer("return x", "self.a = helper()").replace(
                "class", "def helper():\n    return nowhere\n\n\nclass"
            ),
            4,
            "nowhere",
        ),
        (layer("return x").replace("class", "import no_such_package\nclass"), 3, "No module named"),
        (layer("return x").replace("nn.Module", "object"), 3, "is no nn.Module"),
        (layer("return x").replace("nn.Module", "1 / 0"), 3, "ZeroDivisionError"),
        (
            layer("return x", "self.a = 1").replace("        super().__init__()\n", ""),
            3,
            "super().__init__()",
        ),
        (layer("return x") + "Mine = 3\n", 3, "is no class any more"),
        (layer("return x +"), 5, "Python cannot read it: invalid syntax"),
        (layer("assert x.shape[1] == 3, 'three channels'; return x"), 5, "AssertionError: three channels"),
    ],
)
def test_what_fails_is_told_at_its_line(code: str, line: int, words: str) -> None:
    problem = problem_of(code)
    assert (problem.severity, problem.code, problem.line) == ("error", "code", line)
    assert f", line {line}: " in problem.message
    assert words in problem.message


def test_a_loop_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "ASKING_S", 0.1)
    problem = problem_of(layer("while True: x = x + 1; return x"))
    assert "gave no answer after 0.1 seconds" in problem.message
    assert problem.line == 5


def test_samples_must_stay_apart() -> None:
    problem = problem_of(layer("return x.flatten()"))
    assert (problem.code, "dimension 0 is not the batch" in problem.message) == ("batch", True)


def test_code_that_looks_at_numbers_is_tried_on_a_few_zeros() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    code = layer(
        "if torch.rand(1) < 0.5 and x.sum() > 0:; return self.fc(x)".replace(":;", ": x = x + 1;"),
        "self.fc = nn.Linear(8, 3)",
    )
    analysis = analyse(around_code(code))
    assert analysis.problems == ()
    assert analysis.reports["mine"].shape == (1, 8, 3)
    assert analysis.reports["mine"].parameters == 27
    torch.testing.assert_close(torch.rand(3), expected)


def test_arguments_come_in_the_form_that_the_code_asks_for() -> None:
    init = "self.seen = (sizes, rates, sides, mode, in_features)"
    arguments = (
        "in_features: int, sizes: tuple[int, ...] = (3,), rates: list[float] = [0.5], "
        "sides: int | tuple[int, int] = 3, mode: Literal['sum', 'mean'] = 'sum'"
    )
    code = layer("return x", init, arguments=arguments).replace(
        "import torch\n", "import torch\nfrom typing import Literal\n"
    )
    graph = around_code(code, sizes=4, rates=(0.5, 0.25), sides=(3, 5), mode="mean")
    assert lower.build(graph).module.mine.seen == ((4,), [0.5, 0.25], (3, 5), "mean", 8)
    assert lower.build(around_code(code)).module.mine.seen == ((3,), [0.5], 3, "sum", 8)
    (problem,) = [
        one for one in analyse(around_code(code, in_features=5)).problems if one.severity == "error"
    ]
    assert "expected 5 features" in problem.message


def test_a_wrong_size_of_a_submodule_is_found() -> None:
    assert (
        "got [N·8, 8] X [7, 3]" in problem_of(layer("return self.fc(x)", "self.fc = nn.Linear(7, 3)")).message
    )


def test_several_and_missing_inputs() -> None:
    code = layer("return sum(rest, x) if mask is None else x * mask", inputs="x, mask=None, *rest")
    trust.store().trust(code)
    graph = draw(
        ("a", "VectorInput", {"features": 3}),
        ("b", "VectorInput", {"features": 3}),
        ("one", "Custom", "a", {"code": code}),
        ("two", "Custom", "a b", {"code": code}),
        ("y", "Output", "one"),
        ("z", "Output", "two"),
    )
    assert analyse(graph).ok
    one, two = lower.compile(graph)(torch.full((2, 3), 2.0), torch.full((2, 3), 3.0))
    assert (one.unique().tolist(), two.unique().tolist()) == ([2.0], [6.0])


def test_weights_are_saved_under_the_nodes_name_and_loaded(tmp_path: Path) -> None:
    code = layer(
        "return self.fc(x) * self.scale",
        "self.fc = nn.Linear(8, 8); self.scale = nn.Parameter(torch.ones(8))",
    )
    graph = around_code(code)
    first, second = lower.compile(graph), lower.compile(graph)
    assert {name for name in first.state_dict() if name.startswith("mine.")} == {
        "mine.fc.weight",
        "mine.fc.bias",
        "mine.scale",
    }
    save_model(first, str(tmp_path / "w.safetensors"))
    load_model(second, str(tmp_path / "w.safetensors"))
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(first(x), second(x))


def test_it_is_one_submodule_of_the_network_and_torch_can_compile_and_copy_it() -> None:
    import copy

    network = lower.compile(around_code(SWISH))
    assert [node.op for node in network.graph.nodes if node.target == "mine"] == ["call_module"]
    x = torch.randn(2, 1, 8, 8)
    again = copy.deepcopy(network)
    assert torch.equal(again(x), network(x))
    compiled = torch.compile(network, backend="eager")
    torch.testing.assert_close(compiled(x), network(x))


def test_a_block_shares_one_code_with_its_own_arguments() -> None:
    code = layer("return x * self.factor", "self.factor = factor", arguments="factor: float = 1.0")
    trust.store().trust(code)
    inner = block(
        "Twice",
        ("i", "BlockInput"),
        ("m", "Custom", "i", {"code": code, "factor": "=factor * 2"}),
        ("o", "BlockOutput", "m"),
        arguments={"factor": 1.5},
    )
    graph = draw(
        ("x", "VectorInput", {"features": 2}), ("b", "block:Twice", "x", {"repeat": 2}), blocks=[inner]
    )
    assert lower.compile(graph)(torch.ones(1, 2)).tolist() == [[9.0, 9.0]]


def test_frozen_and_regularized_like_any_layer() -> None:
    code = layer("return self.fc(x)", "self.fc = nn.Linear(8, 8)")
    network = lower.build(around_code(code, frozen=True, l2=0.1))
    assert not any(parameter.requires_grad for parameter in network.module.mine.parameters())
    network = lower.build(around_code(code, weight_init="constant", init_gain=0.25, lr_factor=0.5))
    assert network.module.mine.fc.weight.unique().tolist() == [0.25]


def test_what_it_prints_does_not_go_where_programs_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert analyse(around_code(layer("print('hello', x.shape); return x"))).ok
    captured = capsys.readouterr()
    assert (captured.out, captured.err.startswith("hello torch.Size")) == ("", True)


def test_tensors_of_the_module_are_on_the_cpu_though_shapes_are_asked_elsewhere() -> None:
    code = layer("return x + TABLE").replace("class", "TABLE = torch.arange(8.0)\nclass")
    network = lower.compile(around_code(code))
    assert network.mine(torch.zeros(1, 1, 8, 8))[0, 0, 0].tolist() == list(range(8))


def test_a_traceback_shows_the_line() -> None:
    import traceback

    code = layer("raise ValueError('here'); return x")
    trust.store().trust(code)
    module = custom.make(code)
    with pytest.raises(ValueError, match="here") as caught:
        module(torch.ones(1))
    assert "raise ValueError('here')" in "".join(traceback.format_exception(caught.value))
    assert custom.line_of(caught.value, code) == 5
