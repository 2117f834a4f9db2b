"""Named parties of the demo, file by file: wherever a firm can be read, what is claimed and answered stands too."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace
from PIL import Image

from layers.document.document import Document
from layers.document.rows import ClaimSite, Response, ResponseClaim
from layers.geo.bounds import Bounds
from layers.product.lint.check import findings
from layers.product.parties import Telling
from layers.product.spec import ProductMap, ProductSpec
from tests.support.cases.judgements import judgement
from tests.support.cases.rich import read_case
from tests.viewer.export.plates.conftest import MakePlate, faults, wait_for
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate

ASIA, FIRMS, YANTAI = Bounds(28, 18, 178, 72), Bounds(112, 28, 124, 40), Bounds(120.5, 36.5, 122.5, 38.5)
NAMES = {
    "eight": ("Wuhan Global", "Wuhan Tongsheng", "Hikvision", "海康威视"),
    "nine": ("Electro-Optics", "华北光电技术研究所"),
    "eleven": ("iRay Technology", "艾睿光电"),
}
SAID = {
    "eight": ("in its own voice, unattributed: China-based companies Wuhan Global Sensor", "are providing optical"),
    "nine": (
        "S1, citing two officials: ",
        "manufactured by Chinese firm North China Research Institute of Electro-Optics",
    ),
    "eleven": (
        "S1, citing a third senior official: identified another manufacturer as Yantai-based IRay Technology Co.",
    ),
}
ALSO = (
    "own answer",
    "none in S1",
    "isn't providing Russia with arms or military assistance",
    "We urge the U.S. side to refrain from disparaging and scapegoating",
    "China has not provided direct lethal military support for Russia",
)
SPEC = ProductSpec(
    title="What was reported",
    subtitle="With the answers",
    author="An Analyst",
    organisation="Desk",
    bounds=ASIA,
)
PAGES = (
    *("A4 landscape", "Slide 16:9", "Square", "Newspaper, 1 column", "Newspaper, 2 columns", "Newspaper, 4 columns"),
    *("A4 portrait", "A3 landscape", "Letter portrait"),
)
INSETS = (ProductMap(), ProductMap(bounds=FIRMS), ProductMap(bounds=Bounds(126, 44, 136, 52)))
PANELS = (ProductMap(bounds=FIRMS), ProductMap(bounds=Bounds(30, 50, 48, 70)))


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(Path("sample_data/demo.gpkg")).document


def spec_of(layout: str, page: str, demo: Document, **more) -> ProductSpec:
    spec = replace(SPEC, layout=layout, page=page, **more)
    if layout == "site":
        firm = next(site for site in demo.sites.values() if site.label.startswith("Hikvision"))
        return replace(spec, site=firm.uuid, title=firm.label, bounds=None)
    return replace(spec, maps={"insets": INSETS, "panels": PANELS}.get(layout, spec.maps))


def lacking(text: str) -> Iterator[str]:
    """What a file that reads so owes to those whom it names: looked for without any code of ours."""
    text = re.sub('["“”]', "", " ".join(text.split())).replace("’", "'")
    named = [claim for claim, names in NAMES.items() if any(name in text for name in names)]
    for claim in named:
        yield from (f"{claim}: {words}" for words in (*SAID[claim], *ALSO) if words not in text)
    if "eight" in named:
        yield from (f"not named: {name}" for name in NAMES["eight"][:3] if name not in text)
        if "laces inferred by us" not in text and "place inferred by us" not in text:
            yield "the place is ours"
    if "Hangzhou Hikvision" in text and "ours" not in text:
        yield "the full name is ours"


def texts_of_files(plate: Plate) -> list[str]:
    """All that can be read in the file of each page, its words beside the picture among them."""
    facts = facts_of(plate)
    found = []
    for page in range(plate.pages):
        texts = [one.words for one in (*facts.texts, *facts.beside) if one.page == page and not one.is_part]
        found.append("\n".join([*texts, *(one.alt_text for one in facts.maps if one.page == page)]))
    return found


CASES = [
    ("single", "Newspaper, 1 column"),
    ("site", "Newspaper, 1 column"),
    *(
        (layout, page)
        for at, layout in enumerate(("single", "plain", "site", "insets", "panels"))
        for number, page in enumerate(page for page in PAGES if page != "Newspaper, 1 column")
        if (number + at) % 4 == 0
    ),
]
"""Each layout on two pages and each page in at least one layout: all with all take four times as long."""


@pytest.mark.bounded
@pytest.mark.parametrize(("layout", "page"), CASES)
def test_each_file_that_names_a_firm_tells_what_is_claimed_and_answered(
    plate_of: MakePlate, demo: Document, layout: str, page: str
) -> None:
    plate = plate_of(spec_of(layout, page, demo), demo)
    for text in texts_of_files(plate):
        assert list(lacking(text)) == []
    found = findings(plate.spec, plate.content, facts_of(plate))
    of_parties = {"named-party", "title-covers", "claims-counted"}
    assert not {one.rule for one in found} & of_parties
    if not (plate.sizes.is_small and layout == "single"):
        assert [one for one in faults(plate) if not one.endswith("is covered")] == []
    names = [name for names in NAMES.values() for name in names]
    first = texts_of_files(plate)[0]
    assert any(name in first for name in names) is (0 in plate.party_pages)
    assert ("here without" in first) is plate.parties.is_nameless


@pytest.mark.bounded
@pytest.mark.parametrize(("layout", "page"), CASES)
def test_without_any_answer_the_check_finds_it(plate_of: MakePlate, demo: Document, layout: str, page: str) -> None:
    rows = {name: list(demo.table(name).values()) for name in ("layers", "sites", "claims", "sources")}
    rows |= {name: list(demo.table(name).values()) for name in ("claim_sites", "claim_sources", "images", "meta")}
    plate = plate_of(spec_of(layout, page, demo), Document(rows))
    found = [one for one in findings(plate.spec, plate.content, facts_of(plate)) if one.rule == "named-party"]
    is_named = bool(plate.party_pages)
    assert bool(found) is is_named
    assert {one.severity for one in found} <= {"blocking"}
    assert {one.jump.kind for one in found} <= {"responses"}
    assert is_named or all(not list(lacking(text)) for text in texts_of_files(plate))


@pytest.mark.bounded
def test_what_is_taken_off_the_page_is_found(plate_of: MakePlate, demo: Document) -> None:
    """The check trusts no level: it reads each file."""
    plate = plate_of(SPEC, demo)
    assert plate.party_pages == {0}, "the map names them, and the key on the next page does not"
    whole = facts_of(plate)
    for words in (
        "S1, citing two officials",
        "in Russian tanks and armored",
        "none in S1",
        "direct lethal",
        "urge the",
    ):
        texts = tuple(one._replace(words=one.words.replace(words, "")) for one in whole.texts)
        found = findings(plate.spec, plate.content, replace(whole, texts=texts))
        assert "named-party" in {one.rule for one in found}, words
    elsewhere = tuple(one._replace(page=1) if one.part == "parties" else one for one in whole.texts)
    moved = replace(whole, texts=elsewhere)
    assert "named-party" in {one.rule for one in findings(plate.spec, plate.content, moved)}
    as_pdf = findings(plate.spec, plate.content, replace(moved, is_one_file=True))
    assert "named-party" not in {one.rule for one in as_pdf}


@pytest.mark.bounded
def test_the_parties_of_a_map_are_named_alike_and_no_larger_than_others(plate_of: MakePlate, demo: Document) -> None:
    plate = plate_of(SPEC, demo)
    (naming,) = plate.namings
    parties = plate.parties.parties
    assert len(parties) == 5
    assert parties <= naming.named or parties <= naming.keyed.keys()
    sizes = {label.uuid: (label.face.size, label.face.bold) for label in naming.labels}
    told = {sizes[uuid] for uuid in parties & sizes.keys()}
    assert len(told) <= 1, "all with a number, where one name would stand in another country"
    others = [size for uuid, size in sizes.items() if uuid not in parties]
    assert all(size <= max(others) for size in told)
    assert {line.color for piece in plate.pieces if piece.key.startswith("label:") for line in piece.lines} == {
        plate.style.label
    }


@pytest.mark.bounded
def test_a_page_that_leaves_its_claims_out_names_nobody(plate_of: MakePlate, demo: Document) -> None:
    plate = plate_of(replace(SPEC, left_out=frozenset({"claims"})), demo)
    assert plate.parties.level is Telling.NAMELESS
    assert not plate.party_pages
    assert not [name for text in texts_of_files(plate) for names in NAMES.values() for name in names if name in text]
    assert "named-party" not in {one.rule for one in findings(plate.spec, plate.content, facts_of(plate))}
    assert "5 firms named in S1" in texts_of_files(plate)[0]


@pytest.mark.bounded
def test_a_narrow_page_names_nobody_and_the_next_one_tells_all(plate_of: MakePlate, demo: Document) -> None:
    plate = plate_of(replace(SPEC, page="Newspaper, 1 column", bounds=YANTAI, title="Yantai", subtitle=""), demo)
    assert plate.parties.is_nameless
    assert plate.party_pages == {1}
    first, second, *_ = texts_of_files(plate)
    assert "1 firm named in a claim of S1, here without a name." in first
    assert "iRay" not in first
    assert "Yantai-based IRay Technology" in second


@pytest.mark.bounded
def test_the_title_of_a_firm_stands_on_no_page_that_says_nothing_of_it(plate_of: MakePlate, demo: Document) -> None:
    plate = plate_of(spec_of("site", "Newspaper, 1 column", demo), demo)
    assert plate.parties.is_nameless
    assert plate.title == "A firm named in S1"
    assert all(not list(lacking(text)) for text in texts_of_files(plate))


@pytest.mark.bounded
def test_a_source_that_names_a_firm_brings_the_block_to_its_page(plate_of: MakePlate, demo: Document) -> None:
    """The list of sources is on the second page, which is a file of its own."""
    rows = {name: list(demo.table(name).values()) for name in ("layers", "sites", "claims", "responses", "claim_sites")}
    rows |= {name: list(demo.table(name).values()) for name in ("claim_sources", "sources", "meta")}
    rows["sources"] = [
        replace(one, title="Hikvision, a portrait") if at else one for at, one in enumerate(rows["sources"])
    ]
    plate = plate_of(SPEC, Document(rows))
    assert plate.party_pages == {0, 1}
    assert [list(lacking(text)) for text in texts_of_files(plate)] == [[], []]
    assert [one for one in faults(plate) if not one.endswith("is covered")] == []


@pytest.mark.bounded
def test_an_answer_of_their_own_stands_beside_their_claim(plate_of: MakePlate, demo: Document) -> None:
    rows = {name: list(demo.table(name).values()) for name in ("layers", "sites", "claims", "responses", "claim_sites")}
    rows |= {name: list(demo.table(name).values()) for name in ("claim_sources", "sources", "meta", "response_claims")}
    own = Response(uuid="own", speaker="Hikvision", words="We make cameras.", words_kind="direct speech")
    eight = next(uuid for uuid, claim in demo.claims.items() if "Hikvision" in claim.source_wording)
    rows["responses"] = [*rows["responses"], own]
    rows["response_claims"] = [ResponseClaim(uuid="l", response_uuid="own", claim_uuid=eight)]
    plate = plate_of(SPEC, Document(rows))
    said = [text for piece in plate.pieces if piece.key == "parties" for text in piece.texts]
    claim = next(at for at, text in enumerate(said) if "China-based companies" in text)
    assert said[claim + 1] == "Hikvision: “We make cameras.”"
    assert any(text.startswith(("Of North China Research", "Of iRay")) for text in said)
    assert "named-party" not in {one.rule for one in findings(plate.spec, plate.content, facts_of(plate))}


@pytest.mark.bounded
def test_a_name_that_one_of_its_claims_has_is_not_ours_in_the_others(plate_of: MakePlate, demo: Document) -> None:
    """A judgement beside a report does not repeat the name that the report has."""
    firm = next(site.uuid for site in demo.sites.values() if "Tongsheng" in site.label)
    rows = {name: list(demo.table(name).values()) for name in ("layers", "sites", "responses", "sources", "meta")}
    rows |= {name: list(demo.table(name).values()) for name in ("claims", "claim_sites", "claim_sources")}
    rows["claims"].append(judgement("Chinese suppliers shipped optics in 2023"))
    rows["claim_sites"].append(ClaimSite(uuid="own", claim_uuid="j", site_uuid=firm))
    plate = plate_of(SPEC, Document(rows))
    found = findings(plate.spec, plate.content, facts_of(plate))
    assert any(one.rule == "judgement-supported" for one in found)
    assert [one.sentence for one in found if one.rule == "named-party" and "what of it is ours" in one.sentence] == []


# -- files ------------------------------------------------------------------------------------------------------------


def written(plate: Plate, studio: Studio, path: Path) -> list[Path]:
    printed = PrintedPlate(plate, 60)
    for page in range(plate.pages):
        wait_for(printed, page)
    return list(finish(begin_writing(printed, path, studio.context)))


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("ending", "page"),
    [
        *(("png", "A4 landscape"), ("tif", "A4 landscape"), ("pdf", "A4 landscape"), ("svg", "Square")),
        *(("png", "Newspaper, 1 column"), ("pdf", "Newspaper, 1 column")),
        *(("jpg", "Newspaper, 1 column"), ("webp", "Newspaper, 2 columns")),
    ],
)
def test_the_words_inside_a_file_name_nobody_alone(
    plate_of: MakePlate, demo: Document, studio: Studio, tmp_path: Path, ending: str, page: str
) -> None:
    """Captions travel without their pictures, and a GeoTIFF is a map without its page."""
    plate = plate_of(replace(SPEC, page=page), demo)
    files = written(plate, studio, tmp_path / f"x.{ending}")
    names = [name.encode() for names in NAMES.values() for name in names]
    for number, path in enumerate(files):
        data = path.read_bytes()
        has_name = any(name in data for name in names)
        if ending == "tif":
            assert not has_name
        elif ending == "pdf":
            text = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
            assert list(lacking(text)) == []
            with pikepdf.open(path) as pdf:
                described = str(pdf.docinfo.get("/Subject", ""))
            assert list(lacking(described)) == []
        else:
            assert has_name is (number in plate.party_pages)
            if ending == "png":
                words = Image.open(path).text  # type: ignore[attr-defined]
                assert list(lacking(words.get("Description", ""))) == []
