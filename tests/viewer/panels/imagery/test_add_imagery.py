"""Adding imagery: finding it, dates, terms, consent. Nothing is contacted here."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QDate, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from layers.document.layer import Layer
from layers.document.layer_terms import Terms, terms_of
from layers.errors import NotReadable, ServerFault
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.services.offers.offer import OfferedDimension, OfferedLayer, OfferedStyle, ServiceOffer
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes
from tests.layers.services.stac.made import as_bytes, item
from tests.support.choices import choose_by_keys, popup
from tests.support.wmts_documents import capabilities, layer, mercator
from tests.viewer.panels.conftest import Desk, unnamed
from tests.viewer.panels.imagery.conftest import FakeServers, choose, listed
from viewer.network.secrets import SecretKind
from viewer.panels.access import CaseAccess
from viewer.panels.context import PanelContext
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.imagery.entry_lists import EntryList, KeptImagery
from viewer.support.jobs import Jobs

TEMPLATE = "https://t.example.org/{z}/{x}/{y}.png"
WMTS = "https://maps.example.org/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"
DATED = TileService(
    "By day", "https://maps.example.org/t/plain/{time}/{z}/{x}/{y}.png", kind="wmts", attribution="The town"
)


pytestmark = popup


def town(count: int = 0) -> ServiceOffer:
    """A server with dated photographs in two styles, a map that cannot be drawn, and `count` layers more."""
    days = OfferedLayer(
        name="days",
        title="By day",
        service=DATED,
        times=OfferedTimes("2019-02-03/2020-12-31/P1D", "2020-05-01"),
        styles=(OfferedStyle("plain", "Plain"), OfferedStyle("red", "Red")),
        choices=(("EPSG:25832", TileService("In UTM", "https://maps.example.org/u/plain/{time}/{z}/{x}/{y}")),),
        problems=(Phrase("One level has no size: it is left out."),),
    )
    lost = OfferedLayer(name="lost", title="Of Mars", problems=(Phrase("Its CRS is not of the Earth."),))
    more = [
        OfferedLayer(name=f"l{n}", title=f"Sheet {n}", service=TileService(f"Sheet {n}", TEMPLATE), group=("Sheets",))
        for n in range(count)
    ]
    return ServiceOffer(service="wmts", title="Town maps", layers=(days, lost, *more), licence="None known")


def press(dialog: AddImageryDialog) -> None:
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)


def facts(dialog: AddImageryDialog) -> dict[str, str]:
    return dict(dialog.panel.form.facts.facts())


def said(dialog: AddImageryDialog) -> str:
    """The sentence in place of a form."""
    form = dialog.panel.form
    return form.hint.text() if form.is_empty else ""


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_entry_is(dialog: AddImageryDialog) -> None:
    titles = listed(dialog)
    assert [title for title in titles if title.startswith("[")] == [
        "[Basemaps]",
        "[Dated imagery]",
        "[Archives to search]",
    ]
    assert titles.index("OpenStreetMap") < titles.index("[Dated imagery]") < titles.index("Earth Search")
    assert dialog.panel.current() is not None, "the first entry is chosen"


@pytest.mark.parametrize(
    ("words", "title"),
    [("night", "VIIRS night lights, daily"), ("stac", "Earth Search"), ("cc by", "Sentinel-2 cloudless 2024")],
)
def test_words_find_titles_notes_licences_and_kinds(dialog: AddImageryDialog, words: str, title: str) -> None:
    QTest.keyClicks(dialog.panel.line, words)
    assert title in listed(dialog)
    assert len(listed(dialog)) < 6
    row = dialog.panel.current()
    assert row is not None


def test_nothing_found_is_said(dialog: AddImageryDialog) -> None:
    QTest.keyClicks(dialog.panel.line, "qwertz")
    assert listed(dialog) == []
    assert "Nothing found" in said(dialog)
    assert not dialog.add_button.isEnabled()


def test_every_control_has_a_name(dialog: AddImageryDialog) -> None:
    assert unnamed(dialog) == []


# -- adding tiles -----------------------------------------------------------------------------------------------------


def test_a_dated_service_is_added_on_its_day_under_the_vectors(dialog: AddImageryDialog, desk: Desk) -> None:
    choose(dialog, "MODIS Terra")
    form = dialog.panel.form
    assert form.time.day.isVisible()
    form.time.day.setDate(QDate(2024, 4, 12))
    assert "NASA" in facts(dialog)["Credit"]
    press(dialog)
    order = [layer.uuid for layer in desk.document.layers_in_order()]
    layer = desk.document.layers[order[2]]
    assert order[3] == "coast"
    assert (layer.kind, layer.acquired_at, layer.date_kind) == ("tiles", "2024-04-12", "interval")
    assert layer.name.endswith("2024-04-12")
    assert "NASA" in layer.credit
    assert TileService.from_json(layer.source).time == "2024-04-12"
    assert desk.consented == ["gibs.earthdata.nasa.gov"]
    assert not dialog.isVisible()
    desk.history.undo()
    assert set(desk.document.layers) == {"base", "night", "coast"}


def test_an_undated_service_has_no_date(dialog: AddImageryDialog) -> None:
    choose(dialog, "USGS Imagery")
    assert not dialog.panel.form.time.isVisible()
    assert facts(dialog)["Licence"] == "Public domain"
    assert facts(dialog)["Detail here"].endswith("a pixel at best")


def test_non_commercial_imagery_needs_a_tick(dialog: AddImageryDialog, desk: Desk) -> None:
    choose(dialog, "Sentinel-2 cloudless")
    form = dialog.panel.form
    assert form.agreed.isVisible()
    assert not dialog.add_button.isEnabled()
    dialog.panel.go_on()
    assert desk.consented == []
    QTest.keyClick(form.agreed, Qt.Key.Key_Space)
    assert dialog.add_button.isEnabled()
    choose(dialog, "USGS")
    choose(dialog, "Sentinel-2 cloudless")
    assert not dialog.add_button.isEnabled(), "the tick is of one look at the terms"
    form.agreed.setChecked(True)
    press(dialog)
    assert desk.consented == ["tiles.maps.eox.at"]


def test_the_keyboard_alone_adds(dialog: AddImageryDialog, desk: Desk) -> None:
    QTest.keyClicks(dialog.panel.line, "openstreetmap")
    QTest.keyClick(dialog.panel.line, Qt.Key.Key_Return)
    assert desk.consented == ["tile.openstreetmap.org"]
    assert not dialog.isVisible()


@pytest.mark.parametrize("way", ["enter", "double click"])
def test_the_list_adds_once(dialog: AddImageryDialog, desk: Desk, way: str) -> None:
    choose(dialog, "OpenStreetMap")
    view = dialog.panel.list
    if way == "enter":
        QTest.keyClick(view, Qt.Key.Key_Return)
    else:
        place = view.visualRect(view.currentIndex()).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert dialog.isVisible(), "a single click only chooses"
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [layer.kind for layer in desk.document.layers.values()].count("tiles") == 1
    assert not dialog.isVisible()


def test_arrow_keys_walk_through_the_list_from_the_line(dialog: AddImageryDialog) -> None:
    first = dialog.panel.current()
    QTest.keyClick(dialog.panel.line, Qt.Key.Key_Down)
    second = dialog.panel.current()
    assert first is not None
    assert second is not None
    assert second is not first
    for _ in range(30):
        QTest.keyClick(dialog.panel.line, Qt.Key.Key_Down)
    last = dialog.panel.current()
    assert last is not None, "headings are passed over"
    assert last.entry.title == "Planetary Computer"


def test_a_name_and_a_last_level_may_be_chosen(dialog: AddImageryDialog, desk: Desk) -> None:
    choose(dialog, "OpenStreetMap")
    form = dialog.panel.form
    assert form.name.placeholderText() == "OpenStreetMap"
    QTest.keyClicks(form.name, "Streets")
    form.levels.setValue(12)
    press(dialog)
    (layer,) = [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]
    assert layer.name == "Streets"
    assert TileService.from_json(layer.source).max_level == 12


# -- addresses --------------------------------------------------------------------------------------------------------


def test_the_terms_of_the_catalogue_are_said(dialog: AddImageryDialog) -> None:
    said_of = {}
    for title in ("Sentinel-2 cloudless", "USGS Imagery", "OpenStreetMap"):
        choose(dialog, title)
        said_of[title] = facts(dialog).get("Terms", "")
    assert said_of == {
        "Sentinel-2 cloudless": "Not for commercial use. Not for packs for offline use.",
        "USGS Imagery": "",
        "OpenStreetMap": "Not for packs for offline use.",
    }


def test_a_pasted_template_is_checked_and_warned_about(dialog: AddImageryDialog, desk: Desk) -> None:
    line, form = dialog.panel.line, dialog.panel.form
    line.setText("file:///etc/{z}/{x}/{y}")
    assert "https://" in said(dialog)
    assert not dialog.add_button.isEnabled()
    line.setText(TEMPLATE)
    assert listed(dialog) == ["t.example.org"]
    assert "terms of use" in facts(dialog)["Terms"]
    assert "no product that shows it can be written" in facts(dialog)["Terms"]
    service = form.service()
    assert service is not None
    assert not service.may_export
    QTest.keyClicks(form.attribution, "Example")
    assert "product" not in facts(dialog)["Terms"]
    press(dialog)
    (layer,) = [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]
    assert (layer.name, layer.credit) == ("t.example.org", "Example")
    assert TileService.from_json(layer.source).may_export
    assert desk.consented == ["t.example.org"]


def test_terms_of_an_unknown_service_are_stated_where_it_is_added(
    dialog: AddImageryDialog, desk: Desk, kept: KeptImagery
) -> None:
    """They go into the layer and into the analyst's own list."""
    form = dialog.panel.form
    choose(dialog, "OpenStreetMap")
    assert not form.terms.isVisible(), "its terms are known"
    dialog.panel.line.setText(TEMPLATE)
    assert form.terms.isVisible()
    assert form.terms.licence.placeholderText() == "not stated"
    QTest.mouseClick(form.terms.header, Qt.MouseButton.LeftButton)
    QTest.keyClicks(form.attribution, "Example")
    QTest.keyClicks(form.terms.licence, "By letter of May 2024")
    QTest.keyClicks(form.terms.link, "t.example.org/terms?apikey=0123456789abcdef")
    QTest.keyClicks(form.terms.provider, "Example Ltd")
    choose_by_keys(form.terms.export, "Not allowed")
    assert "No file may show it" in facts(dialog)["Terms"]
    dialog.panel.keep()
    choose(dialog, "t.example.org")
    press(dialog)
    (layer,) = [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]
    terms = terms_of(layer)
    assert terms == Terms("By letter of May 2024", "https://t.example.org/terms", "Example", "Example Ltd", "no")
    (entry,) = kept.own.read().entries
    assert entry.service is not None
    assert (entry.service.own_licence, entry.service.own_export) == ("By letter of May 2024", "no")


