"""A case with everything that may leave no house, each under a word of its own, and words that must be printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from shapely.geometry import LineString, Point

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.placing.nudge import Nudge
from layers.document.rows import (
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comment,
    MetaEntry,
    Product,
    Response,
    ResponseClaim,
)
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.product.spec import Override, overrides_json
from layers.project.opening.case_process import CaseInline
from layers.project.saving import case_copy
from layers.project.saving.publish import publish, write_case
from tests.support.cases.addresses import ADDRESSES
from tests.support.readers.tiny_rasters import write_raster

PLANTED: Mapping[str, str] = {
    "login name": "quistwil",
    "machine name": "vulpes-desk-7",
    "folder": "quagga-folder",
    "typed speaker": "Wilhelmina Quist",
    "title of an internal source": "okapi-cable",
    "address of an internal source": "okapi-drive",
    "excerpt of an internal source": "okapi-words",
    "words of an internal source": "okapi-quote",
    "draft mark": "zebrafinch-pad",
    "draft measurement": "zebrafinch-length",
    "draft judgement": "zebrafinch-verdict",
    "marked higher": "axolotl-site",
    "comment": "numbat-remark",
    "note": "numbat-note",
    "reason": "numbat-reason",
    "deleted": "thylacine",
    "history": "wombat-actor",
}
PRINTED = ("nobody says who shipped it", "A published report", "the pad is wide", "Reviewed pad")
MARKING = "TLP:GREEN"
FAR = Point(-150.5, -60.5)
"""The place of the draft mark, far from all that is shown."""
FRAME = Bounds(9.0, 49.0, 12.0, 52.0)


def stamps() -> dict[str, str]:
    return {"created_by": PLANTED["login name"], "modified_by": PLANTED["login name"]}


def planted(addresses: Iterable[str] = ()) -> Document:
    """The case; each of `addresses` is that of a source of a claim."""
    folder = f"/srv/{PLANTED['folder']}"
    reviewed = {"status": "reviewed", "reviewed_by": PLANTED["login name"], **stamps()}
    nudge = Nudge(12.0, 3.0, 10.0, 50.0, PLANTED["login name"], "2024-04-12T08:00:00Z")
    return Document(
        {
            "sites": _sites(folder, reviewed, nudge),
            "claims": _claims(folder, reviewed),
            "claim_sites": [
                ClaimSite(uuid=f"cs-{claim}", claim_uuid=claim, site_uuid="pad", **stamps())
                for claim in ("report", "limits", "own", "verdict")
            ],
            "sources": [*_sources(), *(_cited(at, address) for at, address in enumerate(addresses))],
            "claim_evidence": [
                ClaimEvidence(uuid="own-seen", claim_uuid="own", evidence_table="site_point", evidence_uuid="pad")
            ],
            "claim_sources": [
                ClaimSource(uuid="q1", claim_uuid="report", source_uuid="public", quote="the pad is wide", **stamps()),
                ClaimSource(
                    uuid="q2",
                    claim_uuid="report",
                    source_uuid="red",
                    quote=PLANTED["words of an internal source"],
                    **stamps(),
                ),
                ClaimSource(uuid="q3", claim_uuid="verdict", source_uuid="public", **stamps()),
                ClaimSource(uuid="q4", claim_uuid="limits", source_uuid="public", **stamps()),
                *(ClaimSource(uuid=f"a{at}", claim_uuid="own", source_uuid=f"s{at}") for at, _ in enumerate(addresses)),
            ],
            "responses": [Response(uuid="r", speaker="The firm", words="No.", notes=PLANTED["note"], **stamps())],
            "response_claims": [ResponseClaim(uuid="rc", response_uuid="r", claim_uuid="report", **stamps())],
            "layers": [
                Layer(
                    uuid="scene",
                    kind="raster",
                    name=f"{folder}/scene.tif",
                    source_json=json.dumps({"path": "scene.tif"}),
                    credit=f"© A Provider, {folder}/credits.txt",
                    nudge_json=nudge.to_json(),
                    **stamps(),
                )
            ],
            "images": [_image(folder, nudge)],
            "observations": [
                Observation(
                    uuid="o",
                    site_uuid="pad",
                    image_uuid="image",
                    presence="present",
                    words=PLANTED["note"],
                    observer=PLANTED["typed speaker"],
                    **stamps(),
                )
            ],
            "chips": [
                Chip(uuid="chip", content_type="image/png", site_uuid="pad", layer_title=f"{folder}/a.tif", **stamps())
            ],
            "comments": [Comment(uuid="comment", target_uuid="report", body=PLANTED["comment"], **stamps())],
            "products": [
                Product(
                    uuid="product",
                    name="Kept",
                    issued_by=PLANTED["login name"],
                    overrides_json=overrides_json(
                        [Override("title", "the title", PLANTED["reason"], PLANTED["login name"])]
                    ),
                    **stamps(),
                )
            ],
            "meta": [
                MetaEntry(uuid="title", value=f"Pads of {folder}/case.gpkg"),
                MetaEntry(uuid="subtitle", value=f"From //{PLANTED['machine name']}/share/x/notes.txt"),
                MetaEntry(uuid="author", value=PLANTED["typed speaker"]),
                MetaEntry(uuid="summary", value=PLANTED["note"]),
            ],
        }
    )


def _sites(folder: str, reviewed: dict[str, str], nudge: Nudge) -> list[Site]:
    red = PLANTED["title of an internal source"]
    return [
        Site(
            uuid="pad",
            geometry=Point(10.5, 50.5),
            label=f"Reviewed pad ({folder}/pad.shp)",
            class_code="launch_site",
            position_error_m=40.0,
            position_basis=f"read off \\\\{PLANTED['machine name']}\\share\\x\\scene.tif; {nudge.words}",
            position_source_uuid="red",
            image_uuid="image",
            notes=PLANTED["note"],
            **reviewed,
        ),
        Site(
            uuid="line",
            geometry=LineString([(10.2, 50.2), (10.8, 50.7)]),
            label="Track",
            class_code="rail",
            position_basis=f"placed by hand on the map; was: estimate, source “{red}”",
            **reviewed,
        ),
        Site(uuid="draft", geometry=FAR, label=PLANTED["draft mark"], class_code="depot", **stamps()),
        Site(
            uuid="measured",
            geometry=LineString([(10.3, 50.3), (10.4, 50.3)]),
            label=PLANTED["draft measurement"],
            mark_kind="measurement",
            **stamps(),
        ),
        Site(uuid="higher", geometry=Point(10.6, 50.6), label=PLANTED["marked higher"], marking="TLP:RED", **reviewed),
    ]


def _claims(folder: str, reviewed: dict[str, str]) -> list[Claim]:
    return [
        Claim(
            uuid="report",
            statement="An official says that the pad is wide",
            source_wording="the pad is wide",
            made_by="An official",
            steps_json=json.dumps({"steps": [{"what": f"Compared with {folder}/notes.txt"}]}),
            **reviewed,
        ),
        Claim(
            uuid="limits",
            statement="It is said to be in use; nobody says who shipped it",
            source_wording="it is in use",
            made_by="Two officials",
            place_note=f"no place, see {folder}/list.txt",
            **stamps(),
        ),
        Claim(
            uuid="own",
            statement="The pad was widened",
            voice="analyst",
            state="assessed",
            made_by=PLANTED["typed speaker"],
            likelihood_term="likely",
            likelihood_low=55,
            likelihood_high=80,
            confidence="low",
            confidence_reason=f"one image, file:///C:/Users/{PLANTED['login name']}/scene.tif",
            **reviewed,
        ),
        Claim(
            uuid="verdict",
            statement=PLANTED["draft judgement"],
            source_wording=PLANTED["draft judgement"],
            voice="analyst",
            made_by=PLANTED["typed speaker"],
            **stamps(),
        ),
    ]


def _sources() -> list[Source]:
    return [
        Source(
            uuid="public",
            title="A published report",
            publisher="The Press",
            url=ADDRESSES[20],
            excerpt=PLANTED["note"],
            descriptor=PLANTED["note"],
            **stamps(),
        ),
        Source(
            uuid="red",
            title=PLANTED["title of an internal source"],
            url=f"file://{PLANTED['address of an internal source']}/share/cable.pdf",
            excerpt=PLANTED["excerpt of an internal source"],
            marking="TLP:RED",
            **stamps(),
        ),
    ]


def _cited(at: int, address: str) -> Source:
    return Source(uuid=f"s{at}", title=f"Source {at}", url=address, accessed_at="2024-04-12")


def _image(folder: str, nudge: Nudge) -> Image:
    return Image(
        uuid="image",
        image_key=f"service:{folder}/service@2024",
        layer_uuid="scene",
        layer_title=f"{folder}/scene.tif",
        product_id=f"{folder}/S2A.SAFE",
        service=f"{folder}/service",
        acquired_at="2024-04-12",
        date_kind="instant",
        date_basis="metadata",
        placement_note=nudge.words,
        credit="© A Provider",
        **stamps(),
    )


def saved_planted(folder: Path, addresses: Iterable[str] = ()) -> Path:
    """The case in a file, with its image beside it, a history of somebody, and a name that was deleted again."""
    home = folder / PLANTED["folder"]
    home.mkdir()
    y, x = np.mgrid[0:64, 0:64]
    values = np.stack((60 + x, 60 + y, np.full_like(x, 90))).astype(np.uint8)
    write_raster(home / "scene.tif", values, "EPSG:4326", FRAME, photometric="RGB")
    path = home / f"{PLANTED['note']}.gpkg"
    write_case(planted(addresses), path, blobs={})
    intake, work, _home = case_copy.open_for_work(folder / "sessions", path, asks=CaseInline())
    try:
        pad = intake.document.sites["pad"]
        named = replace(pad, label=f"Pad of {PLANTED['deleted']}", rev=pad.rev + 1)
        gone = Comment(uuid="gone", target_uuid="pad", body=PLANTED["deleted"])
        work.append(Edit("Rename", (Change("sites", pad, named),)), PLANTED["history"])
        work.append(Edit("Rename", (Change("sites", named, replace(pad, rev=named.rev + 1)),)), PLANTED["history"])
        work.append(Edit("Say", (Change("comments", None, gone),)), PLANTED["history"])
        work.append(Edit("Unsay", (Change("comments", gone, None),)), PLANTED["history"])
        publish(work, path)
    finally:
        work.close()
    return path
