"""The report: one file that asks for nothing, says what the case says, and can be used by everybody."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.geo.bounds import Bounds
from tests.support.browser import browser, violations
from tests.support.qgis.peers import need
from tests.viewer.export.data.conftest import ENTITIES, png_of, with_pictures
from viewer.export.data.exported import DataExport, ExportedMap, GroundPicture, data_export
from viewer.export.data.map_numbers import DIGIT, HIGH, MARGIN, number_places
from viewer.export.data.report import report_html


class _Page(HTMLParser):
    """Text, attributes that fetch something, and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "action", "background"):
                self.fetched.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.fetched).append(value or "")
            elif name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def frame(name: str, begin: str, end: str = "") -> GroundPicture:
    box = Bounds(10, 50, 11, 51)
    return GroundPicture(name, png_of(), box, begin, end or begin, "© A Provider", 0, (8, 6))


@pytest.fixture
def export(case: Document) -> DataExport:
    told = with_pictures(data_export(case, ".html", lambda uuids: {"chip": png_of()}))
    places = {"port": (2.0, 3.0), "firm": (4.0, 3.0)}
    shown = ExportedMap(png_of(), 8, 6, places, ("© A Provider (2024-04-12)",))
    return replace(told, map=shown, overlays=(frame("Port", "1985"), frame("Port", "2020-06-01")))


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
    assert "Before: Port · 1985 · © A Provider" in text
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
    assert all(address.startswith("data:image/") for address in page.fetched)
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
    assert ("Before: x" in text) is (said == "Before and after")
    assert ("A: x" in text) is (said != "Before and after")


@pytest.mark.bounded
def test_chromium_asks_for_nothing_shows_a_slider_and_without_script_both_pictures(
    export: DataExport, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_html(export), "utf-8")
    shown, asked = browser("--dump-dom", path.as_uri())
    assert asked == []
    assert re.search(r'<input[^>]*aria-label="Share of the first image"', shown)
    assert ENTITIES in _Page(shown).text
    printed = tmp_path / "x.pdf"
    path.write_text(re.sub("<script>.*?</script>", "", report_html(export), flags=re.DOTALL), "utf-8")
    _shown, asked = browser("--no-pdf-header-footer", f"--print-to-pdf={printed}", path.as_uri())
    assert asked == []
    need(shutil.which("pdftotext") is not None, "pdftotext")
    told = subprocess.run(["pdftotext", printed, "-"], capture_output=True, text=True).stdout
    for words in ("Before: Port", "After: Port", "Two officials", "武汉公司", "Восточный путь", "likely (55–80 %)"):
        assert words in told, words
    other = tmp_path / "other.html"
    other.write_text('<img src="http://example.org/x.png">')
    assert browser("--dump-dom", other.as_uri())[1], "a request would be seen"
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.bounded
def test_axe_finds_nothing(export: DataExport, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_html(export), "utf-8")
    assert violations(path) == []
    broken = tmp_path / "broken.html"
    broken.write_text(re.sub('alt="Map[^"]*"', "", report_html(export)), "utf-8")
    assert [one["id"] for one in violations(broken)], "axe looks at it"


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
