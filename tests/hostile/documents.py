"""Hostile documents: what a `.flow` file itself may hold."""

from __future__ import annotations

import json

from tests.hostile.case import SOUND, Case, document, replaced, saved, text, with_argument

SOUND_TEXT = json.dumps(SOUND)
BIDI = "\u202e"
HUGE = "9" * 400


def _notes(raw: str) -> str:
    """Return the sound document with notes that are written as they stand here."""
    return SOUND_TEXT[:-1] + f', "notes": {raw}}}'


def _nodes(count: int) -> str:
    nodes = ",".join(f'"m{number}":{{"kind":"ReLU","name":"m{number}"}}' for number in range(count))
    return f'{{"format":"flowgraph-studio","version":1,"graph":{{"nodes":{{{nodes}}}}}}}'


def _with_edges(*edges: str) -> dict[str, object]:
    found = document()
    found["graph"]["edges"] += edges
    return found


DOCUMENTS = (
    Case("empty", text(""), "is empty"),
    Case("only a byte order mark", text(b"\xef\xbb\xbf"), "not valid JSON|is empty"),
    Case("a byte order mark in front", text(b"\xef\xbb\xbf" + SOUND_TEXT.encode()), ""),
    Case("UTF-16", text(SOUND_TEXT.encode("utf-16")), "not text in UTF-8"),
    Case("NUL bytes", text(b"\0" * 4096), "not valid JSON"),
    Case("cut off", text(SOUND_TEXT[:-30]), "not valid JSON"),
    Case("a program", text("#!/bin/sh\ntouch ../canary\n"), "not valid JSON"),
    Case("a list", text("[]"), "object|project"),
    Case("nested brackets", text("[" * 400_000), "nested more than"),
    Case("nested objects", text('{"a":' * 100_000 + "1" + "}" * 100_000), "nested more than"),
    Case("brackets in texts", text(_notes(json.dumps('["{[' * 10_000))), ""),
    Case("many empty lists", text("[" + "[]," * 2_000_000 + "[]]"), "far more than a project can"),
    Case("too many bytes", text('"' + "a" * (33 * 2**20)), "too large"),
    Case("too many nodes", text(_nodes(100_001)), "100,001 nodes"),
    Case(
        "many wires into one port", saved(_with_edges(*(f"n{k}.output -> n3.input" for k in range(9)))), "n0"
    ),
    Case("key twice", replaced('"version": 1', '"version": 1, "version": 1'), "stands twice"),
    Case("node twice", replaced('"n2": ', '"n1": {"kind": "ReLU", "name": "a"}, "n2": '), "stands twice"),
    Case("NaN", replaced('"version": 1', '"version": NaN'), "holds NaN"),
    Case("Infinity", text(_notes("-Infinity")), "Infinity"),
    Case("1e999", text(_notes("1e999")), "1e999"),
    Case("a number of 400 digits", replaced('"in_features": 64', f'"in_features": {HUGE}'), "400 digits"),
    Case(
        "a number of 299 digits", replaced('"in_features": 64', f'"in_features": {HUGE[:299]}'), "in_features"
    ),
    Case("a number of 10,000,000 digits", text(_notes("9" * 10_000_000)), "digits"),
    Case("a small number of many digits", text(_notes(f"0.{'0' * 2_000_000}1")), "must be a text"),
    Case("half a character as a name", replaced('"linear"', r'"\ud800"'), "name"),
    Case("half a character in notes", text(_notes(r'"\udfff"')), "Unicode"),
    Case(
        "half a character as a key",
        replaced('"version": 1', r'"version": 1, "\ud800": 1'),
        "not known|Unicode",
    ),
    Case("half a character in an argument", with_argument("n3", "bias", "\ud800"), "Unicode"),
    Case("NUL in a name", replaced('"linear"', r'"lin\u0000ear"'), "name must be a letter"),
    Case("a path as a name", replaced('"linear"', '"../../evil"'), "name must be a letter"),
    Case("right-to-left in a name", replaced('"linear"', f'"lin{BIDI}ear"'), "name must be a letter"),
    Case("right-to-left in a kind", replaced('"Linear"', f'"Lin{BIDI}ear"'), "readable text"),
    Case("right-to-left in a folder", saved(document(data={"folder": f"a{BIDI}b"})), "control characters"),
    Case("NUL in a folder", saved(document(data={"folder": "a\0b"})), "control characters"),
    Case("right-to-left in an option", saved(document(data={"options": {"file": BIDI}})), "readable text"),
    Case("a function as a kind", replaced('"Linear"', '"os.system"'), "os.system"),
    Case(
        "source as a kind",
        replaced('"Linear"', "\"__import__('os').system('touch ../canary')\""),
        "__import__",
    ),
    Case("a class of torch as a kind", replaced('"Linear"', '"torch.hub.load"'), "torch.hub.load"),
    Case("a path as a block's kind", replaced('"Linear"', '"block:../../x"'), "block"),
    Case(
        "an object to be made",
        replaced('"version": 1', '"version": 1, "py/object": "os.system"'),
        "not known",
    ),
    Case("a later version", replaced('"version": 1', '"version": 999999999'), "later version"),
    Case("a version below zero", replaced('"version": 1', '"version": -1'), "version"),
    Case("a version in words", replaced('"version": 1', '"version": "1"'), "version"),
    Case("another format", replaced('"flowgraph-studio"', '"flowgraph"'), "format|project"),
    Case(
        "a wire from a node to itself",
        saved(_with_edges("n2.output -> n2.input")),
        "circle|cycle|itself|one wire",
    ),
    Case("a wire to nowhere", saved(_with_edges("n2.output -> n99.input")), 'no node "n99"'),
    Case("a wire of a million inputs", saved(_with_edges("n2.output -> n3.input[1000000]")), "input"),
    Case(
        "a place beyond the canvas", replaced('"name": "linear"', '"name": "linear", "x": 1e308'), "at most"
    ),
    Case("an argument that is a tree", with_argument("n3", "bias", [[[]] * 100] * 100), "bias"),
    Case(
        "an argument that is nested",
        with_argument("n3", "bias", _deep := json.loads("[" * 20 + "]" * 20)),
        "16",
    ),
    Case(
        "an argument that is source",
        with_argument("n3", "bias", "__import__('os').system('touch ../canary')"),
        "bias",
    ),
    Case(
        "an expression outside a block",
        with_argument("n3", "out_features", "=9**9**9"),
        "out_features|9\\*\\*9",
    ),
    Case(
        "a layer of 10^18 weights",
        with_argument("n3", "out_features", 10**18),
        "out_features|memory|large|large",
    ),
    Case("a layer of 2^62 outputs", with_argument("n3", "out_features", 2**62), "out_features"),
    Case("a layer of 2^64 outputs", with_argument("n3", "out_features", 2**64), "out_features"),
    Case("a picture of 10^9 pixels a side", with_argument("n1", "height", 10**9), "height|sample"),
    Case("a batch of 10^18", saved(document(training={"batch_size": 10**18})), "batch_size"),
    Case("epochs without end", saved(document(training={"epochs": 10**30})), "epochs"),
    Case("a learning rate below zero", saved(document(training={"lr": -1.0})), "lr"),
    Case(
        "a device that is a command", saved(document(training={"device": "cpu; touch ../canary"})), "device"
    ),
    Case(
        "10^12 samples", saved(document(data={"dataset": "moons", "options": {"samples": 10**12}})), "samples"
    ),
    Case("a data set of no name", saved(document(data={"dataset": "../../etc/passwd"})), "no data set"),
)
