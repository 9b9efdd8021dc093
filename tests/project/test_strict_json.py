from __future__ import annotations

import contextlib
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ProjectError
from studio.project import strict_json
from studio.project.strict_json import parse

MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b" \n\t", "The file is empty"),
        (b"{", "not valid JSON: Expecting property name .* at line 1, column 2"),
        (b'{"a": 1,\n "b" 2}', "delimiter at line 2, column 6"),
        (b'{"a": 1} x', "Extra data at line 1, column 10"),
        (b'{"a": 1,}', "at line 1"),
        (b'{"a": "\\x"}', "Invalid \\\\escape"),
        (b'"\x00"', "Invalid control character"),
        (b"\xff\xfe{\x00}\x00", "not text in UTF-8: byte 1, in line 1, is 0xff"),
        (b'{\n"a": "\xe9"}', "byte 9, in line 2, is 0xe9"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text in UTF-8"),
        (b"[NaN]", "The file holds NaN. Only finite numbers"),
        (b"[-Infinity]", "The file holds -Infinity"),
        (b"[1e999]", "The file holds 1e999"),
        (b"[-1e999]", "The file holds -1e999"),
        (b"[" + b"1" * 5000 + b"]", "a number of 5000 digits \\(11111111111111111111…\\); 300 are allowed"),
        (b'{"a": 1, "a": 2}', 'The key "a" stands twice at the top'),
        (b'{"x": [1, {"y": {"a": 1, "b": 2, "a": 1}}]}', 'The key "a" stands twice in x.1.y'),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "stands twice"),
        (b"[" * 65, "nested more than 64 levels deep"),
        (b'{"a":' * 100_000, "nested more than 64 levels deep"),
        (b"[" * (32 * MEGABYTE), "more than a project can|levels deep"),
        (b"[]," * 600_000, "far more than a project can: over 500,000 lists and objects"),
        (b"[" + b"1," * 2_000_001, "or 2,000,000 values"),
        (b"[" + b" " * (32 * MEGABYTE), "too large for a project: more than the 32 MB"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else "",
)  # fmt: skip
def test_what_is_refused_and_why(data: bytes, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": [1, 2.5, "x", null, true, {"b": []}]}',
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 64 + b"]" * 64,
        b'["' + b"[" * 1000 + b'"]',
        b'["\\"' + b"[" * 1000 + b'"]',
        b'["\\\\", "' + b"{" * 1000 + b'"]',
        b'["' + b"," * 3_000_000 + b'"]',
        b"1",
        b'"\\u00e9\xc3\xa9"',
    ],
    ids=range(9),
)
def test_what_is_sound_is_read_as_python_reads_it(data: bytes) -> None:
    assert parse(data) == json.loads(data.decode("utf-8-sig"))


def test_texts_are_told_from_structure_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'["aaa[[[[", [[1]], "\\"[[[", "\\\\"]'
    for size in range(1, len(data)):
        monkeypatch.setattr(strict_json, "_CHUNK", size)
        monkeypatch.setattr(strict_json, "MAX_DEPTH", 3)
        assert parse(data) == json.loads(data)
        monkeypatch.setattr(strict_json, "MAX_DEPTH", 2)
        with pytest.raises(ProjectError, match="deep"):
            parse(data)


def test_a_hostile_file_does_not_fill_the_memory() -> None:
    bombs = [
        b"[" * (31 * MEGABYTE),
        b"[]," * (10 * MEGABYTE),
        b'"",' * (10 * MEGABYTE),
        b"\\" * (31 * MEGABYTE),
    ]
    for bomb in bombs:
        tracemalloc.start()
        with pytest.raises(ProjectError):
            parse(bomb)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * len(bomb)


json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé"\\[{\n'),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"[', max_size=3), inner, max_size=4)
    ),
)


@given(json_data)
def test_what_is_written_is_read_back(data: object) -> None:
    text = strict_json.write(data)
    assert parse(text.encode()) == data
    assert text.endswith("\n")


@given(st.binary(max_size=60) | st.text('{}[]",:\\ u0ane1.-', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ProjectError):
        assert parse(data) == json.loads(data.decode("utf-8-sig"))


@pytest.mark.parametrize(
    "data", [float("nan"), float("inf"), {1: 2, "a": 3}, object(), "\ud800", 10**5000], ids=range(6)
)
def test_what_no_file_can_hold_is_not_written(data: object) -> None:
    with pytest.raises(ProjectError, match="holds a value that no file can hold"):
        strict_json.write([data])
