"""The training loops that the studio's is compared with, each as its own documentation writes it."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision.models import resnet18

BATCH, LR, MOMENTUM = 128, 0.01, 0.9
WIDTHS = (32, 64)
"""Channels of the small CNN's convolutions."""


@dataclass(frozen=True)
class Work:
    """What is trained.

    Attributes:
        network: ``mlp``, ``small_cnn`` or ``resnet18``.
        inputs: (N, 784), (N, 1, 28, 28) or (N, 3, 32, 32) float32, in main memory.
        targets: (N,) int64, of 10 classes.
        device: What it is trained on.
        fast: bf16, channels_last and compiled.
    """

    network: str
    inputs: Tensor
    targets: Tensor
    device: str = "cpu"
    fast: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.inputs.shape[1:])

    def placed(self) -> nn.Module:
        """Return the network where it is trained, in the form that is trained."""
        model = self.model().to(self.device)
        if self.fast:
            model = model.to(memory_format=torch.channels_last)
            model.compile()
        return model

    def moved(self, inputs: Tensor) -> Tensor:
        """Return a batch where it is trained, in the form that is trained."""
        form = torch.channels_last if self.fast else torch.preserve_format
        return inputs.to(self.device, non_blocking=True, memory_format=form)

    def autocast(self) -> torch.autocast:
        return torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.fast)

    def synchronize(self) -> None:
        if self.device.startswith("cuda"):
            torch.cuda.synchronize()

    def model(self) -> nn.Module:
        """Return the network written by hand."""
        torch.manual_seed(0)
        if self.network == "resnet18":
            return resnet18(num_classes=10)
        if self.network == "mlp":
            return nn.Sequential(
                nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
            )
        layers: list[nn.Module] = []
        for before, width in itertools.pairwise((1, *WIDTHS)):
            layers += [nn.MaxPool2d(2)] if layers else []
            layers += [nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTHS[-1], 10))


class Stopwatch:
    """Times steps from the first that it hears of to the last, for some seconds.

    Args:
        seconds: How long.
        synchronize: Waits for the device; done before the first time is taken and the last, so that steps
            which were only asked for do not count as done.
    """

    def __init__(self, seconds: float, synchronize: Callable[[], None] = lambda: None) -> None:
        self._seconds = seconds
        self._synchronize = synchronize
        self._first: tuple[int, float] | None = None
        self._last = (0, 0.0)

    def passed(self, step: int) -> bool:
        """Take note of a step; return whether the time is over."""
        if self._first is None:
            if step < WARM_UP:
                return False
            self._synchronize()
            self._first = (step, time.perf_counter())
        elif self._last == (0, 0.0) and time.perf_counter() - self._first[1] > self._seconds:
            self._synchronize()
            self._last = (step, time.perf_counter())
        return self._last != (0, 0.0)

    @property
    def speed(self) -> float:
        """Steps a second."""
        assert self._first is not None
        return (self._last[0] - self._first[0]) / (self._last[1] - self._first[1])


WARM_UP = 20
"""Steps that are not timed: kernels are chosen and compiled in them."""

Loop: TypeAlias = Callable[[Work, float], float]


def run_limit(work: Work, seconds: float) -> float:
    """Return steps a second on one batch that stays where it is."""
    model, loss_of, watch = work.placed(), nn.CrossEntropyLoss(), Stopwatch(seconds, work.synchronize)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM, fused=True)
    inputs, targets = work.moved(work.inputs[:BATCH].clone()), work.targets[:BATCH].to(work.device)
    for step in itertools.count(1):
        optimizer.zero_grad()
        with work.autocast():
            outputs = model(inputs)
        loss_of(outputs.float(), targets).backward()
        optimizer.step()
        if watch.passed(step):
            break
    return watch.speed


def run_dataloader(work: Work, seconds: float) -> float:
    """Return steps a second of the loop that everybody writes."""
    model, loss_of, watch = work.placed(), nn.CrossEntropyLoss(), Stopwatch(seconds, work.synchronize)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    loader = DataLoader(
        TensorDataset(work.inputs, work.targets),
        batch_size=BATCH,
        shuffle=True,
        pin_memory=work.device != "cpu",
    )
    step = 0
    while True:
        for batch, truth in loader:
            inputs, targets = work.moved(batch), truth.to(work.device, non_blocking=True)
            optimizer.zero_grad()
            with work.autocast():
                outputs = model(inputs)
            loss_of(outputs.float(), targets).backward()
            optimizer.step()
            step += 1
            if watch.passed(step):
                return watch.speed


