"""Each claim and each place of an export leads to its sources, by the same number in all formats and on all pages."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from msgspec.structs import replace

import sample_data
from layers.document.alias import with_origin
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from layers.product.parties import Telling, parties_at
from tests.support.cases.rich import read_case
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.kmz import kmz_bytes
from viewer.export.data.report import report_html
from viewer.export.data.tables import case_tables
from viewer.export.features import csv_text, geojson_text

NAME = "Jiuquan Satellite Launch Center"


@pytest.fixture
def demo() -> Document:
    return read_case(sample_data.path("demo.gpkg")).document


@pytest.fixture
def whole(demo: Document) -> DataExport:
    return data_export(demo, ".csv", lambda uuids: {})


def _jiuquan(demo: Document) -> str:
    return next(site.uuid for site in demo.sites.values() if site.label == NAME)


def _balloon(content: ProductContent, demo: Document) -> str:
    with zipfile.ZipFile(io.BytesIO(kmz_bytes(demo, content))) as archive:
        kml = archive.read("doc.kml").decode()
    return kml


def test_a_source_has_one_number_on_all_pages(demo: Document) -> None:
    numbers = {source.uuid: source.number for source in content_of(demo, demo.sites, whole_case=True).sources}
    assert list(numbers.values()) == [f"S{number}" for number in range(1, len(demo.sources) + 1)]
    for site in demo.sites.values():
        for source in content_of(demo, [site.uuid]).sources:
            assert source.number == numbers[source.uuid], f"{site.label}: it is another source on another page"


def test_a_mark_names_the_sources_of_its_place_its_state_and_its_names(demo: Document) -> None:
    site = demo.sites[_jiuquan(demo)]
    others = [uuid for uuid in demo.sources if uuid != site.position_source_uuid][:2]
    aliases = (*site.aliases, with_origin("en", "Dongfeng", others[1]))
    stated = replace(site, lifecycle_source_uuid=others[0], aliases=aliases)
    demo.apply(Edit("Name its sources", (Change("sites", site, stated),)))
    content = content_of(demo, [site.uuid])
    assert content.sites[0].cited == "S2 (place); S1 (state); S3 (name Dongfeng)"
    assert [source.number for source in content.sources] == ["S1", "S2", "S3"]


def test_the_place_of_a_mark_leads_to_its_source_in_each_format(demo: Document, whole: DataExport) -> None:
    content, uuid = whole.content, _jiuquan(demo)
    (source,) = (cited.source for cited in next(site for site in content.sites if site.uuid == uuid).rests_on)
    assert source.number == "S2"
    kml = _balloon(content, demo)
    placemark = kml[kml.index(f"<Placemark><name>{NAME}") :].partition("</Placemark>")[0]
    assert "S2 (place)" in placemark.partition("</description>")[0]
    assert "four space launch centers" in placemark.partition("</description>")[0]
    assert "S2 (place): " in placemark.partition("<ExtendedData>")[2]
    html = report_html(whole)
    article = html[html.index(f"</span> {NAME}</h3>") :].partition("</article>")[0]
    assert '<a href="#S2">S2</a> (place)' in article
    assert '<li id="S2">' in html
    row = next(row for row in csv.DictReader(io.StringIO("".join(csv_text(demo, content)))) if row["label"] == NAME)
    assert row["place_sources"] == f"S2 (place): {source.citation}"
    features = json.loads("".join(geojson_text(demo, content)))["features"]
    (feature,) = (feature for feature in features if feature["id"] == uuid)
    assert feature["properties"]["place_sources"] == [{"number": "S2", "for": "place"}]
    sheet = case_tables(demo, content)[0]
    (cells,) = (row for row in sheet.rows if row[0] == NAME)
    assert cells[sheet.columns.index("place_sources")] == "S2 (place)"


def test_each_claim_stands_in_a_kmz_with_its_number_and_its_source(demo: Document, whole: DataExport) -> None:
    kml = _balloon(whole.content, demo)
    assert len(whole.content.claims) == 12
    for claim in whole.content.claims:
        (told,) = set(re.findall(rf"&lt;p&gt;{claim.number} · (.*?)&lt;/p&gt;", kml)) or {""}
        assert told, f"{claim.number} is about no place, and is lost"
    assert kml.count("S1: “US intel") >= 12


def test_a_claim_has_one_number_on_pages_and_in_all_formats(demo: Document, whole: DataExport) -> None:
    """A page named parties without the number of the claim, and a table had its words alone."""
    numbers = {claim.uuid: claim.number for claim in whole.content.claims}
    firms = [site.uuid for site in whole.content.sites if site.is_party]
    page = content_of(demo, firms)
    printed = [line.words for line in parties_at(page, Telling.FULL) if line.kind == "claim"]
    assert [words.partition(" · ")[0] for words in printed] == [numbers[claim.uuid] for claim in page.claims]
    table = io.StringIO("".join(csv_text(demo, whole.content)).removeprefix("\ufeff"))
    rows = {row["uuid"]: row for row in csv.DictReader(table)}
    html, kml = report_html(whole), _balloon(whole.content, demo)
    for claim in page.claims:
        assert all(claim.number in rows[uuid]["claim_numbers"].split(" | ") for uuid in claim.sites)
        assert f'<h3 id="{claim.number}">Claim {claim.number}</h3>\n<p class="words">' in html
        assert f"&lt;p&gt;{claim.number} · " in kml


def test_a_place_in_the_story_leads_to_the_claims_about_it(whole: DataExport) -> None:
    html = report_html(whole)
    firm = next(site for site in whole.content.sites if site.is_party)
    article = html[html.index(f"</span> {firm.name}</h3>") :].partition("</article>")[0]
    numbers = [claim.number for claim in whole.content.claims if firm.uuid in claim.sites]
    assert numbers
    assert re.findall(r'href="#(C\d+)"', article) == numbers


def test_the_story_says_each_thing_about_a_place_once(whole: DataExport) -> None:
    html = report_html(whole)
    jiuquan = html[html.index(f"</span> {NAME}</h3>") :].partition("</article>")[0]
    assert jiuquan.count("酒泉卫星发射中心") == 1, "the names that are ours stood there twice"
    assert "酒泉卫星发射中心; Космодром Цзюцюань (ours)" in jiuquan
    firm = html[html.index("</span> Wuhan Global Sensor Technology Co.</h3>") :].partition("</article>")[0]
    assert firm.count("inferred by us") == 1
    changchun = html[html.index("</span> GLONASS monitoring station, Changchun (agreed)</h3>") :].partition("</art")[0]
    assert changchun.count('href="#S8"') == 1
    assert '<a href="#S8">S8</a> (place, state)' in changchun
