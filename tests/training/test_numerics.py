"""Precision, memory formats, determinism and activation checkpointing: same learning, other means."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from studio import zoo
from studio.compiler import lower
from studio.errors import TrainingError
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.runs import checkpoints
from studio.runs.records import Histogram, Steps
from studio.training import epochs, failures, numerics, precision
from studio.training.control import Control
from studio.training.fit import check_project
from studio.training.loop import Trainer
from studio.training.precision import Precision
from studio.training.recomputing import recomputed
from studio.training.run import Run, train
from studio.training.session import prepare_session

Make = Callable[..., Project]
CPU = torch.device("cpu")


def weights(run: Run) -> dict[str, torch.Tensor]:
    return run.checkpoint("last")


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture
def half_on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the CPU compute in fp16, which it does slowly, so that its scale can be tested here."""
    monkeypatch.setitem(precision.DEVICES, "fp16", ("cpu", "cuda"))


# Precision -----------------------------------------------------------------------------------------


def test_bf16_is_torchs_autocast_to_the_bit(make_project: Make) -> None:
    with torch.random.fork_rng(devices=[]):
        session = prepare_session(make_project(precision="bf16"), None, CPU)
    inputs, _ = session.train.span(0, 8)
    (found,) = session.precision.run(session.module, (inputs,))
    with torch.autocast("cpu", torch.bfloat16):
        expected = session.module(inputs)
    assert (expected.dtype, found.dtype) == (torch.bfloat16, torch.float32)
    assert torch.equal(found, expected.float())


def test_bf16_learns_and_keeps_weights_in_float32(digits: Make, tmp_path: Path) -> None:
    run = train(digits("small_cnn", precision="bf16", epochs=3), runs_folder=tmp_path)
    full = train(digits("small_cnn", epochs=3), runs_folder=tmp_path)
    assert run.best is not None
    assert run.best.val_accuracy > 0.95
    assert not same(weights(run), weights(full))
    assert weights(run)["fc.weight"].dtype == torch.float32


@pytest.mark.usefixtures("half_on_cpu")
def test_fp16_steps_are_those_of_a_loop_written_by_hand(make_project: Make) -> None:
    project = make_project(precision="fp16", max_grad_norm=0.5, max_steps=3, epochs=1, patience=0)
    trainer = Trainer(project)
    assert trainer.run().state == "finished"
    with torch.random.fork_rng(devices=[]):
        session = prepare_session(make_project(max_grad_norm=0.5), None, CPU)
    scaler = torch.amp.GradScaler("cpu")
    for rows in session.order(1)[:3]:
        inputs, targets = session.train.take(rows)
        session.optimizer.zero_grad()
        with torch.autocast("cpu", torch.float16):
            outputs = session.module(inputs)
        scaler.scale(nn.functional.cross_entropy(outputs.float(), targets)).backward()
        scaler.unscale_(session.optimizer)
        nn.utils.clip_grad_norm_(session.module.parameters(), 0.5)
        scaler.step(session.optimizer)
        scaler.update()
    assert trainer.module is not None
    assert same(session.module.state_dict(), trainer.module.state_dict())


@pytest.mark.usefixtures("half_on_cpu")
def test_step_that_overflows_is_left_out_and_the_scale_halved() -> None:
    layer = nn.Linear(1, 1)
    before = layer.weight.detach().clone()
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    mixed = Precision("fp16", CPU)
    mixed.backward((layer.weight * 1e38).sum())
    mixed.step(optimizer)
    assert torch.equal(layer.weight, before)
    assert '"scale": 32768.0' in mixed.state()