def test_terms_that_the_server_states_stand_there_in_grey(dialog: AddImageryDialog, servers: FakeServers) -> None:
    service = TileService("Sheet", TEMPLATE, licence="CC BY 4.0", link="https://t.example.org", operator="The town")
    offer = ServiceOffer(service="wmts", layers=(OfferedLayer(name="s", title="Sheet", service=service),))
    dialog.panel.line.setText(WMTS)
    press(dialog)
    servers.answer(offer)
    fields = dialog.panel.form.terms
    greyed = [line.placeholderText() for line in (fields.licence, fields.link, fields.provider)]
    assert greyed == [f"{words} (as the service states)" for words in (service.licence, service.link, service.operator)]


@pytest.mark.parametrize(("host", "known"), [("gibs.earthdata.nasa.gov", True), ("tiles.maps.eox.at", False)])
def test_the_terms_of_a_shipped_host_are_known_where_they_hold_for_all_that_it_has(
    dialog: AddImageryDialog, servers: FakeServers, host: str, known: bool
) -> None:
    service = TileService("Dust", f"https://{host}/wmts/Dust/{{z}}/{{y}}/{{x}}.png", layer="Dust", attribution="X")
    dialog.panel.line.setText(f"https://{host}/wmts/1.0.0/WMTSCapabilities.xml")
    press(dialog)
    servers.answer(ServiceOffer(service="wmts", layers=(OfferedLayer(name="Dust", title="Dust", service=service),)))
    assert dialog.panel.form.terms.isVisible() is not known
    words = "Not for packs for offline use." if known else "check its terms of use yourself"
    assert words in facts(dialog)["Terms"]