def run_lightning(work: Work, seconds: float) -> float:
    """Return steps a second of Lightning with its default logger."""
    import lightning

    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    watch = Stopwatch(seconds, work.synchronize)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.loss_of = work.model(), nn.CrossEntropyLoss()

        def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
            inputs, targets = batch
            loss: Tensor = self.loss_of(self.model(inputs), targets)
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=LR, momentum=MOMENTUM)

    class Stop(lightning.Callback):
        def on_train_batch_end(self, trainer: Any, *_args: Any, **_kwargs: Any) -> None:
            trainer.should_stop = trainer.should_stop or watch.passed(trainer.global_step)

    loader = DataLoader(
        TensorDataset(work.inputs, work.targets),
        batch_size=BATCH,
        shuffle=True,
        pin_memory=work.device != "cpu",
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            accelerator="cpu" if work.device == "cpu" else "gpu",
            devices=1,
            max_epochs=-1,
            default_root_dir=folder,
            callbacks=[Stop()],
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
        )
        trainer.fit(Module(), loader)
    return watch.speed


def run_keras(work: Work, seconds: float) -> float:
    """Return steps a second of Keras 3 on torch."""
    os.environ |= {"KERAS_BACKEND": "torch", "KERAS_TORCH_DEVICE": work.device}
    import keras

    watch, layers = Stopwatch(seconds, work.synchronize), keras.layers
    model = keras.Sequential([keras.Input(work.shape)])
    if work.network == "mlp":
        for width in (512, 256):
            model.add(layers.Dense(width, activation="relu"))
    else:
        for width in WIDTHS:
            if model.layers:
                model.add(layers.MaxPooling2D(2, data_format="channels_first"))
            form = {"padding": "same", "use_bias": False, "data_format": "channels_first"}
            model.add(layers.Conv2D(width, 3, **form))
            model.add(layers.BatchNormalization(axis=1))
            model.add(layers.ReLU())
        model.add(layers.GlobalAveragePooling2D(data_format="channels_first"))
    model.add(layers.Dense(10))
    model.compile(
        keras.optimizers.SGD(LR, MOMENTUM), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )

    class Stop(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.steps = 0

        def on_train_batch_end(self, _batch: int, logs: Any = None) -> None:
            self.steps += 1
            self.model.stop_training = self.model.stop_training or watch.passed(self.steps)

        on_batch_end = on_train_batch_end

    with torch.device("cpu") if work.device == "cpu" else contextlib.nullcontext():
        model.fit(
            work.inputs.numpy(),
            work.targets.numpy(),
            batch_size=BATCH,
            epochs=1_000_000,
            verbose=0,
            callbacks=[Stop()],
        )
    return watch.speed


class _EnoughError(Exception):
    """Ends skorch's loop, which looks for nothing between epochs."""


def run_skorch(work: Work, seconds: float) -> float:
    """Return steps a second of skorch."""
    import skorch

    watch = Stopwatch(seconds, work.synchronize)

    class Stop(skorch.callbacks.Callback):
        steps = 0

        def on_batch_end(self, net: Any, **_kwargs: Any) -> None:
            self.steps += 1
            if watch.passed(self.steps):
                raise _EnoughError

    net = skorch.NeuralNetClassifier(
        work.model(),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        optimizer__momentum=MOMENTUM,
        lr=LR,
        batch_size=BATCH,
        max_epochs=1_000_000,
        iterator_train__shuffle=True,
        train_split=None,
        device=work.device,
        verbose=0,
        callbacks=[("stop", Stop())],
    )
    with contextlib.suppress(_EnoughError):
        net.fit(work.inputs.numpy(), work.targets.numpy())
    return watch.speed


def installed(work: Work) -> dict[str, Loop]:
    """Return the loops that can run some work here, by name."""
    loops: dict[str, Loop] = {"limit": run_limit, "dataloader": run_dataloader}
    if work.fast:
        return loops
    others: dict[str, Loop] = {"lightning": run_lightning, "keras": run_keras, "skorch": run_skorch}
    return loops | {name: loop for name, loop in others.items() if find_spec(name) is not None}
