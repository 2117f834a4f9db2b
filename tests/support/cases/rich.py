"""Documents to save and files to spoil."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from shapely.geometry import LineString, MultiPolygon, Point, box

from layers.document.alias import Alias
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.rows import (
    Bookmark,
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comment,
    Comparison,
    Custody,
    MetaEntry,
    Product,
    ProductRow,
    Response,
    ResponseClaim,
    SavedFilter,
    Seen,
    Template,
    Watch,
)
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.project.opening import intake
from layers.project.opening.case_process import CaseInline
from layers.project.opening.intake import Intake
from layers.project.saving import case_copy
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.judgements import ASSESSED_LIKELY

STAMPS = {
    "created_at": "2024-04-12T08:00:00Z",
    "created_by": "анна",
    "modified_at": "2024-04-13T08:00:00Z",
    "modified_by": "王",
    "rev": 3,
}

POINT = Site(
    uuid="site-point",
    geometry=Point(100.298, 40.961),
    class_code="launch_site",
    label="Jiuquan",
    role="setting",
    aliases=(("zh", "酒泉"), ("ru", "Цзюцюань")),
    notes="a <b>bold</b> note; DROP TABLE claims",
    location_country="CN",
    position_error_m=3000.0,
    position_basis="published coordinate of the site",
    stroke_width=1.5,
    **STAMPS,
)
LINE = Site(uuid="site-line", geometry=LineString([(60, 50), (70, 51), (80, 49)]), class_code="rail", label="Rail")
AREA = Site(uuid="site-area", geometry=box(10, 20, 11, 21), class_code="area", shape_json='{"kind":"rectangle"}')
PARTS = Site(
    uuid="site-parts",
    geometry=MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
    label="two parts",
    aliases=(Alias("en", "Both parts", source_uuid="source"), Alias("zh", "两部分", is_ours=True)),
    identity_note="the number of its parts is ours",
)
CLAIM = Claim(
    uuid="claim-1",
    statement="Something is so",
    source_wording="“it is so”",
    made_by="an official",
    confidence_reason="one source",
    **ASSESSED_LIKELY,
    marking="TLP:GREEN",
    words_kind="direct speech",
    alternatives="another cause",
    assumptions="the date is right",
    indicators="a second launch",
    change_note="new since",
    **STAMPS,
)
IMAGE = Image(
    uuid="image",
    image_key="product:S2A_MSIL2A_20240412",
    product_id="S2A_MSIL2A_20240412",
    acquired_at="2024-04-12T08:00:00Z",
    date_kind="instant",
    date_basis="metadata",
    gsd_m=10.0,
    **STAMPS,
)


def rich_document() -> Document:
    """Every table has a row, every kind of value occurs."""
    return Document(
        {
            "sites": [POINT, LINE, AREA, PARTS],
            "claims": [CLAIM, Claim(uuid="claim-2", statement="no place")],
            "claim_sites": [ClaimSite(uuid="cs", claim_uuid="claim-1", site_uuid="site-point", **STAMPS)],
            "sources": [
                Source(
                    uuid="source",
                    kind="news report",
                    title="A report",
                    reliability="F",
                    context="the other side of it",
                    evaluated=False,
                    machine_json='{"tool": "a translator", "checked_by": "王"}',
                    **STAMPS,
                )
            ],
            "source_files": [
                SourceFile(
                    uuid="file",
                    source_uuid="source",
                    name="a.html",
                    sha256="0",
                    copy_kind="evidentiary",
                    collected_at="2024-04-12T08:00:00Z",
                    collected_by="анна",
                    method="saved by the browser",
                    tool="a browser",
                    proof_json='{"stamp": "00"}',
                )
            ],
            "claim_sources": [
                ClaimSource(uuid="cq", claim_uuid="claim-1", source_uuid="source", credibility=6, page="2")
            ],
            "responses": [Response(uuid="answer", speaker="a speaker", words="no", words_kind="as reported", **STAMPS)],
            "response_claims": [ResponseClaim(uuid="rc", response_uuid="answer", claim_uuid="claim-1")],
            "chips": [
                Chip(
                    uuid="chip",
                    content_type="image/png",
                    site_uuid="site-area",
                    width=3,
                    niirs_rating=4.5,
                    kind="pixels",
                    image_uuid="image",
                    sha256="c0",
                    phash="00ff00ff00ff00ff",
                    machine_json='{"tool": "a sharpener"}',
                )
            ],
            "comments": [Comment(uuid="comment", target_uuid="claim-1", body="sure?", resolved=True)],
            "products": [
                Product(
                    uuid="product",
                    name="Map",
                    number="1",
                    version=2,
                    layout_json="{}",
                    state="withdrawn",
                    correction="the scale was wrong",
                )
            ],
            "layers": [
                Layer(
                    uuid="layer",
                    kind="raster",
                    name="Image",
                    order_key=1.5,
                    source_json='{"path": "a.tif"}',
                    visible=False,
                )
            ],
            "bookmarks": [Bookmark(uuid="mark", name="Here", viewport_json="{}", state_json="{}")],
            "images": [IMAGE],
            "observations": [
                Observation(
                    uuid="seen",
                    site_uuid="site-area",
                    image_uuid="image",
                    chip_uuid="chip",
                    presence="present",
                    change="first look",
                    count_low=2,
                    count_high=3,
                    view_quality="clear",
                    observer="анна",
                    target="the roof",
                    **STAMPS,
                )
            ],
            "searches": [
                Search(
                    uuid="search",
                    area_uuid="site-area",
                    image_uuid="image",
                    target_size_m=30.0,
                    result="none seen",
                    assessed_pct=82.5,
                    not_searched_pct=7.5,
                )
            ],
            "claim_evidence": [
                ClaimEvidence(
                    uuid="ce",
                    claim_uuid="claim-1",
                    evidence_table="observations",
                    evidence_uuid="seen",
                    bearing="supports",
                )
            ],
            "comparisons": [Comparison(uuid="comparison", name="Two days", spec_json="{}", order_key=2.0)],
            "templates": [Template(uuid="template", class_code="pad", name="Launch pad", hot_key="1")],
            "filters": [SavedFilter(uuid="filter", name="Drafts", target="sites", filter_json="{}")],
            "custody": [
                Custody(uuid="kept", table_name="source_files", row_uuid="file", event="kept", actor="анна", **STAMPS)
            ],
            "product_rows": [
                ProductRow(
                    uuid="printed", product_uuid="product", table_name="site_point", row_uuid="site-point", row_rev=3
                )
            ],
            "watch": [Watch(uuid="watch", site_uuid="site-point", place_key="catalogue", result_json='{"new": 0}')],
            "seen": [Seen(uuid="looked", table_name="claims", row_uuid="claim-1", row_rev=3, actor="王")],
            "meta": [MetaEntry(uuid="title", value="A case", **STAMPS), MetaEntry(uuid="marking", value="TLP:GREEN")],
        }
    )


BLOBS: dict[tuple[str, str] | tuple[str, str, str], bytes] = {
    ("source_files", "file"): b"\x00\xff",
    ("chips", "chip"): b"\x89PNG",
    ("chips", "chip", "thumbnail"): b"small",
    ("loupe_bookmarks", "mark", "thumbnail"): b"smaller",
}
"""The bytes that belong to rows of `rich_document`."""


def copied_alone(case: Path, parent: Path) -> Path:
    """A copy of a case in a folder of its own, where whatever comes to lie beside it is seen."""
    folder = parent / "case"
    folder.mkdir()
    return Path(shutil.copy(case, folder / "case.gpkg"))


def read_case(path: Path, *, accept_damage: bool = False) -> Intake:
    """`intake.read_case` in this process: most tests are not about the process."""
    return intake.read_case(path, accept_damage=accept_damage, asks=CaseInline())


def open_for_work(sessions: Path, path: Path, **options: Any) -> tuple[Intake, WorkingCopy]:
    """`case_copy.open_for_work` in this process."""
    intake, work, _home = case_copy.open_for_work(sessions, path, asks=CaseInline(), **options)
    return intake, work


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchone()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(path: Path, *statements: str) -> Iterator[None]:
    """Another program has the file open and has executed `statements`.

    In this process it would not do: POSIX drops a process's locks when it closes any descriptor of the file.
    """
    command = [sys.executable, "-c", _HOLD, str(path), *statements]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()


def state(document: Document) -> dict[str, dict[str, object]]:
    return {table: dict(document.table(table)) for table in TABLES}


def relabel(document: Document, label: str, uuid: str = "site-point") -> Edit:
    """An edit of one site, applied to the document already."""
    site = document.sites[uuid]
    edit = Edit("rename", (Change("sites", site, replace(site, label=label, rev=site.rev + 1)),))
    document.apply(edit)
    return edit


def leftovers(folder: Path) -> Iterable[str]:
    """Names of unfinished files."""
    return [path.name for path in folder.iterdir() if ".tmp-" in path.name]
