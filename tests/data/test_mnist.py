"""MNIST from a folder, plain or gzipped; damaged, missing, and fetched from a server on this machine."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets as vision

from studio.data import datasets, idx, mnist, prepare
from studio.errors import DataError
from studio.project.config import DataConfig

REAL = Path(os.environ.get("STUDIO_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def array_file(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return head + array.astype(np.uint8).tobytes()


def small_set() -> dict[str, bytes]:
    images = np.arange(60 * 784).reshape(60, 28, 28) % 256
    labels = np.arange(60) % 10
    return {
        mnist.PARTS[0]: array_file(images),
        mnist.PARTS[1]: array_file(labels),
        mnist.PARTS[2]: array_file(images[:20]),
        mnist.PARTS[3]: array_file(labels[:20]),
    }


def lay_out(raw: Path, files: dict[str, bytes]) -> None:
    raw.mkdir(parents=True)
    for name, body in files.items():
        (raw / name).write_bytes(body)


def zipped() -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress(body, mtime=0) for name, body in small_set().items()}


@pytest.fixture
def checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the small set's checksums the official ones."""
    resources = [
        (name, hashlib.md5(body, usedforsecurity=False).hexdigest()) for name, body in zipped().items()
    ]
    monkeypatch.setattr(vision.MNIST, "resources", resources)


def config(folder: Path) -> DataConfig:
    return DataConfig(dataset="mnist", folder=str(folder), validation_fraction=0.25)


@pytest.mark.parametrize("place", ["MNIST/raw", "."])
def test_unpacked_files_are_read_where_they_lie(tmp_path: Path, place: str) -> None:
    raw = tmp_path / "data" / place
    lay_out(raw, small_set())
    before = sorted(path.name for path in (tmp_path / "data").rglob("*"))
    data = prepare.prepare(config(tmp_path / "data"))
    assert (len(data.train), len(data.validation), len(data.test)) == (45, 15, 20)
    assert data.train.inputs.shape == (45, 1, 28, 28)
    assert sorted(path.name for path in (tmp_path / "data").rglob("*")) == before


@pytest.mark.usefixtures("checksums")
def test_gzipped_files_give_the_same_as_unpacked_ones(tmp_path: Path) -> None:
    lay_out(tmp_path / "plain" / "MNIST/raw", small_set())
    lay_out(tmp_path / "gz" / "MNIST/raw", zipped())
    plain, packed = (datasets.load(config(tmp_path / name)) for name in ("plain", "gz"))
    assert np.array_equal(plain.inputs, packed.inputs)
    assert packed.inputs.max() == 1.0
    assert sorted(path.suffix for path in (tmp_path / "gz" / "MNIST/raw").iterdir()) == [".gz"] * 4


def test_changed_gzip_is_refused_by_its_checksum(tmp_path: Path) -> None:
    lay_out(tmp_path / "MNIST/raw", zipped())
    with pytest.raises(DataError, match=r"train-images.*MD5.*Delete it and download it again"):
        datasets.load(config(tmp_path))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "does not begin like an IDX file"),
        (b"\0\0\x08\x03\0\0", "ends within its head"),
        (array_file(np.zeros((60, 28, 28)))[:-1], "expected 47040 bytes after the head, found 47039"),
        (array_file(np.zeros((60, 28, 28))) + b"x", "found more"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "its head announces"),
    ],
    ids=["empty", "short-head", "truncated", "too-long", "hostile"],
)
def test_damaged_file_is_a_data_error(tmp_path: Path, body: bytes, message: str) -> None:
    lay_out(tmp_path / "MNIST/raw", {**small_set(), mnist.PARTS[0]: body})
    with pytest.raises(DataError, match=message):
        datasets.load(config(tmp_path))


def test_labels_that_do_not_fit_the_pictures_are_refused(tmp_path: Path) -> None:
    lay_out(tmp_path / "MNIST/raw", {**small_set(), mnist.PARTS[1]: array_file(np.zeros(7))})
    with pytest.raises(DataError, match="N labels"):
        datasets.load(config(tmp_path))


def test_missing_set_says_how_to_get_it(tmp_path: Path) -> None:
    described = datasets.describe(config(tmp_path))
    assert not described.available
    assert described.counts == (45_000, 15_000, 10_000)
    with pytest.raises(DataError, match=r"MNIST is not in .*Download it, or set the data folder"):
        prepare.prepare(config(tmp_path))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checksums: None) -> Iterator[Path]:
    """Serve the small set as torchvision's mirror; yields the served folder."""
    served = tmp_path / "served"
    lay_out(served, zipped())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=served)
    ) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(vision.MNIST, "mirrors", [f"http://127.0.0.1:{httpd.server_port}/"])
        yield served
        httpd.shutdown()
        thread.join()


def test_fetch_brings_the_whole_set_and_tells_how_far_it_is(server: Path, tmp_path: Path) -> None:
    told: list[tuple[float, float, str]] = []
    wanted = config(tmp_path / "cache")
    datasets.fetch(wanted, None, lambda *news: told.append(news), lambda: False)
    assert len(datasets.load(wanted).targets) == 60
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][:2] == (4.0, 4.0)


def test_fetch_cancelled_leaves_no_half_file(server: Path, tmp_path: Path) -> None:
    wanted = config(tmp_path / "cache")
    with pytest.raises(DataError, match="cancelled"):
        datasets.fetch(wanted, None, lambda *news: None, lambda: True)
    assert not any((tmp_path / "cache").rglob("*"))


def test_fetch_refuses_a_file_with_another_checksum(server: Path, tmp_path: Path) -> None:
    (server / f"{mnist.PARTS[2]}.gz").write_bytes(b"not it")
    with pytest.raises(DataError, match=r"t10k-images.*came damaged.*by hand"):
        datasets.fetch(config(tmp_path / "cache"), None, lambda *news: None, lambda: False)
    assert len(list((tmp_path / "cache").rglob("*.gz"))) == 2


def test_fetch_from_nowhere_names_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DataError, match=r"Cannot download train-images.*127\.0\.0\.1:9"):
        datasets.fetch(config(tmp_path), None, lambda *news: None, lambda: False)


@pytest.mark.skipif(not (REAL / "MNIST" / "raw").is_dir(), reason="no folder with the real MNIST")
def test_real_mnist_has_its_published_statistics() -> None:
    data = prepare.prepare(DataConfig(dataset="mnist", folder=str(REAL)))
    assert (len(data.train), len(data.validation), len(data.test)) == (51_000, 9_000, 10_000)
    assert data.mean[0] == pytest.approx(0.1307, abs=1e-3)
    assert data.std[0] == pytest.approx(0.3081, abs=1e-3)


def test_idx_file_of_another_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "floats"
    path.write_bytes(b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0")
    with pytest.raises(DataError, match="IDX file of bytes"):
        idx.read(path)
