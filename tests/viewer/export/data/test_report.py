"""The report: one file that asks for nothing, says what the case says, and can be used by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser
from itertools import combinations, pairwise

import pytest
from msgspec.structs import replace

from layers.colour.palettes import contrast
from layers.document.document import Document
from layers.document.edit import Change, Edit
from tests.viewer.export.data.conftest import ENTITIES, frame
from viewer.export.data.exported import DataExport, Imprint, data_export
from viewer.export.data.map_numbers import DIGIT, HIGH, MARGIN, number_places
from viewer.export.data.report import STYLE, report_html


class _Page(HTMLParser):
    """Text, attributes that fetch something, and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.elements.append((tag, dict(attrs)))
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "action", "background"):
                self.fetched.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.fetched).append(value or "")
            elif name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_it_says_what_the_case_says(export: DataExport, case: Document) -> None:
    page = _Page(report_html(export))
    text = page.text
    for site in export.content.sites:
        assert site.name in text
    for claim in export.content.claims:
        assert claim.said in text
        for answer in claim.responses:
            assert answer.sentence in text
    for source in export.content.sources:
        assert source.citation in text
    for caveat in export.content.caveats:
        assert caveat in text
    assert text.count(export.content.marking) >= 2, "above and below"
    assert "Likelihood likely (55–80 %)" in text
    assert "Basis Confidence: moderate" in text
    assert "Rests on Evidence (against): claim:" in text
    assert "place inferred by us" in text
    assert "The quay · 12 April 2024 · © A Provider" in text
    assert "Sentinel-2 · 12 April 2024, 08:00 UTC (from metadata) · © A Provider" in text
    assert "instant" not in text
    assert "Before: 1985 Port · © A Provider" in text
    assert "4 marks are not on the map." in text
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_numbers_of_marks_at_one_place_stand_apart_with_a_line_each() -> None:
    numbers = {f"m{at}": at for at in range(1, 25)}
    places = {uuid: (600.0 + 3 * (at % 3), 300.0 + 2 * (at % 2)) for uuid, at in numbers.items()} | {
        "m1": (100.0, 300.0)
    }
    found = number_places(numbers, places, 1200.0, 800.0)
    assert found["m1"] == (100.0, 300.0 - 0.9 * HIGH), "one with room stands above its mark"
    for (one, (x1, y1)), (other, (x2, y2)) in combinations(found.items(), 2):
        wide = DIGIT * (len(str(numbers[one])) + len(str(numbers[other]))) / 2 + MARGIN
        assert abs(x1 - x2) >= wide - 1 or abs(y1 - y2) >= HIGH - 1, (one, other)
    assert all(0 < x < 1200 and 0 < y < 800 for x, y in found.values())


def test_it_fetches_nothing_and_what_it_tells_is_no_markup(export: DataExport) -> None:
    text = report_html(export)
    page = _Page(text)
    assert page.fetched
    assert all(address.startswith(("data:image/", "#")) for address in page.fetched)
    assert "url(" not in text
    assert "b" not in page.tags, "the name of the firm is text"
    assert ENTITIES in page.text
    assert not [link for link in page.links if not link.startswith(("#", "https://example.org/"))]
    hostile = replace(
        export.content.sources[0], url="javascript:alert(1)", citation="</li><script>alert(1)</script>\x00\ud800"
    )
    told = report_html(replace(export, content=replace(export.content, sources=(hostile,))))
    assert "javascript:" not in told
    assert _Page(told).tags.count("script") == 1, "our own"
    told.encode()


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("1985", "2020"), "Before and after"),
        (("2020", "1985"), "Images compared"),
        (("", "2020"), "Images compared"),
        (("2020", "2020-06-01"), "Images compared"),
    ],
)
def test_before_and_after_only_where_known_dates_are_apart(
    export: DataExport, dates: tuple[str, str], said: str
) -> None:
    text = _Page(report_html(replace(export, overlays=(frame("x", dates[0]), frame("y", dates[1]))))).text
    assert said in text
    assert ("Before: " in text) is (said == "Before and after")
    assert ("A: " in text) is (said != "Before and after")


def test_its_policy_admits_its_own_script_alone(export: DataExport) -> None:
    text = report_html(export)
    policy = re.search(r'content="(default-src[^"]*)"', text)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert policy is not None
    assert script is not None
    own = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{own}';" in unescape(policy[1])
    assert "default-src 'none'" in policy[1]
    assert not re.search(r'<[^>]*\son\w+="', text), "no script in an attribute"
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script[1]), "text stays text"


def test_its_headings_pictures_and_links_can_be_read_aloud(export: DataExport) -> None:
    page = _Page(report_html(export))
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), "no level is left out"
    assert all("alt" in attributes for tag, attributes in page.elements if tag == "img")
    names = [attributes["aria-label"] for tag, attributes in page.elements if tag == "a" and "aria-label" in attributes]
    assert len(names) == len(set(names)) == 2
    assert {"header", "nav", "main", "footer"} <= set(page.tags)