@pytest.mark.usefixtures("half_on_cpu")
def test_scale_is_resumed(
    make_project: Make, recorder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The scale grows every third step, so that what was forgotten would show.
    monkeypatch.setattr(torch.amp.GradScaler.__init__, "__defaults__", ("cpu", 2.0**10, 2.0, 0.5, 3, True))
    project = make_project(precision="fp16", patience=0)
    whole = train(project, runs_folder=tmp_path)
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    control = Control()
    recorder.on_record = lambda record: control.stop() if getattr(record, "step", 0) == 7 else None
    part = train(project, runs_folder=tmp_path, reporter=recorder, control=control)
    kept = checkpoints.load(part.folder / "resume.safetensors")
    assert '"scale": 4096.0' in kept.metadata["scaler"]
    resumed = train(project, runs_folder=tmp_path, resume=part.name)
    assert same(weights(whole), weights(resumed))
    again = checkpoints.load(part.folder / "resume.safetensors").metadata["scaler"]
    assert again == checkpoints.load(whole.folder / "resume.safetensors").metadata["scaler"]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"precision": "fp16"}, "fp16 is computed on cuda, and the device is cpu. Set precision to bf16."),
        ({"cuda_graphs": "on"}, "CUDA graphs need a CUDA device"),
    ],
    ids=["fp16", "cuda_graphs"],
)
def test_what_the_device_cannot_do_is_refused_in_words(
    make_project: Make, settings: dict[str, Any], text: str
) -> None:
    project = make_project(**settings)
    (found,) = [one for one in check_project(project, None).problems if one.code == "numerics"]
    assert (found.severity, found.argument) == ("error", list(settings)[-1])
    assert found.message.startswith(text)
    with pytest.raises(TrainingError, match=text.split(",")[0]):
        prepare_session(project, None, CPU)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"optimizer": "lbfgs", "precision": "fp16"}, "take bf16"),
        ({"optimizer": "kfac", "cuda_graphs": "on"}, "cuda_graphs must not be on with kfac"),
        ({"checkpointing": True, "compile": True}, "do not go together"),
        ({"checkpointing": True, "cuda_graphs": "on"}, "do not go together"),
    ],
    ids=["lbfgs", "kfac", "compile", "cuda_graphs"],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        TrainingConfig.model_validate(settings)


# Compilation ---------------------------------------------------------------------------------------


