"""The engine imports networks for the window: what there is, what is fetched, what comes of it."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torchvision import models as library

from studio.compiler import lower
from studio.compiler.importing import torchvision_models
from studio.compiler.importing.torchvision_models import fetch_weights, replace_heads
from studio.engine import answers
from studio.engine.link import decode, encode
from studio.engine.local import LocalClient
from studio.engine.records import (
    Cancel,
    Export,
    Failed,
    FetchWeights,
    ImportNetwork,
    ListNetworks,
    NetworkImported,
    NetworksListed,
    Progress,
    StartRun,
    WeightsFetched,
)
from studio.errors import ImportingError
from studio.project.format import from_data
from studio.runs.records import RunChanged
from studio.training.fit import check_project
from tests.helpers.talk import Talk, design

SMALL = "squeezenet1_1"


def ask(**fields: Any) -> NetworkImported:
    done = answers.answer(ImportNetwork(7, SMALL, **fields), answers.Memory())
    assert isinstance(done, NetworkImported)
    return done


def test_all_classifiers_are_offered_with_their_size() -> None:
    listed = answers.answer(ListNetworks(1), answers.Memory())
    assert isinstance(listed, NetworksListed)
    assert [offer.name for offer in listed.networks] == library.list_models(module=library)
    alexnet = listed.networks[0]
    assert (alexnet.parameters, alexnet.shape, alexnet.weights) == (
        61_100_840,
        (3, 224, 224),
        "IMAGENET1K_V1",
    )
    assert alexnet.accuracy == pytest.approx(0.56522)
    assert decode(encode(listed)) == listed


def test_random_weights_make_a_project_without_a_file_and_leave_random_numbers_alone(tmp_path: Path) -> None:
    before = torch.random.get_rng_state()
    done = ask(folder=str(tmp_path / "home"))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert (done.name, done.weights, done.difference) == (SMALL, "", 0.0)
    assert not (tmp_path / "home").exists()
    assert decode(encode(done)) == done


def test_a_project_comes_with_a_loss_so_that_it_can_be_trained(tmp_path: Path) -> None:
    network = lower.build(from_data(ask().project).graph)
    assert [term.name for term in network.losses] == ["loss"]
    assert network.module(torch.zeros(2, 3, 224, 224)).shape == (2, 1000)


def test_a_file_gives_its_weights_exactly(tmp_path: Path) -> None:
    torch.manual_seed(1)
    given = library.get_model(SMALL).state_dict()
    save_file(given, tmp_path / "mine.safetensors")
    done = ask(weights="file", file=str(tmp_path / "mine.safetensors"), folder=str(tmp_path / "home"))
    project = from_data(done.project)
    assert project.training.initial_weights == done.weights == f"{SMALL}.safetensors"
    kept = load_file(tmp_path / "home" / done.weights)
    assert all(torch.equal(kept[name], given[name]) for name in given)
    problems = check_project(project, tmp_path / "home").problems
    assert not [problem for problem in problems if problem.code == "initial-weights"]


def test_a_file_of_another_network_is_refused_in_words(tmp_path: Path) -> None:
    save_file({"fc.weight": torch.zeros(2)}, tmp_path / "mine.safetensors")
    with pytest.raises(ImportingError, match=r'not this network\'s: it has no "features\.0\.weight"'):
        ask(weights="file", file=str(tmp_path / "mine.safetensors"))


def test_other_classes_change_the_last_layer_and_are_told(tmp_path: Path) -> None:
    done = ask(classes=7)
    assert "classifier.1: 7 classes." in done.notes
    assert lower.compile(from_data(done.project).graph)(torch.zeros(2, 3, 224, 224)).shape == (2, 7)


FAMILIES = (
    "alexnet",
    "densenet121",
    "efficientnet_b0",
    "googlenet",
    "inception_v3",
    "maxvit_t",
    "mnasnet0_5",
)
FAMILIES += (
    "mobilenet_v2",
    "mobilenet_v3_small",
    "resnet18",
    "shufflenet_v2_x0_5",
    "squeezenet1_0",
    "swin_t",
)
FAMILIES += ("convnext_tiny", "vgg11", "vit_b_16", "regnet_y_400mf")
HEADS = {"googlenet": 3, "inception_v3": 2}


def meta(name: str) -> Any:
    """A model without numbers, where it can be built so."""
    arguments = {"init_weights": False} if name in HEADS else {}
    with torch.device("cpu" if name.startswith("regnet") else "meta"):
        return library.get_model(name, **arguments)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in FAMILIES else pytest.mark.slow)
        for name in library.list_models(module=library)
    ],
)
def test_every_classifier_can_have_other_classes(name: str) -> None:
    module = meta(name)
    heads = replace_heads(module, 3)
    assert len(heads) == HEADS.get(name, 1)
    assert all(len(module.get_submodule(head).weight) == 3 for head in heads)


def test_a_network_without_a_known_head_is_left_to_the_canvas() -> None:
    with pytest.raises(ImportingError, match="no layer of 1000 classes"):
        replace_heads(nn.Sequential(nn.Linear(4, 10)), 3)


# Fetching --------------------------------------------------------------------------------------------

BODY = b"weights" * 100_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A place to download from, on this computer; it says what it serves and how much of it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY[:1000] if "cut" in self.path else BODY)

        def log_message(self, *_: object) -> None:
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Let a network's weights have an address, and torch's folder lie in the test's."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))

    def set_address(url: str) -> Path:
        monkeypatch.setattr(
            torchvision_models, "_entry", lambda name: SimpleNamespace(url=url, name="V1", meta={})
        )
        return tmp_path / "hub" / "checkpoints" / url.rpartition("/")[2]

    return set_address


CHECKSUM = hashlib.sha256(BODY).hexdigest()[:8]


def test_weights_are_fetched_with_progress_and_kept(server: str, offer: Any) -> None:
    path = offer(f"{server}/net-{CHECKSUM}.pth")
    told: list[tuple[float, float, str]] = []
    assert fetch_weights("net", lambda *part: told.append(part), lambda: False) == path
    assert path.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY), "Downloading the weights of net")
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("file", "cancelled", "message"),
    [
        ("net-00000000.pth", False, "came damaged from 127.0.0.1"),
        (f"cut-{CHECKSUM}.pth", False, "could not be downloaded"),
        (f"net-{CHECKSUM}.pth", True, "cancelled"),
    ],
    ids=["checksum", "cut", "cancelled"],
)
def test_what_is_not_whole_is_not_kept(
    server: str, offer: Any, file: str, cancelled: bool, message: str
) -> None:
    path = offer(f"{server}/{file}")
    with pytest.raises(ImportingError, match=message):
        fetch_weights("net", lambda *_: None, lambda: cancelled)
    assert list(path.parent.iterdir()) == []


def test_without_a_network_it_says_what_to_do(offer: Any) -> None:
    path = offer("http://127.0.0.1:9/net-12345678.pth")
    with pytest.raises(ImportingError, match=rf"Check the connection.*random weights.*{path.name}"):
        fetch_weights("net", lambda *_: None, lambda: False)


def test_the_engine_fetches_beside_its_other_work(server: str, offer: Any) -> None:
    offer(f"{server}/net-{CHECKSUM}.pth")
    client = LocalClient()
    client.start()
    talk = Talk(client)
    number = client.request(FetchWeights, network="net")
    fetched = talk.wait_for_kind(WeightsFetched, id=number)
    assert fetched.network == "net"
    assert talk.wait_for_kind(Progress, id=number).total == len(BODY)
    client.close()


def test_a_fetch_can_be_cancelled(offer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    offer("http://127.0.0.1:9/net-12345678.pth")
    begun, go_on = threading.Event(), threading.Event()

    def slow(url: str, part: Path, name: str, progress: Any, cancelled: Any) -> str:
        begun.set()
        go_on.wait(10)
        raise ImportingError("The download was cancelled." if cancelled() else "It was not.")

    monkeypatch.setattr(torchvision_models, "_download", slow)
    client = LocalClient()
    client.start()
    talk = Talk(client)
    number = client.request(FetchWeights, network="net")
    assert begun.wait(10)
    client.request(Cancel, request=number)
    go_on.set()
    assert talk.wait_for_kind(Failed, id=number).code == "cancelled"
    client.close()


# A project without a file ----------------------------------------------------------------------------


def test_a_project_without_a_file_trains_and_exports_from_weights_in_its_folder(tmp_path: Path) -> None:
    document = design(epochs=1)
    document["training"] |= {"initial_weights": "net.safetensors", "lr": 1e-30}
    torch.manual_seed(2)
    given = lower.compile(from_data(document).graph).state_dict()
    save_file(given, tmp_path / "net.safetensors")
    client = LocalClient()
    client.start()
    talk = Talk(client)
    folders = {"folder": str(tmp_path), "runs_folder": str(tmp_path / "runs")}
    client.request(StartRun, project=document, **folders)
    talk.wait_for_kind(RunChanged, state="finished")
    copy = tmp_path / "copy.safetensors"
    done = talk.ask(Export, project=document, form="safetensors", path=str(copy), folder=str(tmp_path))
    client.close()
    assert "initial ones" in done.remarks[0]
    for path in (copy, tmp_path / "runs" / "run-1" / "last.safetensors"):
        assert all(torch.equal(tensor, given[name]) for name, tensor in load_file(path).items())
