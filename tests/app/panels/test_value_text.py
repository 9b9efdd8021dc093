import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.panels.value_text import parse, read, stepped, write
from studio.catalog.spec import ArgSpec

INT = ArgSpec("n", "int", 1, "", minimum=1)
FLOAT = ArgSpec("x", "float", 0.1, "")
CHANCE = ArgSpec("p", "float", 0.5, "", minimum=0.0, maximum=1.0)
PAIR = ArgSpec("k", "pair", 3, "", minimum=0, choices=("valid", "same"))
INTS = ArgSpec("shape", "ints", (-1,), "")
OPTIONAL = ArgSpec("stride", "pair", None, "", minimum=1, optional=True)
OPEN = ArgSpec("output_size", "pair", 1, "", minimum=1, optional_items=True)
GELU = ArgSpec("approximate", "choice", "none", "", choices=("none", "tanh"))


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (INT, "12", 12),
        (INT, "1e3", 1000),
        (FLOAT, "1e-7", 1e-7),
        (FLOAT, ".5", 0.5),
        (FLOAT, "3", 3.0),
        (PAIR, "3", 3),
        (PAIR, "3×3", 3),
        (PAIR, "3, 5", (3, 5)),
        (PAIR, "3 x 5", (3, 5)),
        (PAIR, "(3, 5)", (3, 5)),
        (PAIR, "3 5", (3, 5)),
        (PAIR, "Same", "same"),
        (INTS, "64, 8, 8", (64, 8, 8)),
        (INTS, "-1", -1),
        (OPTIONAL, "", None),
        (OPTIONAL, "auto", None),
        (GELU, "none", "none"),
    ],
)
def test_text_is_read(spec, text, value):
    found = parse(spec, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("spec", "text", "reason"),
    [
        (INT, "0", "must be at least 1, not 0"),
        (INT, "", "must not be empty"),
        (INT, "many", 'must be a whole number, not the text "many"'),
        (INT, "1.5", "must be a whole number"),
        (INT, "9" * 20, "is too large"),
        (FLOAT, "0,5", "takes a point, not a comma: 0.5"),
        (FLOAT, "nan", "must be a number"),
        (FLOAT, "1e999", "must be finite"),
        (CHANCE, "1.5", "must be at most 1, not 1.5"),
        (PAIR, "1, 2, 3", "must be one number or two"),
        (PAIR, "wide", "must be whole numbers, or one of valid, same"),
        (INTS, "8, a, 8b", "must be whole numbers, such as"),
        (INTS, "()", "must be whole numbers"),
    ],
)
def test_nonsense_is_refused_with_the_reason(spec, text, reason):
    with pytest.raises(ValueError, match=reason):
        parse(spec, text)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_numbers_come_back_exactly(value):
    assert parse(FLOAT, write(value)) == value


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=6).map(tuple))
def test_lists_come_back_exactly(value):
    assert parse(INTS, write(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-7, "1e-7"), (1e22, "1e22"), (1.0, "1"), (0.05, "0.05"), ((3, 5), "3 × 5"), (None, ""), (True, "on")],
)
def test_values_are_written_short(value, text):
    assert write(value) == text


@pytest.mark.parametrize(
    ("spec", "value", "count", "after"),
    [
        (INT, 3, 1, 4),
        (INT, 1, -1, 1),
        (INT, 3, 10, 13),
        (FLOAT, 1e-7, 1, 1e-6),
        (FLOAT, 0.3, -1, 0.03),
        (FLOAT, 0.0, 1, 1e-4),
        (CHANCE, 0.5, 1, 0.55),
        (CHANCE, 1.0, 1, 1.0),
        (PAIR, (3, 5), 1, (4, 6)),
        (PAIR, "same", 1, "same"),
        (OPTIONAL, None, 1, 2),
    ],
)
def test_an_arrow_goes_one_step(spec, value, count, after):
    assert stepped(spec, value, count) == after


@pytest.mark.parametrize("text", ["auto × 7", "none, 7", "(None, 7)"])
def test_one_side_may_be_left_to_torch(text):
    assert parse(OPEN, text) == (None, 7)
    assert write((None, 7)) == "auto × 7"


@pytest.mark.parametrize(
    ("text", "like", "value"),
    [
        ("3", 1, 3),
        ("3", 1.0, 3.0),
        ("0.5", 1, 0.5),
        ("on", None, True),
        ("3 x 5", 1, (3, 5)),
        ("7", (1, 2), (7,)),
        ("same", 1, "same"),
        ("", 1, None),
    ],
)
def test_text_without_a_spec_is_read_as_what_it_looks_like(text, like, value):
    found = read(text, like)
    assert found == value
    assert type(found) is type(value)


def test_three_numbers_of_a_volume_are_read_and_written():
    spec = ArgSpec("kernel_size", "pair", 3, "Size.", minimum=1, items=3)
    assert parse(spec, "1 × 3 × 5") == (1, 3, 5)
    assert write((1, 3, 5)) == "1 × 3 × 5"
    with pytest.raises(ValueError, match="3 × 5 × 7"):
        parse(spec, "three")


def test_list_of_floats_is_read():
    assert parse(ArgSpec("weight", "floats", None, "Weights.", optional=True), "0.2, 1") == (0.2, 1.0)
