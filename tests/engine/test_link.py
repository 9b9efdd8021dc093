from __future__ import annotations

import dataclasses
import math
import pickle
import sys
import threading
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import hypothesis.extra.numpy as arrays
import msgpack
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.engine import link
from studio.engine.codec import DTYPES, ArgumentValue
from studio.engine.records import Cancel, Check, Checked, DataDescribed, EngineLost, Failed, Progress, Ready
from studio.errors import EngineError
from studio.graph.problems import Fix, Problem
from studio.graph.report import NodeReport, Totals
from studio.runs.records import Steps

TEXT = st.text(max_size=20)
INTS = st.integers(-(2**80), 2**80)
FLOATS = st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | INTS | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)
JSON = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | INTS | FLOATS | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
ARRAYS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: arrays.arrays(
        np.dtype(dtype), arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    )
)


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """A strategy for one annotation of a record."""
    plain = {bool: st.booleans(), int: INTS, float: FLOATS, str: TEXT, ArgumentValue: VALUES}
    if annotation in plain:
        return plain[annotation]
    if dataclasses.is_dataclass(annotation):
        return records_of(annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is np.ndarray:
        return ARRAYS
    if origin is dict:
        return JSON
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return st.lists(values_of(inner[0]), max_size=3).map(tuple)
        return st.tuples(*map(values_of, inner))
    return st.none() | values_of(inner[0])


def records_of(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, localns={"Value": ArgumentValue})
    fields = {field.name: values_of(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


def same(left: Any, right: Any) -> bool:
    """Equality that compares arrays and takes NaN for equal to itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if dataclasses.is_dataclass(left):
        return all(same(getattr(left, f.name), getattr(right, f.name)) for f in dataclasses.fields(left))
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    return bool(left == right)


@pytest.mark.parametrize("name", sorted(link.KINDS))
def test_every_record_comes_back_as_it_was(name: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(records_of(link.KINDS[name]))
    def round_trip(record: Any) -> None:
        assert same(link.decode(link.encode(record)), record)

    round_trip()


def test_nested_problem_with_fix_comes_back_equal() -> None:
    fix = Fix(
        "Insert Flatten", "insert", "n3", kind="Flatten", value=(1, (2, 3)), arguments=(("start_dim", 1),)
    )
    problem = Problem("error", "shape", "expected 2 dimensions", "n3", nodes=("n3", "n4"), fixes=(fix,))
    record = Checked(7, (problem,), (NodeReport("n3", None), NodeReport("n4", (8, 8))), Totals(1, 2, 3, 4))
    assert link.decode(link.encode(record)) == record


def test_path_with_undecodable_bytes_comes_back() -> None:
    record = Check(1, {}, folder="/data/\udcff")
    assert link.decode(link.encode(record)) == record


def test_big_endian_and_strided_arrays_arrive_in_order() -> None:
    array = np.arange(12, dtype=">i4").reshape(3, 4)[:, ::2]
    record = DataDescribed(1, "digits", (2,), (), (1, 1, 1), samples=array)
    back = link.decode(link.encode(record))
    assert isinstance(back, DataDescribed)
    assert back.samples.tolist() == [[0, 2], [4, 6], [8, 10]]
    assert not back.samples.flags.writeable


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (Progress(1, "half", 1.0, ""), "Progress.done: expected float, found str"),
        (Progress(True, 0.5, 1.0, ""), "Progress.id: expected int, found bool"),
        (Ready(1, 2, "2.15", ["cpu"], "cpu"), "Ready.devices: expected tuple, found list"),
        (Failed(1, "data", "no", problems=("x",)), "expected Problem, found str"),
        (DataDescribed(1, "d", (), (), (1, 2)), "expected 3 items, found 2"),
        (Check(1, {"x": object()}), "expected a JSON value, found object"),
        (Check(1, {"x": 2**5000}), "too large to send"),
        (Steps("r", np.array(["a"]), np.zeros(1), np.zeros(1)), "Steps.steps: arrays of <U1 are not sent"),
        (Steps("r", np.array([None]), np.zeros(1), np.zeros(1)), "arrays of object are not sent"),
        (EngineLost("gone"), "A EngineLost cannot be sent"),
        ("hello", "A str cannot be sent"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else type(value).__name__,
)
def test_encode_wrong_type_raises(record: Any, text: str) -> None:
    with pytest.raises(EngineError) as caught:
        link.encode(record)
    assert text in str(caught.value)


def test_encode_deeply_nested_document_raises() -> None:
    document: dict[str, Any] = {}
    for _ in range(5000):
        document = {"x": document}
    with pytest.raises(EngineError, match="cannot be sent"):
        link.encode(Check(1, document))


def test_encode_over_the_limit_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MAX_BYTES", 1000)
    with pytest.raises(EngineError, match="limit is 1,000"):
        link.encode(Failed(1, "internal", "x" * 1000))
    with pytest.raises(EngineError, match="limit is 1,000"):
        link.decode(b"x" * 1001)


def message(name: str, **fields: Any) -> bytes:
    return msgpack.packb([name, fields])


def array_message(*parts: Any) -> bytes:
    extension = msgpack.ExtType(1, msgpack.packb(list(parts)))
    return message("Steps", run="r", steps=extension, losses=extension, accuracies=extension)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc1\xff", id="no msgpack"),
        pytest.param(link.encode(Cancel(1, 2))[:-1], id="truncated"),
        pytest.param(link.encode(Cancel(1, 2)) + b"\x00", id="trailing bytes"),
        pytest.param(pickle.dumps(Cancel(1, 2)), id="pickle"),
        pytest.param(b"\x91" * 4000, id="deep nesting"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="announces four billion items"),
        pytest.param(msgpack.packb({"Cancel": {}}), id="not a pair"),
        pytest.param(message("os.system", id=1), id="unknown record"),
        pytest.param(message("EngineLost", message="x", log=""), id="record that is never sent"),
        pytest.param(message("Cancel", id=1), id="missing field"),
        pytest.param(message("Cancel", id=1, request=2, more=3), id="unknown field"),
        pytest.param(message("Cancel", id="1", request=2), id="text for int"),
        pytest.param(message("Cancel", id=1.0, request=2), id="float for int"),
        pytest.param(message("ControlRun", id=1, action="explode"), id="unknown word"),
        pytest.param(message("Check", id=1, project=[], folder=""), id="list for document"),
        pytest.param(message("Check", id=1, project={"x": b"raw"}, folder=""), id="bytes in document"),
        pytest.param(array_message("|O8", [1], b"12345678"), id="object array"),
        pytest.param(array_message("<f4", [3], b"1234"), id="array longer than its bytes"),
        pytest.param(array_message("<f4", [-1], b""), id="negative size"),
        pytest.param(array_message("<f4", [1] * 9, b"1234"), id="too many dimensions"),
        pytest.param(array_message("<f4", 1, b"1234"), id="shape is no list"),
        pytest.param(array_message("<f4", [0, 2**39, 2**39], b""), id="empty but absurd shape"),
        pytest.param(array_message("<f4"), id="array without bytes"),
        pytest.param(message("Cancel", id=1, request=msgpack.ExtType(9, b"")), id="unknown extension"),
        pytest.param(message("Cancel", id=1, request=msgpack.ExtType(2, b"x" * 300)), id="enormous integer"),
    ],
)
def test_decode_nonsense_raises_engine_error(data: bytes) -> None:
    with pytest.raises(EngineError, match="could not be read"):
        link.decode(data)


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_decode_random_bytes_gives_a_record_or_engine_error(data: bytes) -> None:
    try:
        record = link.decode(data)
    except EngineError:
        return
    assert type(record) in link.KINDS.values()


def test_decode_missing_fields_are_named() -> None:
    with pytest.raises(EngineError, match="Cancel: missing or unknown fields: request"):
        link.decode(message("Cancel", id=1))


def test_connection_carries_records_and_survives_nonsense() -> None:
    key = b"k" * link.KEY_BYTES
    listener = link.listen(key)
    ends: list[link.Link] = []
    thread = threading.Thread(target=lambda: ends.append(link.dial(listener.address, key)))
    thread.start()
    near = link.accept(listener, lambda: False)
    thread.join()
    link.stop_listening(listener)
    assert near is not None
    far = ends[0]
    far.send(Cancel(1, 2))
    assert near.receive() == Cancel(1, 2)
    far._connection.send_bytes(b"nonsense")
    with pytest.raises(EngineError):
        near.receive()
    far.send(Cancel(3, 4))
    assert near.receive() == Cancel(3, 4)
    far.close()
    with pytest.raises(EOFError):
        near.receive()
    near.close()


def test_dial_with_another_key_is_refused_and_the_listener_waits_on() -> None:
    listener = link.listen(b"right")
    accepted: list[link.Link | None] = []
    given_up = threading.Event()
    thread = threading.Thread(target=lambda: accepted.append(link.accept(listener, given_up.is_set)))
    thread.start()
    with pytest.raises(EngineError, match="Could not connect"):
        link.dial(listener.address, b"wrong")
    assert thread.is_alive()
    given_up.set()
    link.knock(listener.address)
    thread.join()
    link.stop_listening(listener)
    assert accepted == [None]


def test_listen_where_the_socket_path_would_be_too_long_uses_the_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = link.Listener

    def refuse(address: Any, **options: Any) -> Any:
        if isinstance(address, str):
            raise OSError("AF_UNIX path too long")
        return real(address, **options)

    monkeypatch.setattr(link, "Listener", refuse)
    monkeypatch.setattr(link.tempfile, "tempdir", str(tmp_path))
    listener = link.listen(b"key")
    assert listener.address[0] == "127.0.0.1"
    link.stop_listening(listener)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="socket files")
def test_socket_file_is_private_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(link.tempfile, "tempdir", str(tmp_path))
    listener = link.listen(b"key")
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert Path(listener.address).parent == folder
    link.stop_listening(listener)
    assert not list(tmp_path.iterdir())