def test_an_address_is_asked_only_after_a_press(dialog: AddImageryDialog, desk: Desk, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    assert "Nothing is sent before" in dialog.panel.form.contact.text()
    assert dialog.add_button.text() == "Allow and Ask"
    assert servers.asked_addresses == []
    assert desk.consented == []
    press(dialog)
    assert desk.consented == ["maps.example.org"]
    assert servers.asked_addresses == [WMTS]
    assert not dialog.add_button.isEnabled(), "it is asked once"
    servers.answer(town())
    assert listed(dialog) == ["[Basemaps]", "Of Mars", "[Dated imagery]", "By day"]


def test_a_release_is_added_with_its_day_as_published(
    dialog: AddImageryDialog, desk: Desk, servers: FakeServers
) -> None:
    name = "World Imagery (Wayback 2014-02-20)"
    release = OfferedLayer(name="WB_2014_R01", title=name, service=TileService(name, TEMPLATE, kind="wmts"))
    dialog.panel.line.setText(WMTS)
    press(dialog)
    servers.answer(ServiceOffer(service="wmts", title="Wayback", layers=(release,)))
    press(dialog)
    layer = next(layer for layer in desk.document.layers.values() if layer.name == name)
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("2014-02-20", "published", "catalogue")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://t.example.org/{z}/{x}/{y}.png?a=1&api_key=0123456789abcdef", SecretKind.QUERY),
        ("https://me:0123456789abcdef@t.example.org/{z}/{x}/{y}.png", SecretKind.BASIC),
    ],
)
def test_a_key_is_for_its_host_and_stands_in_no_case_and_no_list(
    dialog: AddImageryDialog, desk: Desk, servers: FakeServers, kept: KeptImagery, address: str, kind: SecretKind
) -> None:
    dialog.panel.line.setText(address)
    assert "kept in this session only" in dialog.panel.form.contact.text()
    assert servers.secrets.of("t.example.org") is None
    dialog.panel.keep()
    press(dialog)
    secret = servers.secrets.of("t.example.org")
    assert secret is not None
    assert (secret.kind, secret.value) == (kind, "0123456789abcdef")
    stored = [layer.source_json for layer in desk.document.layers.values()]
    texts = [*stored, repr(kept.own.read()), repr(kept.recent.read()), repr(facts(dialog))]
    assert "t.example.org" in repr(kept.own.read())
    assert not [text for text in texts if "0123456789" in text]
    dialog.panel.line.setText(TEMPLATE)
    assert "session" not in dialog.panel.form.contact.text()


