"""A case with something of each kind that formats of data have to hold, and words that no published one may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from shapely.geometry import LineString, Point, box

from layers.document.alias import Alias
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import (
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comment,
    Custody,
    MetaEntry,
    Product,
    ProductRow,
    Response,
    ResponseClaim,
    SavedFilter,
    Seen,
    Watch,
)
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from viewer.export.data.exported import DataExport, ExportedMap, GroundPicture, data_export
from viewer.export.data.shown_chips import with_shown_chips

USER, FOLDER, DRAFT, INTERNAL, NOTE = "Wilhelmina-Quist", "/srv/quagga-desk", "zebrafinch", "okapi-cable", "numbat-note"
CASE_ID = "c0ffee11-dead-4bee-8bad-feedfacecafe"
DELETED = "thylacine"
PLANTED = (USER, "quagga-desk", DRAFT, INTERNAL, NOTE, CASE_ID, DELETED)
"""Words of a case that nobody outside may read: names, folders, drafts, what is internal, notes, its id, what was
deleted.
"""
STAMPS = {"created_by": USER, "modified_by": USER, "created_at": "2024-04-12T08:00:00Z", "rev": 4}
LIMITS = "Two officials say so; nobody says who shipped them"
"""Our words for a report, which say what it does not say: they are printed, whatever their status."""
ENTITIES = 'Wuhan "Firm" <b>& Sons</b>'


def png_of(text: str = "") -> bytes:
    """A small picture; `text` stands in its metadata."""
    picture = QImage(8, 6, QImage.Format.Format_RGB32)
    picture.fill(0x336699)
    if text:
        picture.setText("Comment", text)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _sites() -> list[Site]:
    reviewed = {"status": "reviewed", "reviewed_by": USER, "notes": NOTE, **STAMPS}
    return [
        Site(
            uuid="firm",
            geometry=Point(114.305678, 30.592345),
            label=ENTITIES,
            class_code="company",
            role="named in a claim",
            position_error_m=20_000.0,
            position_basis="centre of the city, assumed",
            aliases=(Alias("zh", "武汉公司", is_ours=True), Alias("en", "The firm", source_uuid="s2")),
            identity_note="The full name is ours",
            **STAMPS,
        ),
        Site(
            uuid="port",
            geometry=Point(10.5012345, 50.5012345),
            label="=Port",
            class_code="port",
            role="setting",
            position_error_m=40.0,
            position_source_uuid="s1",
            marking="TLP:GREEN",
            image_uuid="image",
            **reviewed,
        ),
        Site(
            uuid="pad",
            geometry=Point(10.7, 50.6),
            label="Pad",
            class_code="launch_site",
            role="setting",
            lifecycle="planned",
            valid_from="2030",
            **reviewed,
        ),
        Site(
            uuid="line",
            geometry=LineString([(179, 1), (181, 2)]),
            label="Восточный путь",
            class_code="rail",
            role="setting",
            **reviewed,
        ),
        Site(uuid="note", geometry=box(10, 50, 11, 51), label="Look", mark_kind="annotation", **reviewed),
        Site(uuid="draft", geometry=Point(11, 51), label=f"A {DRAFT}", class_code="depot", role="setting", **STAMPS),
    ]


def _claims() -> list[Claim]:
    return [
        Claim(
            uuid="judged",
            statement="The port is used for it",
            source_wording="“the port is used”",
            made_by="An official",
            state="assessed",
            likelihood_term="likely",
            likelihood_low=55,
            likelihood_high=80,
            confidence="moderate",
            confidence_reason=f"two origins, see {FOLDER}/notes.txt",
            status="reviewed",
            reviewed_by=USER,
            place_note=NOTE,
            words_kind="as reported",
            change_note=NOTE,
            indicators="a quay without ships",
            **STAMPS,
        ),
        Claim(
            uuid="accuses",
            statement=LIMITS,
            source_wording="a firm “based in China”",
            made_by="Two officials",
            **STAMPS,
        ),
        Claim(uuid="nowhere", statement="A claim of no place", made_by="A minister", status="reviewed", **STAMPS),
        Claim(uuid="withdrawn", statement=DRAFT, made_by="Nobody", state="withdrawn", status="reviewed", **STAMPS),
    ]


@pytest.fixture
def case(qapp: object) -> Document:
    pairs = (("judged", "port"), ("accuses", "firm"), ("withdrawn", "pad"))
    return Document(
        {
            "sites": _sites(),
            "claims": _claims(),
            "claim_sites": [ClaimSite(uuid=f"l-{c}", claim_uuid=c, site_uuid=s, **STAMPS) for c, s in pairs],
            "sources": [
                Source(
                    uuid="s1",
                    title="On ports & firms",
                    publisher="Press Агентство",
                    published_at="2024-04-13",
                    url="https://example.org/a?b=1&c=2",
                    excerpt=NOTE,
                    context="The port is open to all",
                    evaluated=True,
                    machine_json=f'{{"tool": "A translator", "checked_by": "{USER}"}}',
                    **STAMPS,
                ),
                Source(uuid="s2", title=f"Cable {INTERNAL}", marking="TLP:RED", url=f"file://{FOLDER}/c.pdf", **STAMPS),
            ],
            "claim_sources": [
                ClaimSource(
                    uuid="q1", claim_uuid="judged", source_uuid="s1", quote="the port", page="3", credibility=2
                ),
                ClaimSource(uuid="q2", claim_uuid="accuses", source_uuid="s1", quote="a firm", **STAMPS),
                ClaimSource(uuid="q3", claim_uuid="judged", source_uuid="s2", quote=INTERNAL, **STAMPS),
            ],
            "responses": [
                Response(
                    uuid="r1", speaker="The firm", words="“It is not so”", made_at="2024-04-14", notes=NOTE, **STAMPS
                ),
                Response(uuid="r2", speaker="The ministry", words="No comment", kind="declined", **STAMPS),
            ],
            "response_claims": [ResponseClaim(uuid="rc", response_uuid="r1", claim_uuid="accuses", **STAMPS)],
            "images": [
                Image(
                    uuid="image",
                    image_key="product:S2A",
                    layer_title=f"{FOLDER}/scene.tif",
                    service=f"{FOLDER}/service",
                    sensor="Sentinel-2",
                    acquired_at="2024-04-12T08:00:00Z",
                    date_kind="instant",
                    date_basis="metadata",
                    credit="© A Provider",
                    licence="CC BY",
                    **STAMPS,
                )
            ],
            "observations": [
                Observation(
                    uuid="o1",
                    site_uuid="port",
                    image_uuid="image",
                    presence="present",
                    words=NOTE,
                    observer=USER,
                    target="the quay",
                    **STAMPS,
                )
            ],
            "chips": [
                Chip(
                    uuid="chip",
                    content_type="image/png",
                    site_uuid="port",
                    width=8,
                    height=6,
                    acquired_at="2024-04-12",
                    date_kind="instant",
                    credit="© A Provider",
                    caption="The quay",
                    layer_title=f"{FOLDER}/scene.tif",
                    stretch_json='{"by": "numbat-note"}',
                    machine_json=f'{{"checked_by": "{USER}"}}',
                    **STAMPS,
                ),
                Chip(uuid="secret", content_type="image/png", site_uuid="port", marking="TLP:RED", caption=INTERNAL),
            ],
            "comments": [Comment(uuid="comment", target_uuid="judged", body=NOTE)],
            "products": [Product(uuid="product", name=DRAFT, correction=NOTE)],
            "product_rows": [ProductRow(uuid="pr", product_uuid="product", table_name="claims", row_uuid="judged")],
            "source_files": [SourceFile(uuid="f", source_uuid="s1", name=NOTE, collected_by=USER, method=INTERNAL)],
            "custody": [Custody(uuid="held", table_name="chips", row_uuid="chip", event="taken", actor=USER)],
            "watch": [Watch(uuid="watch", site_uuid="port", place_key=FOLDER, looked_by=USER)],
            "seen": [Seen(uuid="seen", table_name="claims", row_uuid="judged", actor=USER)],
            "claim_evidence": [
                ClaimEvidence(
                    uuid="rests",
                    claim_uuid="judged",
                    evidence_table="claims",
                    evidence_uuid="accuses",
                    bearing="against",
                    note="based in China",
                )
            ],
            "filters": [SavedFilter(uuid="filter", name=NOTE)],
            "meta": [
                MetaEntry(uuid="title", value="Ports <and> firms"),
                MetaEntry(uuid="marking", value="UNCLASSIFIED"),
                MetaEntry(uuid="author", value=USER),
                MetaEntry(uuid="summary", value=NOTE),
            ],
        }
    )


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    pool = ReaderPool(inline=True)
    pool.start()
    yield pool
    pool.close()


def with_pictures(export: DataExport) -> DataExport:
    """The export with its chips as a reader has encoded them."""
    pool = ReaderPool(inline=True)
    pool.start()
    try:
        return with_shown_chips(export, pool)[0]
    finally:
        pool.close()


def without_site(document: Document, uuid: str, **values: object) -> Document:
    """The same with other values in one site."""
    rows = [replace(site, **values) if site.uuid == uuid else site for site in document.sites.values()]
    return Document({"sites": rows})


def frame(name: str, begin: str, end: str = "") -> GroundPicture:
    """One side of a comparison, of these dates."""
    ground = Bounds(10, 50, 11, 51)
    return GroundPicture(name, png_of(), ground, begin, end or begin, "© A Provider", 0, (8, 6))


@pytest.fixture
def export(case: Document) -> DataExport:
    """A case with its map and a comparison, as the report is made of it."""
    told = with_pictures(data_export(case, ".html", lambda uuids: {"chip": png_of()}))
    places = {"port": (2.0, 3.0), "firm": (4.0, 3.0)}
    shown = ExportedMap(png_of(), 8, 6, places, ("© A Provider (2024-04-12)",))
    return replace(told, map=shown, overlays=(frame("Port", "1985"), frame("Port", "2020-06-01")))
