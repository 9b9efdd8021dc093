"""What the engine says of a data set: samples beside their changes, counts and statistics, over the link."""

from __future__ import annotations

import pytest

from studio.engine.answers import NUM_ROWS, describe
from studio.engine.link import decode, encode
from studio.engine.records import DataDescribed, DescribeData
from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.transforms import Transform


def ask(config: DataConfig, draw: int = 0) -> DataDescribed:
    return describe(DescribeData(1, config.model_dump(mode="json"), draw=draw))


def test_rows_come_with_their_statistics() -> None:
    found = ask(DataConfig(dataset="wine"))
    assert found.samples.shape == (NUM_ROWS, 13)
    assert found.class_counts.sum() == 178
    assert found.correlation.shape == (13, 13)
    assert (found.means.shape, found.variances.shape) == ((13,), (13,))
    assert found.changed.shape == (0,)


def test_pictures_come_beside_their_changes_in_the_shape_they_end_in() -> None:
    config = DataConfig(transforms=(Transform.of("random_crop", size=6, padding=1),))
    found = ask(config)
    assert found.samples.shape == (16, 1, 8, 8)
    assert found.changed.shape == (16, 1, 6, 6)
    assert found.shape == (1, 6, 6)
    assert (ask(config, 1).changed != found.changed).any()
    arrived = decode(encode(found))
    assert isinstance(arrived, DataDescribed)
    assert (arrived.changed == found.changed).all()


def test_a_transform_that_cannot_be_done_is_named() -> None:
    with pytest.raises(DataError, match="Transform 1, Centre crop, cannot cut 224×224 out of 8×8"):
        ask(DataConfig(transforms=(Transform.of("center_crop"),)))


def test_texts_come_in_words(tmp_path) -> None:
    rows = "".join(
        f"it was {'good' if row % 2 else 'bad'},{'yes' if row % 2 else 'no'}\n" for row in range(40)
    )
    (tmp_path / "moods.csv").write_text("text,mood\n" + rows, encoding="utf-8")
    options = {"file": "moods.csv", "length": 5}
    found = ask(DataConfig(dataset="text_classes", folder=str(tmp_path), options=options))
    named = dict.fromkeys(zip(found.texts, (found.classes[label] for label in found.labels), strict=False))
    assert set(named) <= {("it was good", "yes"), ("it was bad", "no")}
    assert (len(found.texts), found.samples.dtype.name) == (5, "int64")
    arrived = decode(encode(found))
    assert isinstance(arrived, DataDescribed)
    assert arrived.texts == found.texts
