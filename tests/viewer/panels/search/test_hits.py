"""Hits and who provides them: coordinates with a datum, sites by any alias, places, attributes; ranked in groups."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.site import Site
from layers.errors import BadCoordinate, GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.coordinates import Notation
from layers.geo.datum import Datum
from layers.geo.measure import distance_m
from layers.places import spelling
from layers.places.names import holds_in_order, name_key, tight
from layers.text.counted import metres
from viewer.panels.search import hits as hits_module
from viewer.panels.search import search_providers, site_names
from viewer.panels.search.finder import Finder
from viewer.panels.search.hits import (
    BEGINS,
    EXACT,
    INSIDE,
    MOST_IN_GROUP,
    NEARLY,
    WORDS,
    AttributeMatch,
    Hit,
    HitGroup,
    key_score,
    name_score,
    ranked,
    search_all,
    search_similar,
)
from viewer.panels.search.search_providers import (
    AttributeProvider,
    CoordinateProvider,
    PlaceProvider,
    SiteProvider,
)
from viewer.support.jobs import Jobs

HARBOURS = ["port", "harbour", "pier", "quay", "Port-Nord", "haven"]


def hit(group: HitGroup, text: str, **more: object) -> Hit:
    return Hit(group=group, text=text, **({"lon": 0.0, "lat": 0.0} | more))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlaceProvider]:
    folder = tmp_path_factory.mktemp("places")
    provider = PlaceProvider(lambda: sample_data.path("places.sqlite.xz"), lambda: folder)
    yield provider
    provider.close()


# -- coordinates ------------------------------------------------------------------------------------------------


def test_a_coordinate_says_its_notation_datum_and_error() -> None:
    provider = CoordinateProvider()
    (found,) = provider.search("52U DC 5416 4834")
    assert found.note == "MGRS · WGS 84 · good to 7.1 m"
    assert found.fields is not None
    assert found.fields["position_error_m"] == pytest.approx(7.1, abs=0.05)
    assert found.fields["position_basis"].startswith("MGRS coordinate, middle of a cell of 10 m, WGS 84")
    assert "52U DC 5416 4834" in found.fields["position_basis"]


def test_the_chosen_datum_moves_it_and_is_recorded() -> None:
    provider = CoordinateProvider()
    (plain,) = provider.search("39.9140, 116.4040")
    provider.datum = Datum.BD09
    (moved,) = provider.search("39.9140, 116.4040")
    assert 500 < distance_m(plain.lon, plain.lat, moved.lon, moved.lat) < 1600
    assert "BD-09 → WGS 84" in moved.note
    assert moved.fields is not None
    assert "converted from BD-09 to WGS 84" in moved.fields["position_basis"]
    assert moved.error_m > plain.error_m + 9


def test_every_reading_is_offered_and_the_notation_is_the_status_bars() -> None:
    provider = CoordinateProvider()
    assert [found.text for found in provider.search("10.5 20.5")] == ["10.5° N, 20.5° E", "20.5° N, 10.5° E"]
    provider.notation = Notation.MGRS
    assert provider.search("51.88400, 128.33400")[0].text == "52U DC 54160 48346"


def test_a_coordinate_pasted_with_words_is_found() -> None:
    (found,) = CoordinateProvider().search("Космодром Восточный: 51.884, 128.334 (старт)")
    assert (found.lat, found.lon) == (51.884, 128.334)
    assert found.fields is not None
    assert found.fields["position_basis"].endswith("as given: 51.884, 128.334")


def test_a_wrong_coordinate_is_said_and_a_word_is_not() -> None:
    with pytest.raises(BadCoordinate, match="Minutes"):
        CoordinateProvider().search("51 60 N 128 E")
    assert CoordinateProvider().search("Vostochny") == []
    assert CoordinateProvider().search("Site 12") == []
    assert CoordinateProvider().search("Point 99") == []


def test_a_shape_is_an_extent_in_the_status_bars_notation() -> None:
    provider = CoordinateProvider()
    (found,) = provider.search("LINESTRING(128 51,129 52)")
    assert (found.text, found.note) == ("51.000° N, 128.000° E to 52.000° N, 129.000° E", "LineString in WKT")
    assert (found.lon, found.lat, found.bounds) == (128.5, 51.5, Bounds(128, 51, 129, 52))
    assert found.fields is None
    provider.notation = Notation.MGRS
    assert provider.search("LINESTRING(128 51,129 52)")[0].text.startswith("52U")
    with pytest.raises(BadCoordinate, match="longitude first"):
        provider.search("LINESTRING(51 128,52 129)")


# -- sites and facilities ---------------------------------------------------------------------------------------


def test_sites_are_found_by_label_and_every_alias() -> None:
    vostochny = Site(
        uuid="v",
        geometry=shapely.Point(128.334, 51.884),
        label="Vostochny Cosmodrome",
        class_code="launch_site",
        aliases=(("zh", "东方航天发射场"), ("ru", "Космодром Восточный")),
        position_error_m=3000.0,
    )
    line = Site(uuid="l", geometry=shapely.LineString([(100, 50), (110, 52)]), label="Some railway")
    sites = {"v": vostochny, "l": line}
    provider = SiteProvider(lambda: sites)
    for text in ("vostoch", "Восточный", "东方", "航天", "COSMODROME", "vostochny cosmodrome"):
        (found,) = provider.search(text)
        assert found.site_uuid == "v", text
        assert found.error_m == 3000
    (found,) = provider.search("railway")
    assert found.bounds == Bounds(100, 50, 110, 52)
    assert provider.search("nothing") == provider.search("") == []
    sites["v"] = Site(uuid="v", geometry=vostochny.geometry, label="Renamed")
    assert provider.search("vostochny") == []
    assert provider.search("renamed")[0].site_uuid == "v"


FACILITIES = [
    ("酒泉", "Jiuquan"),
    ("Цзюцюань", "Jiuquan"),
    ("Jiuquan Sat", "Jiuquan"),
    ("太原卫星发射中心", "Taiyuan"),
    ("Плесецк", "Plesetsk"),
    ("普列谢茨克", "Plesetsk"),
    ("plesetsk", "Plesetsk"),
    ("文昌航天发射场", "Wenchang"),
    ("Космодром Вэньчан", "Wenchang"),
    ("Капустин Яр", "Kapustin"),
    ("拜科努尔航天发射场", "Baikonur"),
    ("Забайкальск", "Zabaikalsk"),
    ("后贝加尔斯克", "Zabaikalsk"),
    ("满洲里", "Manzhouli"),
    ("Сковородино", "Skovorodino"),
    ("漠河", "Mohe"),
    ("Miyun", "RSGS Miyun"),
    ("Dudinka", "Roscosmos EO reception centre, Dudinka"),
]


@pytest.mark.parametrize(("text", "name"), FACILITIES)
def test_the_demos_facilities_are_found_in_three_languages(places: PlaceProvider, text: str, name: str) -> None:
    found = [one for one in ranked(places.search(text)) if one.group is HitGroup.FACILITIES]
    assert any(name in one.text for one in found), [one.text for one in found]
    assert found[0].fields is not None
    assert found[0].fields["position_error_m"] >= 1000


def test_a_place_brings_what_a_site_needs(places: PlaceProvider) -> None:
    city = next(one for one in places.search("文昌") if one.group is HitGroup.PLACES)
    assert city.fields is not None
    assert city.fields["label"] == "Wenchang"
    assert ("zh", "文城") in city.fields["aliases"] or ("zh", "文昌") in city.fields["aliases"]
    assert city.fields["position_error_m"] == city.error_m == 8000
    assert "GeoNames" in city.fields["position_basis"]
    assert "560\u202f894 people" in city.note
    assert "China" in city.note


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    provider = PlaceProvider(lambda: sample_data.path("places.sqlite.xz"), lambda: tmp_path / "file" / "cache")
    with pytest.raises(NotReadable, match="cannot be unpacked"):
        provider.search("Moscow")


# -- attributes -------------------------------------------------------------------------------------------------


class Depots:
    layer_uuid, title = "layer", "Depots"

    def find(self, text: str, limit: int) -> Sequence[AttributeMatch]:
        values = ["Depot 7", "Depot 17", "Tank farm"]
        return [
            AttributeMatch(number, "NAME", value, Bounds(10, 50, 10, 50))
            for number, value in enumerate(values)
            if text.casefold() in value.casefold()
        ][:limit]


def test_attributes_of_layers_are_found_where_there_are_any() -> None:
    sources: list[Depots] = []
    provider = AttributeProvider(lambda: sources)
    assert provider.search("depot") == []
    sources.append(Depots())
    first, second = provider.search(" Depot ")
    assert (first.text, first.note, first.layer_uuid, first.fid) == ("Depot 7", "NAME in Depots", "layer", 0)
    assert (second.lon, second.lat, second.bounds) == (10, 50, None)
    assert provider.search("d") == []


# -- ranking ----------------------------------------------------------------------------------------------------


def test_groups_have_an_order_and_a_limit() -> None:
    hits = [hit(HitGroup.PLACES, f"p{n}", score=n) for n in range(20)] + [hit(HitGroup.SITES, "s", score=3)]
    hits += [hit(HitGroup.COORDINATES, "c"), hit(HitGroup.SITES, "t", score=0)]
    texts = [one.text for one in ranked(hits)]
    assert texts[:4] == ["c", "t", "s", "p0"]
    assert len(texts) == 3 + MOST_IN_GROUP


def test_sites_are_found_by_their_words_in_any_order_and_without_spaces() -> None:
    site = Site(
        uuid="w",
        geometry=shapely.Point(110.951, 19.614),
        label="Wenchang Space Launch Site",
        aliases=(("zh", "文昌航天发射场"),),
    )
    provider = SiteProvider(lambda: {"w": site})
    scores = {text: provider.search(text)[0].score for text in ("wen chang", "launch Wenchang", "site wench", "文昌")}
    assert scores == {"wen chang": BEGINS, "launch Wenchang": WORDS, "site wench": WORDS, "文昌": BEGINS}
    assert provider.search("changspace")[0].score == INSIDE
    assert not provider.search("launch Baikonur")
    assert not provider.search("ngsp")


@pytest.mark.parametrize(
    "typed", ["port", "north port", "port nor", "p", "ort no", "北港", "港", "harbour 7", "ha bour", "north port 3"]
)
def test_names_in_one_text_are_found_as_if_each_were_compared(typed: str) -> None:
    labels = [f"{first} {second} {at % 9}" for at, first in enumerate(("North", "Old", "")) for second in HARBOURS]
    labels += ["北方港", "北港", "North port", "North\nport", ""]
    rows = [
        Site(uuid=f"{at}", geometry=shapely.Point(0, 0), label=label, aliases=(("en", labels[-at]),))
        for at, label in enumerate(labels)
    ]
    key = name_key(typed)
    scores = {row.uuid: min(name_scores(key, (row.label, row.aliases[0][1])), default=None) for row in rows}
    best = sorted(score for score in scores.values() if score is not None)[:8]
    answer = SiteProvider(lambda: {row.uuid: row for row in rows}).search(typed)
    assert [found.score for found in answer] == best
    assert all(scores[found.site_uuid] == found.score for found in answer)


def name_scores(key: str, names: tuple[str, ...]) -> list[float]:
    return [score for name in names if (score := name_score(key, name)) is not None]


def test_a_facility_that_is_a_site_of_the_case_is_that_site_under_any_name() -> None:
    site = Site(
        uuid="v", geometry=shapely.Point(128.334, 51.884), label="Восточный", aliases=(("zh", "东方航天发射场"),)
    )
    sites = {"v": site}
    provider = SiteProvider(lambda: sites)
    same = hit(
        HitGroup.FACILITIES,
        "Vostochny Cosmodrome",
        lon=128.33,
        lat=51.88,
        names=("Vostochny Cosmodrome", "东方 航天发射场"),
        score=1.0,
    )
    far = hit(HitGroup.FACILITIES, "Vostochny Cosmodrome", lon=100.0, lat=51.88, names=same.names)
    other = hit(HitGroup.FACILITIES, "Svobodny", lon=128.33, lat=51.88, names=("Свободный",))
    assert [one.group for one in ranked([far, same, other], provider)] == [
        HitGroup.SITES,
        HitGroup.FACILITIES,
        HitGroup.FACILITIES,
    ]
    assert ranked([same], provider)[0].site_uuid == "v"
    assert ranked([same, *provider.search("восточный")], provider)[0].score == EXACT
    assert len(ranked([same, *provider.search("восточный")], provider)) == 1
    sites.clear()
    assert ranked([same], provider) == [same]


def test_of_very_many_sites_each_name_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sites = {
        f"{at}": Site(
            uuid=f"{at}", geometry=shapely.Point(0, 0), label=f"Old port {'ABCD'[at % 4]}", aliases=(("zh", "港"),)
        )
        for at in range(400)
    }
    provider = SiteProvider(lambda: sites)
    asked: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        call = getattr(module, name)

        def heard(*arguments: object) -> object:
            asked[name] += 1
            return call(*arguments)

        monkeypatch.setattr(module, name, heard)

    for module in (search_providers, site_names):
        counted(module, "name_key")
        counted(module, "tight")
    counted(hits_module, "tight")
    counted(spelling, "distance")
    assert len(provider.search("port b")) == 8
    assert asked["name_key"] == 1 + 2 * len(sites)
    asked.clear()
    sites["7"] = Site(uuid="7", geometry=shapely.Point(0, 0), label="Depot")
    assert provider.search("depot")[0].site_uuid == "7"
    assert provider.search("port") != provider.search("") == []
    assert asked["name_key"] <= 5
    assert asked["tight"] < 10
    assert len(provider.search_nearly("old prot")) == 8
    assert asked["distance"] < 40, "sites with the same words"


KEYS = st.text(alphabet="ab 文昌", max_size=6).map(name_key)


@given(KEYS, KEYS)
def test_a_name_that_is_passed_over_quickly_answers_to_no_rule(wanted: str, key: str) -> None:
    closed, closed_key, words, begun = tight(wanted), tight(key), wanted.split(), f" {key}"
    expected = None
    if closed == closed_key:
        expected = 0.0
    elif holds_in_order(closed, closed_key) and closed not in closed_key:
        expected = 2.0
    elif words and all(word in closed_key for word in words):
        if key.startswith(wanted) or closed_key.startswith(closed):
            expected = 1.0
        elif f" {wanted}" in begun or all(f" {word}" in begun for word in words):
            expected = 2.0
        elif wanted in key or all(word in key for word in words) or len(closed) >= 5:
            expected = 3.0
    assert key_score(wanted, key) == expected


def test_spelling_is_forgiven_only_where_nothing_else_is_found(places: PlaceProvider) -> None:
    site = Site(uuid="p", geometry=shapely.Point(40.68, 62.93), label="Plesetsk Cosmodrome", location_country="RU")
    sites = SiteProvider(lambda: {"p": site})
    exact = search_all([sites, places], "Plesezk", sites)
    assert not exact.hits
    assert exact.lacks_names
    hits = search_similar([sites, places], "Plesezk", exact, sites).hits
    assert (hits[0].group, hits[0].site_uuid, hits[0].note) == (HitGroup.SITES, "p", "spelled nearly so · Other · RU")
    assert all(one.score >= NEARLY and one.note.startswith("spelled nearly so") for one in hits)
    assert len([one for one in hits if one.text.startswith("Plesetsk Cosmodrome")]) == 1
    answer = search_all([sites, places], "Plesetsk", sites)
    hits = answer.hits
    assert not answer.lacks_names
    assert all(one.score < NEARLY and "nearly" not in one.note for one in hits)
    refused = search_all([CoordinateProvider(), places], "51 60 N 128 E")
    assert (refused.hits, refused.lacks_names) == ([], False)


def test_a_site_is_found_by_the_characters_of_its_short_chinese_name() -> None:
    site = Site(uuid="w", geometry=shapely.Point(110.951, 19.614), label="W", aliases=(("zh", "文昌航天发射场"),))
    provider = SiteProvider(lambda: {"w": site})
    assert provider.search("文昌发射场")[0].note.startswith("文昌航天发射场")
    assert not provider.search("发射文昌")


def test_one_provider_that_fails_leaves_the_others() -> None:
    class Broken:
        def search(self, text: str) -> list[Hit]:
            raise GeoloupeError("The names are gone.")

    answer = search_all([Broken(), CoordinateProvider()], "51.884, 128.334")
    assert len(answer.hits) == 1
    assert answer.problems == ["The names are gone."]


def test_scores_and_lengths() -> None:
    assert name_score("san", "San") == 0
    assert name_score("san", "Santiago") == 1
    assert name_score("pau", "São Paulo") == 2
    assert name_score("ulo", "São Paulo") == 3
    assert name_score("x", "San") is None
    assert [metres(value) for value in (5.55, 79.2, 1300, 15_000, 1_234_567)] == [
        "5.5 m",
        "79 m",
        "1.3 km",
        "15 km",
        "1\u202f200 km",
    ]


# -- finder -----------------------------------------------------------------------------------------------------


class Slow:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()

    def search(self, text: str) -> list[Hit]:
        self.asked.append(text)
        if text == "slow":
            assert self.gate.wait(10)
        return [hit(HitGroup.PLACES, text)]


def test_the_latest_question_wins_and_nobody_waits(jobs: Jobs, qtbot: QtBot) -> None:
    provider = Slow()
    finder = Finder([provider], jobs)
    heard: list[str] = []
    finder.found.connect(lambda hits, _problems: heard.extend(one.text for one in hits))
    finder.ask("slow")
    qtbot.waitUntil(lambda: provider.asked == ["slow"])
    assert finder.is_busy
    finder.ask("quick")
    qtbot.waitUntil(lambda: heard == ["quick"])  # while the slow one still blocks its thread
    provider.gate.set()
    assert jobs.wait()
    assert heard == ["quick"]
    assert not finder.is_busy


def test_letters_typed_quickly_are_one_question(jobs: Jobs, qtbot: QtBot) -> None:
    provider = Slow()
    finder = Finder([provider], jobs)
    with qtbot.waitSignal(finder.found):
        for text in ("v", "vo", "vos", "vost"):
            finder.ask(text)
    assert provider.asked == ["vost"]
    with qtbot.waitSignal(finder.found) as cleared:
        finder.ask("  ")
    assert cleared.args == [[], []]


def test_measurements_are_found_apart_from_the_sites_of_the_case() -> None:
    line = shapely.LineString([(110.9, 19.6), (111.0, 19.7)])
    rows = [
        Site(uuid=f"m{number}", geometry=line, label=f"46 km {number}", mark_kind="measurement")
        for number in range(MOST_IN_GROUP + 2)
    ]
    rows.append(Site(uuid="site", geometry=line, label="46 km post"))
    found = SiteProvider(lambda: {row.uuid: row for row in rows}).search("46 km")
    groups = [one.group for one in found]
    assert groups == [HitGroup.SITES, *[HitGroup.MEASUREMENTS] * MOST_IN_GROUP]
    assert (found[0].note, found[1].note) == ("Other", ""), "a measurement has no class"