def test_its_colours_stand_out_in_both_themes() -> None:
    style = STYLE.read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", part)) for part in re.findall(r":root \{([^}]*)\}", style)[:2]
    )
    for colors in (light, light | dark):
        for ink in ("ink", "quiet", "link"):
            for ground in ("paper", "soft"):
                assert contrast(_long(colors[ink]), _long(colors[ground])) >= 4.5, (ink, ground, colors)


def _long(color: str) -> str:
    return color if len(color) == 7 else "#" + "".join(letter * 2 for letter in color[1:])


def test_an_answer_to_all_claims_stands_in_full_once_and_again_where_somebody_is_named(export: DataExport) -> None:
    words = "It is not so, as everybody knows who has ever looked at the trade of the port in the last ten years"
    sentence = f"The ministry: “{words}, and nobody has shown anything else to us until today”"
    answer = replace(export.content.claims[0].responses[0], sentence=sentence, speaker="The ministry", is_to_whole=True)
    claims = [replace(claim, responses=(answer,)) for claim in export.content.claims]
    nameless = [replace(claim, parties=()) for claim in claims]
    told = report_html(replace(export, content=replace(export.content, claims=tuple(nameless))))
    text = _Page(told).text
    assert text.count(sentence) == 1
    assert text.count("The ministry: “It is not so") == len(claims) >= 3, "no claim stands without its answer"
    assert told.count('<a href="#a1">In full at C1</a>') == len(claims) - 1, "also on paper it is said where"
    named = [replace(claim, parties=export.content.sites[:1]) for claim in claims]
    told = report_html(replace(export, content=replace(export.content, claims=tuple(named))))
    assert _Page(told).text.count(sentence) == len(claims)


def test_subtitle_people_and_day_stand_below_the_title(export: DataExport) -> None:
    imprint = Imprint("Two <b>ports</b>", "A. Analyst, A Desk", "2024-05-02")
    text = _Page(report_html(replace(export, imprint=imprint))).text
    assert "Two <b>ports</b> By A. Analyst, A Desk 2 May 2024" in text


def test_no_line_ends_between_a_number_and_its_unit(export: DataExport) -> None:
    (first, *others) = export.content.claims
    claims = (replace(first, confidence="Moderate, ± 40 m, 3 km of 5 % or 6 mines"), *others)
    told = unescape(report_html(replace(export, content=replace(export.content, claims=claims))))
    assert "±\u00a040\u00a0m, 3\u00a0km of 5\u00a0% or 6 mines" in told
    assert "(55–80\u00a0%)" in told


def test_our_note_ends_with_one_full_stop(export: DataExport) -> None:
    (first, *others) = export.content.claims
    claims = (replace(first, source_words="“so it is”", statement="It says that it is so."), *others)
    text = _Page(report_html(replace(export, content=replace(export.content, claims=claims)))).text
    assert "Our note: It says that it is so. " in text


def test_images_are_listed_by_date(export: DataExport) -> None:
    (image,) = export.content.images
    images = tuple(
        replace(image, uuid=at, name=f"At {at}", date=at, dated=at) for at in ("2020-05-01", "", "1985", "1990-01-01")
    )
    text = _Page(report_html(replace(export, content=replace(export.content, images=images)))).text
    listed = text[text.rindex("Imagery ") :]
    assert re.findall("At (\\d*)", listed) == ["1985", "1990", "2020", ""], "those of unknown date last"


def test_every_image_that_is_shown_is_in_the_list_of_imagery(export: DataExport) -> None:
    told = replace(export, overlays=(frame("Port", "1985"), frame("2020", "2020")))
    text = _Page(report_html(told)).text
    imagery = text[text.rindex("Imagery ") :]
    assert "Port · 1985 · © A Provider" in imagery
    assert "2020 · © A Provider" in imagery
    assert "2020 · 2020" not in imagery, "a name that is the date is said once"


@pytest.mark.parametrize(
    ("at", "kind", "basis", "words"),
    [
        ("2024-04-12", "instant", "analyst", "12 April 2024 (known to the day, from the analyst)"),
        ("2024-04-12T08:00:31Z", "instant", "metadata", "12 April 2024, 08:00 UTC (from metadata)"),
        ("1985-01-01/1985-12-31", "interval", "catalogue", "1985 (known to the year, from the catalogue)"),
        ("1985", "interval", "catalogue", "1985 (known to the year, from the catalogue)"),
        ("2023", "composite", "catalogue", "composite of 2023 (from the catalogue)"),
        ("2023-05-01", "published", "", "published 1 May 2023, date of the image unknown (basis not stated)"),
        ("", "unknown", "", "date unknown"),
    ],
)
def test_an_image_has_its_date_as_exactly_as_it_is_known(
    case: Document, at: str, kind: str, basis: str, words: str
) -> None:
    """A day said "instant", as if its time were known."""
    (image,) = case.images.values()
    dated = replace(image, acquired_at=at, date_kind=kind, date_basis=basis)
    case.apply(Edit("image", (Change("images", image, dated),)))
    text = _Page(report_html(data_export(case, ".html", lambda uuids: {}))).text
    assert f"Sentinel-2 · {words} · © A Provider" in text