def test_three_steps_lead_from_an_address_to_a_dated_layer(
    dialog: AddImageryDialog, desk: Desk, servers: FakeServers
) -> None:
    dialog.panel.line.setText(WMTS)
    QTest.keyClick(dialog.panel.line, Qt.Key.Key_Return)
    servers.answer(town())
    choose(dialog, "By day")
    assert dialog.panel.form.time.time() == "2020-05-01", "the server's default"
    press(dialog)
    (layer,) = [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]
    assert (layer.name, layer.acquired_at, layer.credit) == ("By day, 2020-05-01", "2020-05-01", "The town")


def test_style_time_and_grid_are_chosen(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(town())
    choose(dialog, "By day")
    form = dialog.panel.form
    assert "698 times, 2019-02-03 to 2020-12-31" in facts(dialog)["Dates"]
    assert "One level has no size" in form.problems.text()
    form.style_box.setCurrentIndex(1)
    form.time.listed.setEditText("2019-12-24")
    service = form.service()
    assert service is not None
    assert (service.template, service.time) == (DATED.template.replace("/plain/", "/red/"), "2019-12-24")
    QTest.mouseClick(form.more.header, Qt.MouseButton.LeftButton)
    form.grid_box.setCurrentIndex(1)
    service = form.service()
    assert service is not None
    assert service.template == "https://maps.example.org/u/red/{time}/{z}/{x}/{y}"


def test_what_is_amiss_with_a_server_stands_beside_its_layers(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(replace(town(), problems=(Phrase("It says that it is at localhost."),)))
    form = dialog.panel.form
    assert not form.is_empty, "the layer that is chosen at first has its form"
    assert "It says that it is at localhost." in form.problems.text()
    choose(dialog, "Of Mars")
    assert "It says that it is at localhost." in form.problems.text()
    QTest.mouseClick(dialog.panel.back, Qt.MouseButton.LeftButton)
    choose(dialog, "Blue Marble")
    assert "localhost" not in form.problems.text()


def test_other_dimensions_are_chosen(dialog: AddImageryDialog, servers: FakeServers) -> None:
    template = "https://maps.example.org/wms?STYLES=&bbox={bbox}&DIM_RUN=a"
    sea = OfferedLayer(
        name="sea",
        title="Warmth of the sea",
        service=TileService("Warmth", template, kind="wms", attribution="The town"),
        dimensions=(
            OfferedDimension("elevation", ("0", "-50", "-100"), "0", "m"),
            OfferedDimension("run", ("a", "b")),
            OfferedDimension("band", ("1",)),
        ),
    )
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(ServiceOffer(service="wms", title="Sea", layers=(sea,)))
    form = dialog.panel.form
    assert list(form.dimensions.boxes) == ["elevation", "run"]
    service = form.service()
    assert service is not None
    assert service.template == template, "what the server takes by itself is not sent"
    form.dimensions.boxes["elevation"].setCurrentText("-50 m")
    form.dimensions.boxes["run"].setCurrentIndex(1)
    service = form.service()
    assert service is not None
    assert service.template.endswith("&ELEVATION=-50&DIM_RUN=b")
    QTest.mouseClick(dialog.panel.back, Qt.MouseButton.LeftButton)
    choose(dialog, "Blue Marble")
    assert not form.dimensions.isVisible()
    assert form.dimensions.boxes == {}


def test_what_cannot_be_drawn_says_why(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(town())
    choose(dialog, "Of Mars")
    assert "not of the Earth" in dialog.panel.form.problems.text()
    assert not dialog.add_button.isEnabled()


def test_a_server_that_refuses_us_leads_to_a_login_and_is_asked_again(
    dialog: AddImageryDialog, servers: FakeServers
) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    link = dialog.panel.form.sign_in
    assert not link.isVisible()
    servers.wanting_login.add("maps.example.org")
    servers.fail(ServerFault("maps.example.org refuses us (code 401): it may want a key."))
    assert "refuses us" in dialog.panel.form.fault.text()
    assert link.isVisible()
    link.click()
    ((hosts, done),) = servers.signing_in
    assert hosts == ("maps.example.org",)
    servers.wanting_login.clear()
    done()
    assert servers.asked_addresses == [WMTS, WMTS]
    assert not link.isVisible()


def test_a_server_that_does_not_answer_is_said_and_asked_again(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.fail(ServerFault("maps.example.org does not answer."))
    assert "does not answer" in dialog.panel.form.fault.text()
    assert dialog.panel.step.verb == "Try Again"
    press(dialog)
    assert servers.asked_addresses == [WMTS, WMTS]
    servers.fail(NotReadable("The document is no list of layers: check the address."))
    assert "no list of layers" in dialog.panel.form.fault.text()


def test_an_answer_that_nobody_waits_for_changes_nothing(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    dialog.panel.line.setText("night")
    before = listed(dialog)
    servers.answer(town())
    assert listed(dialog) == before
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    assert "By day" in listed(dialog), "the answer is known"
    assert servers.asked_addresses == [WMTS]


def test_lists_that_come_late_do_not_disturb_an_address(
    qtbot, desk: Desk, jobs: Jobs, servers: FakeServers, kept: KeptImagery
) -> None:
    context = PanelContext(
        desk.document,
        CaseAccess(desk.history.push, lambda: "Olga", jobs, desk.consented.append),
        desk.context.selection,
    )
    dialog = AddImageryDialog(context, None, servers.network, kept)
    qtbot.addWidget(dialog)
    dialog.panel.take_text(WMTS)
    dialog.panel.go_on()
    qtbot.waitUntil(jobs.is_idle)
    assert not dialog.add_button.isEnabled(), "it is asked still"
    servers.answer(town())
    qtbot.waitUntil(jobs.is_idle)
    assert "By day" in listed(dialog)
    QTest.mouseClick(dialog.panel.back, Qt.MouseButton.LeftButton)
    assert "OpenStreetMap" in listed(dialog)


def test_a_title_that_the_list_cuts_stands_whole_in_the_form(dialog: AddImageryDialog, servers: FakeServers) -> None:
    title = " ".join(["Surface reflectance of the northern hemisphere"] * 3) + ", by night"
    service = TileService("", TEMPLATE)
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(ServiceOffer(service="wmts", layers=(OfferedLayer(name="a", title=title, service=service),)))
    form, metrics = dialog.panel.form, dialog.panel.list.fontMetrics()
    assert metrics.horizontalAdvance(title) > dialog.panel.list.width()
    assert form.title.text() == title
    assert form.title.wordWrap()
    assert form.title.height() >= form.title.heightForWidth(form.title.width())


def test_an_address_with_a_key_is_never_sent_without_a_press(
    dialog: AddImageryDialog, desk: Desk, servers: FakeServers
) -> None:
    desk.consented.append("maps.example.org")
    dialog.panel.take_text(f"{WMTS}&api_key=0123456789abcdef")
    assert servers.asked_addresses == []
    press(dialog)
    assert servers.asked_addresses == [WMTS]
    dialog.panel.take_text(WMTS.replace("wmts?", "other?"))
    assert len(servers.asked_addresses) == 2, "of a host that is allowed"


def test_an_address_is_pasted_wherever_the_keyboard_is(dialog: AddImageryDialog, servers: FakeServers) -> None:
    for widget in (dialog.panel.line, dialog.panel.list, dialog.add_button):
        dialog.panel.line.setText("night")
        widget.setFocus()
        QGuiApplication.clipboard().setText(f" {WMTS}\n")
        QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert listed(dialog) == ["maps.example.org"]
        assert dialog.panel.line.text() == WMTS
    QGuiApplication.clipboard().setText("aqua")
    dialog.panel.line.clear()
    QTest.keyClick(dialog.panel.list, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "MODIS Aqua, true colour, daily" in listed(dialog)
    QGuiApplication.clipboard().clear()
    assert servers.asked_addresses == []


def test_the_offer_is_searched_and_left(dialog: AddImageryDialog, servers: FakeServers) -> None:
    all_titles = listed(dialog)
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(town(30))
    assert "Town maps" in dialog.panel.says.text()
    QTest.keyClicks(dialog.panel.line, "sheet 2")
    assert listed(dialog)[:3] == ["[Basemaps]", "Sheet 2", "Sheet 20"]
    QTest.mouseClick(dialog.panel.back, Qt.MouseButton.LeftButton)
    assert listed(dialog) == all_titles


def test_an_address_that_is_pasted_over_an_offer_counts(dialog: AddImageryDialog, servers: FakeServers) -> None:
    dialog.panel.line.setText(WMTS)
    dialog.panel.go_on()
    servers.answer(town())
    dialog.panel.line.setText(TEMPLATE)
    assert listed(dialog) == ["t.example.org"]
    assert not dialog.panel.back.isVisible()


def test_an_archive_is_handed_on_and_nobody_is_contacted(
    dialog: AddImageryDialog, desk: Desk, servers: FakeServers
) -> None:
    choose(dialog, "Earth Search")
    assert dialog.add_button.text() == "Search Archive…"
    press(dialog)
    assert [entry.title for entry in servers.opened] == ["Earth Search"]
    assert desk.consented == []


# -- the picture of the view ------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_picture_comes_only_once_its_host_is_allowed(
    qtbot, dialog: AddImageryDialog, desk: Desk, servers: FakeServers
) -> None:
    choose(dialog, "USGS")
    thumbnail = dialog.panel.form.thumbnail
    qtbot.wait(300)
    assert servers.tiles == []
    assert "basemap.nationalmap.gov" in thumbnail.words
    QTest.mouseClick(dialog.panel.form.preview, Qt.MouseButton.LeftButton)
    assert desk.consented == ["basemap.nationalmap.gov"]
    qtbot.waitUntil(lambda: thumbnail.image is not None)
    assert 1 <= len(servers.tiles) <= 12
    assert [service.title for service in servers.respected] == ["USGS Imagery"], "its terms hold for these tiles too"
    assert thumbnail.words == ""
    choose(dialog, "Blue Marble")
    assert thumbnail.image is None


def tiles_of(desk: Desk) -> list[Layer]:
    return [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]


@pytest.mark.parametrize(
    ("typed", "date", "kind"),
    [("12 April 2024", "2024-04-12", "instant"), ("2024-03-01/2024-03-09", "2024-03-01/2024-03-09", "interval")],
)
def test_a_date_that_the_analyst_knows_is_stated_as_the_layer_is_added(
    dialog: AddImageryDialog, desk: Desk, typed: str, date: str, kind: str
) -> None:
    dialog.panel.take_text(TEMPLATE)
    QTest.keyClicks(dialog.panel.form.day_taken, typed)
    QTest.keyClick(dialog.panel.form.day_taken, Qt.Key.Key_Return)
    (layer,) = tiles_of(desk)
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == (date, kind, "analyst")


def test_words_that_are_no_date_add_nothing_and_say_why(dialog: AddImageryDialog, desk: Desk) -> None:
    dialog.panel.take_text(TEMPLATE)
    QTest.keyClicks(dialog.panel.form.day_taken, "soon")
    press(dialog)
    assert not tiles_of(desk)
    assert "“soon” is no date" in dialog.panel.form.fault.text()
    dialog.panel.form.day_taken.clear()
    press(dialog)
    (layer,) = tiles_of(desk)
    assert (layer.acquired_at, layer.date_basis) == ("", "")


def test_no_date_is_asked_of_what_has_dates_or_is_known(dialog: AddImageryDialog) -> None:
    form = dialog.panel.form
    for words, is_asked in (("Terra", False), ("OpenStreetMap", False)):
        choose(dialog, words)
        assert form.fields.isRowVisible(form.day_taken) is is_asked
    dialog.panel.take_text(TEMPLATE)
    assert form.fields.isRowVisible(form.day_taken)


# -- lists of one's own -----------------------------------------------------------------------------------------------


def test_what_was_added_stands_first_the_next_time(
    qtbot, dialog: AddImageryDialog, desk: Desk, servers: FakeServers, kept: KeptImagery
) -> None:
    choose(dialog, "USGS")
    press(dialog)
    again = AddImageryDialog(desk.context, None, servers.network, kept)
    qtbot.addWidget(again)
    assert listed(again)[:2] == ["[Added lately]", "USGS Imagery"]


def test_an_address_is_kept_in_my_list(qtbot, dialog: AddImageryDialog, desk: Desk, kept: KeptImagery) -> None:
    assert not dialog.keep_button.isEnabled(), "what is shipped is there anyway"
    dialog.panel.line.setText(TEMPLATE)
    QTest.keyClicks(dialog.panel.form.name, "Harbour")
    QTest.keyClicks(dialog.panel.form.attribution, "The port")
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    again = AddImageryDialog(desk.context, None, None, kept)
    qtbot.addWidget(again)
    choose(again, "Harbour")
    row = again.panel.current()
    assert row is not None
    assert (row.is_own, row.entry.attribution) == (True, "The port")


def test_connections_of_another_program_are_imported(
    dialog: AddImageryDialog, kept: KeptImagery, tmp_path: Path
) -> None:
    path = tmp_path / "qgis.xml"
    tiles = f'<xyztiles name="Port" url="{TEMPLATE}"/>'
    path.write_text(f'<qgsXYZTilesConnections>{tiles}<wcs name="Heights"/></qgsXYZTilesConnections>')
    dialog.panel.import_file(path)
    assert "1 new entry" in said(dialog)
    assert "Heights is left out" in said(dialog)
    assert "Port" in listed(dialog)
    assert [entry.title for entry in kept.own.read().entries] == ["Port"]


def test_a_connection_of_another_program_is_asked_for_its_capabilities(
    dialog: AddImageryDialog, servers: FakeServers, tmp_path: Path
) -> None:
    path = tmp_path / "qgis.xml"
    address = "https://maps.example.org/cgi?map=a"
    path.write_text(f'<qgsWMSConnections><wms name="Town" url="{address}"/></qgsWMSConnections>')
    dialog.panel.import_file(path)
    choose(dialog, "Town")
    press(dialog)
    assert servers.asked_addresses == [f"{address}&SERVICE=WMS&REQUEST=GetCapabilities"]
    servers.answer(town())
    assert "By day" in listed(dialog)


def test_a_file_that_holds_no_connections_is_refused_in_words(dialog: AddImageryDialog, tmp_path: Path) -> None:
    path = tmp_path / "notes.xml"
    path.write_text("<html/>")
    dialog.panel.import_file(path)
    assert "no export of connections" in said(dialog)
    dialog.panel.import_file(tmp_path / "gone.json")
    assert "cannot be read" in said(dialog)


def test_a_saved_document_of_a_server_is_listed(dialog: AddImageryDialog, servers: FakeServers, tmp_path: Path) -> None:
    path = tmp_path / "capabilities.xml"
    path.write_bytes(capabilities(layer("scenes"), mercator()))
    dialog.panel.import_file(path)
    assert listed(dialog) == ["[Basemaps]", "Scenes"]
    assert "Tiles of a town" in dialog.panel.says.text()
    assert dialog.add_button.isEnabled()
    assert servers.asked_addresses == []
    path.write_bytes(b"<ServiceExceptionReport><ServiceException>Go away</ServiceException></ServiceExceptionReport>")
    dialog.panel.import_file(path)
    assert "Go away" in said(dialog)


def test_a_bad_list_of_mine_is_said_and_never_overwritten(qtbot, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "imagery.toml"
    path.write_text("[[group\n# my notes")
    kept = KeptImagery(EntryList(path), EntryList(None))
    dialog = AddImageryDialog(desk.context, None, None, kept)
    qtbot.addWidget(dialog)
    assert "OpenStreetMap" in listed(dialog)
    assert "mend it" in said(dialog)
    dialog.panel.line.setText(TEMPLATE)
    dialog.panel.keep()
    assert "mend it" in said(dialog)
    assert path.read_text() == "[[group\n# my notes"


def test_comments_of_my_list_stay(tmp_path: Path, dialog: AddImageryDialog) -> None:
    path = tmp_path / "config" / "imagery.toml"
    own = EntryList(path)
    row = dialog.panel.current()
    assert row is not None
    own.append([row.entry])
    path.write_text("# mine\n" + path.read_text())
    own.append([row.entry])
    assert path.read_text().startswith("# mine\n")
    assert own.read().entries == (row.entry, row.entry)


def test_an_address_is_dropped(dialog: AddImageryDialog) -> None:
    data = QMimeData()
    data.setUrls([QUrl(WMTS)])
    where, button = QPointF(5, 5), Qt.MouseButton.LeftButton
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, button, Qt.KeyboardModifier.NoModifier)
    dialog.panel.dropEvent(event)
    assert listed(dialog) == ["maps.example.org"]


# -- pictures of scenes and of the world ------------------------------------------------------------------------------


def test_a_saved_scene_shows_its_small_picture_once_its_host_is_allowed(dialog, servers, desk, tmp_path, qtbot) -> None:
    small = "https://thumbs.example.org/scene.png"
    assets = {
        "visual": {"href": "https://files.example.org/scene.tif", "type": "image/tiff", "roles": ["visual"]},
        "thumbnail": {"href": small, "type": "image/png", "roles": ["thumbnail"]},
    }
    (tmp_path / "scene.json").write_bytes(as_bytes(item(assets=assets)))
    dialog.panel.import_file(tmp_path / "scene.json")
    form = dialog.panel.form
    qtbot.waitUntil(lambda: form.preview.isVisible())
    assert "thumbs.example.org" in form.thumbnail.words
    assert not servers.tiles
    QTest.mouseClick(form.preview, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.thumbnail.image is not None)
    assert servers.tiles == [small]
    assert desk.consented == ["thumbs.example.org"], "where its picture comes from is allowed by adding it"
    press(dialog)
    added = list(desk.document.layers.values())[-1]
    assert added.source["address"] == "https://files.example.org/scene.tif"
    assert added.acquired_at == "2026-03-01T10:20:30Z"


def test_a_tile_that_shows_thrice_is_fetched_once_and_not_again_for_a_credit(dialog, servers, desk, qtbot) -> None:
    desk.context.case.consent("t.example.org")
    service = TileService("World", TEMPLATE, max_level=0)
    form = dialog.panel.form
    view = View.of_bounds("EPSG:3857", Bounds(-6e7, -2e7, 6e7, 2e7), 900, 300)
    form.thumbnail.show_service(service, view)
    qtbot.waitUntil(lambda: form.thumbnail.image is not None)
    assert servers.tiles == ["https://t.example.org/0/0/0.png"]
    left, right = (
        form.thumbnail.image.pixelColor(x, form.thumbnail.image.height() // 2)
        for x in (20, form.thumbnail.width() - 20)
    )
    assert left == right, "each of its places is painted"
    view = View.of_bounds("EPSG:3857", Bounds(-6e7, -2e7, 6e7, 2e7), 900, 300)
    form.thumbnail.show_service(replace(service, attribution="We"), view)
    assert form.thumbnail.image is not None
