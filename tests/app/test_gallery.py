"""The gallery as a person uses it: real widgets, real templates, mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio import zoo
from studio.app.gallery.dialog import Gallery
from studio.app.gallery.entries import entries
from studio.app.gallery.pictures import SLICE_S, Pictures
from studio.app.gallery.tile import short_count
from studio.app.new_project import NewProject
from studio.app.summaries import Summaries
from studio.app.theme.theme import theme
from studio.catalog.spec import ArgSpec
from studio.engine.records import Summarise, Summarised, SummaryColumns
from studio.errors import ZooError
from studio.graph.report import Totals
from studio.zoo import shelf
from studio.zoo.template import FAMILIES, Template

KEY = Qt.Key


@pytest.fixture
def created():
    return []


@pytest.fixture
def pictures(qapp):
    made = Pictures()
    yield made
    made._timer.stop()


@pytest.fixture
def gallery(qtbot, created, link, pictures):
    dialog = Gallery(lambda project: created.append(project) or True, pictures, Summaries(link, "template"))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


def titles(gallery):
    return [tile.entry.title for tile in gallery.shelf.shown()]


def press(*keys):
    """Press keys where the focus is."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key)


def type_value(gallery, name, text):
    editor = gallery.page.form.rows[name].editor
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), text)
    return editor


def test_empty_design_comes_first_and_all_templates_follow_by_family(qapp):
    found = entries()
    assert found[0].title == "Empty design"
    assert sorted(entry.name for entry in found[1:]) == sorted(t.name for t in zoo.templates())
    places = [FAMILIES.index(entry.heading) for entry in found[1:]]
    assert places == sorted(places)


def test_it_opens_with_the_empty_design_chosen_and_the_search_ready(gallery):
    assert gallery.shelf.current.title == "Empty design"
    assert gallery.search.hasFocus()
    assert gallery.create_button.isEnabled()
    assert gallery.page.form is None


def test_enter_creates_an_empty_project(gallery, created):
    press(KEY.Key_Return)
    assert len(created) == 1
    assert len(created[0].graph) == 0
    assert not gallery.isVisible()


def test_escape_closes_and_creates_nothing(gallery, created):
    press(KEY.Key_Escape)
    assert not gallery.isVisible()
    assert created == []


@pytest.mark.parametrize("query", ["lenet", "LeCun", "LENET 1998"])
def test_search_finds_by_name_reference_and_year(gallery, query):
    gallery.search.setText(query)
    assert "LeNet-5" in titles(gallery)
    assert len(titles(gallery)) < len(zoo.templates()) / 2


def test_search_chooses_what_fits_best(gallery):
    QTest.keyClicks(gallery.search, "resnet-18")
    assert gallery.shelf.current.name == "resnet18"
    gallery.search.clear()
    assert gallery.shelf.current.name == "resnet18"


def test_search_without_a_match_says_what_is_near(gallery):
    QTest.keyClicks(gallery.search, "lanet-5")
    assert titles(gallery) == []
    assert gallery.empty.text() == "No network matches “lanet-5”.\n\nDid you mean “LeNet-5”?".replace(
        "“LeNet-5”", '"LeNet-5"'
    )
    assert gallery.empty.isVisible()
    assert not gallery.create_button.isEnabled()


def test_escape_clears_the_search_before_it_closes(gallery):
    QTest.keyClicks(gallery.search, "vgg")
    press(KEY.Key_Escape)
    assert gallery.isVisible()
    assert gallery.search.text() == ""
    press(KEY.Key_Escape)
    assert not gallery.isVisible()


def test_arrows_walk_the_shelf_from_within_the_search(gallery):
    order = titles(gallery)
    press(KEY.Key_Down, KEY.Key_Right)
    assert gallery.shelf.current.title == order[2]
    press(KEY.Key_Left, KEY.Key_Up)
    assert gallery.shelf.current.title == order[0]
    press(KEY.Key_End)
    assert gallery.shelf.current.title == order[-1]


def test_down_goes_to_the_tile_below(gallery):
    gallery.shelf.choose_name("small_cnn")
    here = gallery.shelf._current
    press(KEY.Key_Down)
    there = gallery.shelf._current
    assert there.y() > here.y()
    assert there.x() == here.x()


def test_the_chosen_tile_is_in_sight(gallery):
    press(KEY.Key_End)
    tile = gallery.shelf._current
    assert gallery.shelf.viewport().rect().contains(tile.mapTo(gallery.shelf.viewport(), QPoint(5, 5)))


