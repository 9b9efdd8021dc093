from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from studio.catalog.code_templates import SWISH, TEMPLATES
from studio.errors import CodeError, ProjectError
from studio.project import trust
from studio.project.trust import KEY_BYTES, TrustStore

CODE = "class A:\n    def forward(self, x):\n        return x\n"
OTHER = CODE.replace("return x", "return -x")


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "config")


def again(store: TrustStore) -> TrustStore:
    """Return the store as another process sees it."""
    return TrustStore(store.path.parent)


def test_exactly_the_text_that_was_trusted_is_trusted(store: TrustStore) -> None:
    assert not store.trusts(CODE)
    store.trust(CODE, "a", "digits")
    for seen in (store, again(store)):
        assert seen.trusts(CODE)
        assert not any(map(seen.trusts, (OTHER, CODE[:-1], f"{CODE}\n", CODE.replace("x", "X"), "")))


@pytest.mark.parametrize("place", range(0, len(CODE), 7))
def test_a_changed_letter_is_another_text(store: TrustStore, place: int) -> None:
    store.trust(CODE)
    assert not store.trusts(CODE[:place] + chr(ord(CODE[place]) ^ 1) + CODE[place + 1 :])


def test_the_list_holds_neither_code_nor_key(store: TrustStore) -> None:
    store.trust(CODE, "a", "digits")
    text = store.path.read_text()
    assert "forward" not in text
    assert store.key_path.read_bytes().hex() not in text
    (entry,) = json.loads(text)["trusted"]
    assert (entry["name"], entry["source"], len(entry["mac"])) == ("a", "digits", 64)


def test_the_key_is_made_once_for_this_person_only(store: TrustStore) -> None:
    assert not store.trusts(CODE)
    assert not store.key_path.exists()
    store.trust(CODE)
    key = store.key_path.read_bytes()
    assert len(key) == KEY_BYTES
    assert stat.S_IMODE(store.key_path.stat().st_mode) == 0o600
    again(store).trust(OTHER)
    assert store.key_path.read_bytes() == key
    assert store.trusts(OTHER)
    assert sorted(path.name for path in store.path.parent.iterdir()) == ["trust.key", "trusted.json"]


def test_what_the_program_brings_along_is_trusted_without_a_key(store: TrustStore) -> None:
    assert all(store.trusts(template.code) for template in TEMPLATES)
    assert not store.trusts(f"{SWISH} ")
    assert not store.key_path.exists()
    assert not store.revoke(SWISH)


def test_trust_can_be_taken_back(store: TrustStore) -> None:
    store.trust(CODE)
    store.trust(OTHER)
    other = again(store)
    assert other.revoke(CODE)
    assert not other.revoke(CODE)
    assert (store.trusts(CODE), store.trusts(OTHER)) == (False, True)


def test_an_entry_made_with_another_key_counts_for_nothing(store: TrustStore, tmp_path: Path) -> None:
    attacker = TrustStore(tmp_path / "attacker")
    attacker.trust(CODE)
    store.trust(OTHER)
    store.path.write_bytes(attacker.path.read_bytes())
    assert not again(store).trusts(CODE)
    assert not again(store).trusts(OTHER)


def test_another_key_makes_every_entry_void(store: TrustStore) -> None:
    store.trust(CODE)
    store.key_path.write_bytes(bytes(KEY_BYTES))
    assert not store.trusts(CODE)
    store.key_path.unlink()
    assert not again(store).trusts(CODE)


@pytest.mark.parametrize("size", [0, 1, KEY_BYTES - 1, KEY_BYTES + 1])
def test_a_damaged_key_is_no_key_until_code_is_trusted_again(store: TrustStore, size: int) -> None:
    store.trust(CODE)
    store.key_path.write_bytes(b"\0" * size)
    assert not again(store).trusts(CODE)
    assert "is damaged" in store.why_void()
    fresh = again(store)
    fresh.trust(OTHER)
    assert (fresh.trusts(CODE), again(store).trusts(OTHER), fresh.why_void()) == (False, True, "")


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_key_that_others_can_reach_counts_for_nothing(store: TrustStore, mode: int) -> None:
    store.trust(CODE)
    store.key_path.chmod(mode)
    assert not again(store).trusts(CODE)
    assert "by others" in store.why_void()
    store.key_path.chmod(0o600)
    assert store.trusts(CODE)


@pytest.mark.skipif(os.name != "posix", reason="links need rights here")
def test_a_key_behind_a_link_counts_for_nothing(store: TrustStore, tmp_path: Path) -> None:
    store.trust(CODE)
    store.key_path.rename(tmp_path / "key")
    store.key_path.symlink_to(tmp_path / "key")
    assert not again(store).trusts(CODE)
    store.trust(OTHER)
    assert not store.key_path.is_symlink()
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"format": "flowgraph-studio-trust", "version": 1, "trusted": 3}',
        '{"format": "flowgraph-studio-trust", "version": 1, "trusted": [3, {}, {"mac": 4}, {"mac": "é"}]}',
        '{"format": "flowgraph-studio-trust", "version": 2, "trusted": []}',
        '{"trusted": [{"mac": ""}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_list_trusts_nothing_and_is_put_right(store: TrustStore, text: str) -> None:
    store.trust(CODE)
    store.path.write_text(text)
    assert not store.trusts(CODE)
    store.trust(CODE)
    assert again(store).trusts(CODE)


def test_an_entry_copied_to_the_front_or_doubled_changes_nothing(store: TrustStore) -> None:
    store.trust(CODE)
    document = json.loads(store.path.read_text())
    document["trusted"] = [{"mac": "0" * 64}, *document["trusted"] * 3]
    store.path.write_text(json.dumps(document))
    assert (store.trusts(CODE), store.trusts(OTHER)) == (True, False)


def test_code_with_hidden_letters_cannot_be_trusted(store: TrustStore) -> None:
    with pytest.raises(CodeError, match=r"U\+202E"):
        store.trust(f"{CODE}# \u202e")
    assert not store.key_path.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir(mode=0o500)
    with pytest.raises(ProjectError, match="Nothing was trusted"):
        TrustStore(tmp_path / "config").trust(CODE)


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="Nothing was trusted"):
        TrustStore(tmp_path / "file").trust(CODE)


def test_two_windows_trust_at_the_same_time(store: TrustStore) -> None:
    other = again(store)
    store.trust(CODE)
    other.trust(OTHER)
    assert (store.trusts(CODE), store.trusts(OTHER), other.trusts(CODE)) == (True, True, True)


def test_macs_are_compared_in_constant_time(store: TrustStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.trust(CODE)
    store.trust(OTHER)
    compared: list[tuple[str, str]] = []
    original = trust.hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return original(one, other)

    monkeypatch.setattr(trust.hmac, "compare_digest", compare)
    assert store.trusts(CODE)
    assert len(compared) == 2  # all of them, also behind the one that fits


def test_require_lets_only_trusted_code_through() -> None:
    trust.require(SWISH)
    with pytest.raises(CodeError, match="has not been trusted on this machine"):
        trust.require(f"{CODE}# never trusted")
