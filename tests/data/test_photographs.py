"""CIFAR and SVHN: small sets in their own forms, decoded to the bit, damaged, and fetched."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from torchvision import datasets as vision

from studio.data import cifar, datasets, downloads
from studio.data.prepare import prepare
from studio.errors import DataError
from studio.project import datasets as specs
from studio.project.config import DataConfig

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 3, 32, 32)).astype(np.uint8)


def records(form: cifar.Form, count: int) -> bytes:
    """A file of a set: the class of sample k is k modulo the number of classes, or of ten."""
    labels = (np.arange(count) % 10).astype(np.uint8)
    rows = [PIXELS[k].tobytes() for k in range(count)]
    head = bytes if form.labels == 1 else (lambda one: bytes([7, *one]))
    return b"".join(head([label]) + row for label, row in zip(labels, rows, strict=True))


def files(form: cifar.Form) -> dict[str, bytes]:
    return {name: records(form, 30) for name in form.train} | {form.test: records(form, 20)}


def archive(form: cifar.Form) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as made:
        for name, content in files(form).items():
            member = tarfile.TarInfo(f"{form.folder}/{name}")
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return body.getvalue()


def lay_out(form: cifar.Form, folder: Path, *, packed: bool) -> None:
    if packed:
        (folder / form.archive).write_bytes(archive(form))
        return
    (folder / form.folder).mkdir()
    for name, content in files(form).items():
        (folder / form.folder / name).write_bytes(content)


@pytest.mark.parametrize("packed", [True, False], ids=["archive", "folder"])
@pytest.mark.parametrize(("key", "form"), [("cifar10", cifar.CIFAR10), ("cifar100", cifar.CIFAR100)])
def test_cifar_is_decoded_to_the_bit(key: str, form: cifar.Form, packed: bool, tmp_path: Path) -> None:
    lay_out(form, tmp_path, packed=packed)
    raw = datasets.load(DataConfig(dataset=key, folder=str(tmp_path)))
    assert raw.inputs.shape == (30 * len(form.train), 3, 32, 32)
    assert np.array_equal((raw.inputs[:30] * 255).round().astype(np.uint8), PIXELS[:30])
    assert raw.targets[:30].tolist() == [k % 10 for k in range(30)]
    assert raw.test is not None
    assert np.array_equal((raw.test[0] * 255).round().astype(np.uint8), PIXELS[:20])


def test_it_is_split_and_normalized_like_any_other(tmp_path: Path) -> None:
    lay_out(cifar.CIFAR10, tmp_path, packed=True)
    data = prepare(DataConfig(dataset="cifar10", folder=str(tmp_path), validation_fraction=0.2))
    assert (len(data.train), len(data.validation), len(data.test)) == (120, 30, 20)
    assert data.classes[0] == "airplane"
    assert data.train.inputs.mean().abs() < 1e-4


def test_the_classes_are_as_many_as_there_should_be() -> None:
    for key, count in (("cifar10", 10), ("cifar100", 100), ("svhn", 10)):
        found = specs.sample_of(DataConfig(dataset=key)).classes
        assert len(found) == len(set(found)) == count


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda body: body[:-1], "no whole number of samples"),
        (lambda body: b"", "no whole number of samples"),
        (lambda body: b"\x0b" + body[1:], "class 11, where 0 to 9 are allowed"),
    ],
    ids=["short", "empty", "class"],
)
def test_damaged_files_say_what_is_wrong(damage: object, message: str, tmp_path: Path) -> None:
    lay_out(cifar.CIFAR10, tmp_path, packed=False)
    path = tmp_path / cifar.CIFAR10.folder / "data_batch_2.bin"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        datasets.load(DataConfig(dataset="cifar10", folder=str(tmp_path)))


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / cifar.CIFAR10.archive).write_bytes(archive(cifar.CIFAR10)[:5000])
    with pytest.raises(DataError, match=r"cannot be read .*Delete cifar-10-binary"):
        datasets.load(DataConfig(dataset="cifar10", folder=str(tmp_path)))


@pytest.mark.parametrize("key", ["cifar10", "cifar100", "svhn"])
def test_what_is_missing_is_said(key: str, tmp_path: Path) -> None:
    found = datasets.describe(DataConfig(dataset=key, folder=str(tmp_path)), None)
    assert not found.available
    assert "Download it" in found.message
    assert sum(found.counts) > 50_000


def test_cifar_is_fetched_from_beside_torchvisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    body = archive(cifar.CIFAR10)

    def read(address: str, *_: object) -> bytes:
        asked.append(address)
        return body

    form = cifar.CIFAR10
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(downloads, "_read_address", read)
    config = DataConfig(dataset="cifar10", folder=str(tmp_path))
    with pytest.raises(DataError, match="came damaged"):
        datasets.fetch(config, None, lambda *_: None, lambda: False)
    object.__setattr__(form, "md5", md5)
    try:
        datasets.fetch(config, None, lambda *_: None, lambda: False)
    finally:
        object.__setattr__(form, "md5", "c32a1d4ab5d03f1284b67883e8d87530")
    home = vision.CIFAR10.url.rpartition("/")[0]
    assert asked[-1] == f"{home}/cifar-10-binary.tar.gz"
    assert datasets.describe(config, None).available


def house_numbers(folder: Path, labels: np.ndarray) -> None:
    pixels = PIXELS[: len(labels)].transpose(2, 3, 1, 0)
    for name in ("train_32x32.mat", "test_32x32.mat"):
        savemat(folder / name, {"X": pixels, "y": labels[:, None].astype(np.uint8)})


def test_house_numbers_call_ten_nought(tmp_path: Path) -> None:
    labels = np.arange(40) % 10 + 1
    house_numbers(tmp_path, labels)
    raw = datasets.load(DataConfig(dataset="svhn", folder=str(tmp_path)))
    assert raw.targets.tolist() == (labels % 10).tolist()
    assert np.array_equal((raw.inputs * 255).round().astype(np.uint8), PIXELS[:40])
    assert datasets.describe(DataConfig(dataset="svhn", folder=str(tmp_path)), None).counts[2] == 40


def test_house_numbers_of_a_wrong_form_are_refused(tmp_path: Path) -> None:
    house_numbers(tmp_path, np.arange(40) % 10)
    with pytest.raises(DataError, match="labels from 1 to 10"):
        datasets.load(DataConfig(dataset="svhn", folder=str(tmp_path)))
    (tmp_path / "train_32x32.mat").write_bytes(b"no MATLAB file")
    with pytest.raises(DataError, match=r"train_32x32.mat cannot be read"):
        datasets.load(DataConfig(dataset="svhn", folder=str(tmp_path)))


def pickled(folder: Path, key: str) -> type[vision.CIFAR10]:
    """The samples of `records` in the form that torchvision reads, and what it reads."""
    is_fine = key == "cifar100"
    reader, label = (vision.CIFAR100, "fine_labels") if is_fine else (vision.CIFAR10, "labels")
    home = folder / reader.base_folder
    home.mkdir()
    labels = [number % 10 for number in range(30)]
    for name, _ in [*reader.train_list, *reader.test_list]:
        (home / name).write_bytes(pickle.dumps({"data": PIXELS[:30].reshape(30, -1), label: labels}))
    meta = {reader.meta["key"]: list(specs.sample_of(DataConfig(dataset=key)).classes)}
    (home / reader.meta["filename"]).write_bytes(pickle.dumps(meta))
    return reader


@pytest.mark.parametrize(("key", "form"), [("cifar10", cifar.CIFAR10), ("cifar100", cifar.CIFAR100)])
def test_cifar_is_what_torchvision_reads(
    key: str, form: cifar.Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(form, tmp_path, packed=False)
    reader = pickled(tmp_path, key)
    monkeypatch.setattr(reader, "_check_integrity", lambda _: True)
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *_: True)
    theirs = reader(tmp_path, train=True)
    raw = datasets.load(DataConfig(dataset=key, folder=str(tmp_path)))
    assert np.array_equal((raw.inputs * 255).round().astype(np.uint8), theirs.data.transpose(0, 3, 1, 2))
    assert raw.targets.tolist() == theirs.targets


def test_house_numbers_are_what_torchvision_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house_numbers(tmp_path, np.arange(40) % 10 + 1)
    monkeypatch.setattr(vision.SVHN, "_check_integrity", lambda _: True)
    theirs = vision.SVHN(tmp_path, split="test")
    raw = datasets.load(DataConfig(dataset="svhn", folder=str(tmp_path)))
    assert raw.test is not None
    assert np.array_equal((raw.test[0] * 255).round().astype(np.uint8), theirs.data)
    assert raw.test[1].tolist() == theirs.labels.tolist()