def test_click_chooses_and_letters_go_to_the_search(gallery, qtbot):
    tile = next(tile for tile in gallery.shelf.tiles if tile.entry.name == "mlp")
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert gallery.page.title.text() == "Multilayer perceptron"
    QTest.keyClick(QApplication.focusWidget(), "v")
    assert gallery.search.text() == "v"
    assert gallery.search.hasFocus()


def test_double_click_creates(gallery, created, qtbot):
    tile = next(tile for tile in gallery.shelf.tiles if tile.entry.name == "mlp")
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert [project.name for project in created] == ["mlp"]


def test_page_tells_what_the_template_tells(gallery):
    gallery.shelf.choose_name("lenet5")
    template = next(template for template in zoo.templates() if template.name == "lenet5")
    assert gallery.page.summary.text() == template.summary
    assert gallery.page.reference.text() == template.reference
    assert gallery.page.facts.facts()["parameters"] == f"{template.parameters:,}"
    assert set(gallery.page.form.rows) == {argument.name for argument in template.arguments}


def test_arguments_make_the_network(gallery, created):
    gallery.shelf.choose_name("mlp")
    editor = type_value(gallery, "hidden", "20, 10")
    QTest.keyClick(editor, KEY.Key_Return)
    assert created == []  # that Enter set the value
    assert gallery.page.picture.graph == zoo.build("mlp", hidden=(20, 10))
    QTest.qWait(5)
    QTest.keyClick(editor, KEY.Key_Return)
    assert created[0].graph == zoo.build("mlp", hidden=(20, 10))


def test_what_was_typed_last_counts_when_create_is_clicked(gallery, created, qtbot):
    gallery.shelf.choose_name("mlp")
    type_value(gallery, "hidden", "33")
    qtbot.mouseClick(gallery.create_button, Qt.MouseButton.LeftButton)
    assert created[0].graph == zoo.build("mlp", hidden=(33,))


def test_what_is_no_value_is_said_at_its_field_and_nothing_is_created(gallery, created, qtbot):
    gallery.shelf.choose_name("mlp")
    type_value(gallery, "hidden", "-3")
    qtbot.mouseClick(gallery.create_button, Qt.MouseButton.LeftButton)
    assert created == []
    assert gallery.isVisible()
    assert gallery.page.form.rows["hidden"].reason_label.text().startswith("hidden must be at least 1")


@pytest.fixture
def odd_template(monkeypatch):
    """A template that cannot be built with an odd width, which no range tells."""

    def make(width):
        if width % 2:
            raise ZooError(f'Template "odd": width must be even, not {width}.', argument="width")
        if width > 50:
            raise ZooError("There is no room for it.")
        return zoo.build("mlp", hidden=(width,))

    arguments = (ArgSpec("width", "int", 4, "Units.", minimum=1),)
    found = {**shelf.templates(), "odd": Template("odd", "Odd", "Even only.", arguments, make)}
    monkeypatch.setattr(shelf, "templates", lambda: found)


@pytest.mark.usefixtures("odd_template")
def test_what_cannot_be_built_is_said_at_the_field(gallery, created, qtbot):
    gallery.shelf.choose_name("odd")
    QTest.keyClick(type_value(gallery, "width", "5"), KEY.Key_Return)
    assert gallery.page.form.rows["width"].reason_label.text() == "width must be even, not 5."
    assert not gallery.create_button.isEnabled()
    QTest.keyClick(type_value(gallery, "width", "6"), KEY.Key_Return)
    assert gallery.page.form.rows["width"].reason_label.isHidden()
    assert gallery.create_button.isEnabled()


@pytest.mark.usefixtures("odd_template")
def test_what_no_field_is_to_blame_for_is_said_under_the_form(gallery):
    gallery.shelf.choose_name("odd")
    QTest.keyClick(type_value(gallery, "width", "60"), KEY.Key_Return)
    assert gallery.page.reason.text() == "There is no room for it."
    assert gallery.page.reason.isVisible()


def test_data_that_suit_the_template_come_with_it(gallery, created):
    gallery.shelf.choose_name("lenet5")
    press(KEY.Key_Return)
    assert created[0].data.dataset == "mnist"


def test_a_person_who_keeps_the_old_project_stays_in_the_gallery(qtbot, pictures):
    dialog = Gallery(lambda _project: False, pictures)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.make()
    assert dialog.isVisible()


