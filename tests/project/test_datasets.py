import pytest

from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.datasets import DATASETS, get, options_of


def test_every_default_option_is_allowed():
    for key in DATASETS:
        assert set(options_of(DataConfig(dataset=key))) == {option.name for option in DATASETS[key].options}


def test_given_options_replace_defaults_and_whole_numbers_become_floats():
    found = options_of(DataConfig(dataset="moons", options={"noise": 1, "samples": 50}))
    assert found == {"samples": 50, "noise": 1.0, "seed": 0}
    assert isinstance(found["noise"], float)


def test_unknown_data_set_names_the_nearest():
    with pytest.raises(DataError, match='did you mean "mnist"'):
        get("mnits")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 3}, "samples must be at least 20, not 3"),
        ({"noize": 0.1}, 'no option "noize"; did you mean "noise"'),
        ({"noise": "much"}, "noise must be a number"),
    ],
)
def test_bad_option_is_refused_with_the_reason(options, message):
    with pytest.raises(DataError, match=message):
        options_of(DataConfig(dataset="moons", options=options))


def test_digits_have_no_options():
    with pytest.raises(DataError, match="It has none"):
        options_of(DataConfig(dataset="digits", options={"noise": 0.1}))