def test_no_compiler_is_said_before_the_run(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    (found,) = [
        one for one in check_project(make_project(compile=True), None).problems if one.code == "numerics"
    ]
    assert 'needs the C++ compiler "no-such-compiler", which this machine does not have' in found.message


def test_network_that_cannot_be_compiled_ends_in_words(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch._dynamo.exc import Unsupported

    assert failures.explain(
        Unsupported("no such thing"), step=1, batch_size=2, device="cpu", node=""
    ).startswith("The network could not be compiled: no such thing")


@pytest.fixture
def eager_compiler(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Compile with the graph alone and without a C++ compiler; return how torch.compile was called."""
    calls: list[dict[str, Any]] = []
    real = torch.compile

    def compiled(module: nn.Module, **options: Any) -> Any:
        calls.append(options)
        return real(module, backend="eager", dynamic=options["dynamic"])

    monkeypatch.setattr(torch, "compile", compiled)
    return calls


def test_compiled_network_learns_the_same_and_can_be_looked_into(
    make_project: Make, recorder: Any, eager_compiler: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    plain = Trainer(make_project())
    control = Control()
    control.set_watch(("relu1",), (), 0.5)
    compiled = Trainer(make_project(compile=True), reporter=recorder, control=control)
    assert (plain.run().state, compiled.run().state) == ("finished", "finished")
    assert plain.module is not None
    assert compiled.module is not None
    assert same(plain.module.state_dict(), compiled.module.state_dict())
    assert recorder.of(Histogram)
    assert eager_compiler == [{"dynamic": False}]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_torchs_own_compiler_learns_as_well(make_project: Make, tmp_path: Path) -> None:
    plain = train(make_project(), runs_folder=tmp_path)
    compiled = train(make_project(compile=True), runs_folder=tmp_path)
    expected, found = weights(plain), weights(compiled)
    assert all(torch.allclose(found[name], expected[name], atol=1e-4) for name in expected)


# Memory formats and determinism --------------------------------------------------------------------


def test_channels_last_reaches_weights_batches_and_outputs(digits: Make, tmp_path: Path) -> None:
    with torch.random.fork_rng(devices=[]):
        session = prepare_session(digits("small_cnn", channels_last=True), None, CPU)
    assert session.module.get_parameter("conv2.weight").is_contiguous(memory_format=torch.channels_last)
    plain, last = (
        train(digits("small_cnn", epochs=1, channels_last=on), runs_folder=tmp_path) for on in (False, True)
    )
    expected, found = weights(plain), weights(last)
    assert all(torch.allclose(found[name], expected[name], rtol=1e-2, atol=1e-3) for name in expected)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_channels_last_is_resumed_to_the_bit(digits: Make, tmp_path: Path, optimizer: str) -> None:
    settings = {"optimizer": optimizer, "lr": 0.01, "channels_last": True, "patience": 0}
    whole = train(digits("small_cnn", **settings, epochs=2), runs_folder=tmp_path)
    part = train(digits("small_cnn", **settings, epochs=1), runs_folder=tmp_path)
    resumed = train(digits("small_cnn", **settings), runs_folder=tmp_path, resume=part.name, epochs=2)
    assert same(weights(whole), weights(resumed))


def test_deterministic_holds_for_the_run_alone(make_project: Make, recorder: Any) -> None:
    seen: list[bool] = []
    recorder.on_record = lambda record: (
        seen.append(torch.are_deterministic_algorithms_enabled()) if isinstance(record, Steps) else None
    )
    before = os.environ.get("CUBLAS_WORKSPACE_CONFIG")
    assert Trainer(make_project(deterministic=True), reporter=recorder).run().state == "finished"
    assert seen
    assert all(seen)
    assert not torch.are_deterministic_algorithms_enabled()
    if before is None:
        os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)


def test_layer_without_a_deterministic_form_is_named_in_words(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = nn.Linear.forward

    def forward(self: nn.Linear, values: torch.Tensor) -> torch.Tensor:
        if values.is_meta:
            return real(self, values)
        raise RuntimeError("put_ does not have a deterministic implementation, but you set 'torch.use_…'")

    monkeypatch.setattr(nn.Linear, "forward", forward)
    outcome = Trainer(make_project(deterministic=True)).run()
    assert outcome.message.startswith('Step 1 failed in "fc1": put_ has no algorithm on cpu')
    assert not torch.are_deterministic_algorithms_enabled()


# Activation checkpointing --------------------------------------------------------------------------


NETWORKS: dict[str, dict[str, Any]] = {
    "mlp": {"input_shape": (1, 8, 8), "hidden": (32, 32, 32), "dropout": 0.5, "batch_norm": True},
    "small_cnn": {"input_shape": (1, 8, 8)},
    "resnet18": {"input_shape": (1, 8, 8), "num_classes": 10},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_checkpointed_gradients_and_statistics_are_the_same_to_the_bit(name: str) -> None:
    torch.manual_seed(0)
    inputs = torch.randn(6, 1, 8, 8)
    found = []
    for is_checkpointed in (False, True):
        torch.manual_seed(1)
        module = lower.compile(zoo.build(name, **NETWORKS[name])).train()
        network = recomputed(module) if is_checkpointed else module
        network(inputs if name != "mlp" else inputs.flatten(1)).square().sum().backward()
        found.append((module.state_dict(), {key: one.grad for key, one in module.named_parameters()}))
    (state, gradients), (other_state, other_gradients) = found
    assert same(state, other_state)
    assert all(torch.equal(gradients[key], other_gradients[key]) for key in gradients)  # type: ignore[arg-type]


def test_checkpointed_run_equals_a_plain_one_to_the_bit(digits: Make, tmp_path: Path) -> None:
    plain, less = (
        train(digits("small_cnn", epochs=2, checkpointing=on), runs_folder=tmp_path) for on in (False, True)
    )
    assert same(weights(plain), weights(less))


def test_layers_that_overwrite_their_input_no_longer_do() -> None:
    module = lower.compile(zoo.build("small_cnn", input_shape=(1, 8, 8)))
    module.get_submodule("relu1").inplace = True  # type: ignore[assignment]
    recomputed(module)
    assert module.get_submodule("relu1").inplace is False  # type: ignore[comparison-overlap]


def kept_bytes(network: Callable[..., torch.Tensor], inputs: torch.Tensor) -> int:
    """Return the most memory that lay at any moment of a step, beside what was there before."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        network(inputs).square().sum().backward()
    now = peak = 0
    events = [one for one in found.profiler.kineto_results.events() if one.name() == "[memory]"]  # type: ignore[union-attr]
    for event in sorted(events, key=lambda one: one.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return peak


def test_checkpointing_takes_less_memory() -> None:
    inputs = torch.randn(256, 64)
    peaks = []
    for is_checkpointed in (False, True):
        module = lower.compile(zoo.build("mlp", input_shape=(64,), hidden=(64,) * 30, num_classes=2)).train()
        peaks.append(kept_bytes(recomputed(module) if is_checkpointed else module, inputs))
    assert peaks[1] < 0.6 * peaks[0], peaks


@pytest.fixture(autouse=True)
def default_numerics() -> Iterator[None]:
    """Nothing that a run sets globally may stay."""
    yield
    assert not torch.are_deterministic_algorithms_enabled()
    torch._dynamo.reset()


def test_defaults_call_the_module_itself_where_nothing_can_be_overwritten(make_project: Make) -> None:
    config = make_project().training
    module = lower.compile(zoo.build("mlp", input_shape=(2,), activation="Tanh"))
    assert numerics.network_for_steps(config, module) is module