def test_the_engine_tells_the_size_of_what_is_set(gallery, client, link):
    gallery.shelf.choose_name("mlp")
    QTest.keyClick(type_value(gallery, "hidden", "20"), KEY.Key_Return)
    assert gallery.page.facts.facts()["parameters"] == "…"
    question = client.asked[-1]
    assert isinstance(question, Summarise)
    assert question.subject == "template"
    totals = Totals(12345, 678, 0, 2**20, 12345, 2)
    client.answers.append(Summarised(question.id, SummaryColumns(), totals, 64))
    link.drain()
    facts = gallery.page.facts.facts()
    assert facts["parameters"] == "12,345"
    assert facts["to train at batch 64"] == "1.0 MiB"
    assert facts["depth"] == "2 weighted layers"


@pytest.mark.usefixtures("odd_template")
def test_fields_stay_in_their_place_whatever_is_known(gallery, client, link, qtbot):
    """An answer of the engine, or none, must not move a field from under the mouse."""
    gallery.shelf.choose_name("odd")
    qtbot.wait(20)
    place = gallery.page.form.y()
    totals = Totals(12345, 678, 0, 2**20, 12345, 2)
    client.answers.append(Summarised(client.asked[-1].id, SummaryColumns(), totals, 64))
    link.drain()
    qtbot.wait(20)
    assert gallery.page.form.y() == place
    QTest.keyClick(type_value(gallery, "width", "5"), KEY.Key_Return)
    qtbot.wait(20)
    assert gallery.page.form.y() == place
    assert set(gallery.page.facts.facts().values()) == {"–"}


def test_cifar_resnet_1202_is_made_in_a_moment(gallery, created, qtbot):
    gallery.shelf.choose_name("cifar_resnet")
    QTest.keyClick(type_value(gallery, "n", "200"), KEY.Key_Return)
    assert gallery.page.can_create
    gallery.make()
    assert len(created[0].graph) < 30  # blocks: it opens collapsed


# Pictures --------------------------------------------------------------------------------------------


def test_pictures_are_made_in_spare_time(qtbot, pictures):
    entry = next(entry for entry in entries() if entry.name == "lenet5")
    assert pictures.get(entry, 1.0) is None
    with qtbot.waitSignal(pictures.ready) as caught:
        pass
    assert caught.args == ["lenet5"]
    image = pictures.get(entry, 1.0)
    assert isinstance(image, QImage)
    qtbot.waitUntil(lambda: not pictures.is_busy)


def test_a_slice_ends_when_its_time_is_up(qapp):
    """However many are waiting, one turn of the event loop is no longer than a step after its time."""
    now = [0.0]

    def clock():
        now[0] += SLICE_S / 2
        return now[0]

    pictures = Pictures(clock=clock)
    ready = []
    pictures.ready.connect(ready.append)
    for entry in entries()[1:6]:
        pictures.get(entry, 1.0)
    pictures._work()
    assert len(ready) < 2
    pictures._timer.stop()


def test_another_scheme_has_pictures_of_its_own(qtbot, pictures):
    entry = next(entry for entry in entries() if entry.name == "mlp")
    pictures.get(entry, 1.0)
    qtbot.waitUntil(lambda: not pictures.is_busy)
    with theme().painting("dark"):
        assert pictures.get(entry, 1.0) is None
    qtbot.waitUntil(lambda: not pictures.is_busy)
    assert pictures.get(entry, 1.0) is not None


def test_every_template_has_a_picture(qtbot, pictures):
    for entry in entries()[1:]:
        pictures.get(entry, 1.0)
    qtbot.waitUntil(lambda: not pictures.is_busy, timeout=60_000)
    for entry in entries()[1:]:
        image = pictures.get(entry, 1.0)
        assert any(image.pixelColor(x, image.height() // 2).alpha() for x in range(image.width())), entry.name


def test_it_opens_at_once(qtbot, link):
    """Nothing is drawn and no network is built before the gallery is on screen."""
    new = NewProject(lambda _project: True, link, None)
    new.open()
    assert new.gallery.isVisible()
    assert new._pictures._graphs == {}
    new.gallery.reject()
    assert new.gallery is None


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12"), (7850, "7.85 k"), (60_965_224, "61 M"), (143_667_240, "144 M")]
)
def test_counts_are_short(count, words):
    assert short_count(count) == words


def test_a_template_without_a_data_set_comes_with_random_samples_of_its_shape(gallery, created):
    gallery.shelf.choose_name("resnet18")
    press(KEY.Key_Return)
    assert created[0].data.dataset == "synthetic"
    assert created[0].data.options["shape"] == "3,224,224"
