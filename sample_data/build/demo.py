"""Build sample_data/demo.gpkg from the facts and the pictures that are shipped: the same bytes of meaning every time.

uv run python -m sample_data.build.demo
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from shapely.geometry import LineString, Point

import sample_data
from layers.document.alias import Alias
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, ClaimSource, MetaEntry, Response, Row
from layers.document.site import Site
from layers.document.source import Source
from layers.project.saving.publish import write_case
from sample_data.build import facts

NAMESPACE = uuid.UUID("5c1f2f0e-6a0b-4f7e-9d0a-6c6f75706521")
STAMP = {"created_at": "2026-11-24T00:00:00Z", "created_by": "Geoloupe demo"}
OURS = "S1 (see claims.md)"
UNSOURCED = "general knowledge (from memory)"
META = {
    "title": "What was reported: China and Russia, April 2024",
    "subtitle": "Claims as one news report carries them, with the answers, beside public infrastructure",
    "author": "Geoloupe demo",
    "project_note": (
        "No open scene over Russia, China or Kazakhstan was found in any package, so this case has none; another place "
        "is not dressed up as one. Launch sites, ground stations, crossings, railways and pipelines are the setting: "
        "public infrastructure with its own citation, none of it named in S1. The five firms are named in a claim."
    ),
    "viewport": '{"crs": "EPSG:3857", "bounds_lonlat": [28.0, 12.0, 180.0, 71.0]}',
}


def identity(*words: object) -> str:
    """The same uuid for the same words, in every build."""
    return str(uuid.uuid5(NAMESPACE, "/".join(str(word) for word in words)))


def build() -> Document:
    """The demo case in memory."""
    told = facts.load()
    rows: dict[str, list[Row]] = {
        "meta": [MetaEntry(uuid=key, value=value, **STAMP) for key, value in META.items()],
        "layers": list(_layers()),
        "sources": [_source(told)],
        "sites": [],
        "claims": [],
        "claim_sites": [],
        "claim_sources": [],
        "responses": [],
    }
    rows["meta"].append(MetaEntry(uuid="context", value="\n".join(c.words for c in told.context), **STAMP))
    cited: dict[str, str] = {}
    for facility in told.facilities:
        rows["sites"].append(_facility(facility, _citation(facility.source, cited, rows)))
    for route in told.routes:
        rows["sites"].append(_route(route, _citation(route.source, cited, rows)))
    for claim in told.claims:
        _add_claim(claim, rows)
    for answer in told.responses:
        rows["responses"].append(
            Response(
                uuid=identity("response", answer.id),
                speaker=answer.speaker,
                words=answer.words,
                words_kind=answer.words_kind,
                source_uuid=identity("source", "S1"),
                notes=f"answers {answer.answers}",
                **STAMP,
            )
        )
    return Document(rows)  # type: ignore[arg-type]


def _layers() -> list[Layer]:
    credit_of = sample_data.credits()

    def layer(name: str, kind: str, order: float, *, visible: bool = True, style: str = "") -> Layer:
        credit = credit_of[name]
        return Layer(
            uuid=identity("layer", name),
            kind=kind,
            name=credit.title,
            order_key=order,
            visible=visible,
            source_json=f'{{"shipped": "{name}"}}',
            style_json=style,
            credit=credit.credit,
            acquired_at="",
            date_kind=credit.date_kind,
            **STAMP,
        )

    return [
        layer("blue_marble.tif", "raster", 1.0),
        layer("night_lights.tif", "raster", 2.0, visible=False),
        layer("coast.geojson", "vector", 3.0, style='{"stroke_color": "#e8f1f5", "stroke_width_px": 0.8}'),
    ]


def _source(told: facts.Facts) -> Source:
    s1 = told.source
    caveats = " ".join(
        ("Claims " + ", ".join(map(str, caveat.claims)) + ": " if caveat.claims else "") + caveat.text
        for caveat in told.caveats
    )
    return Source(
        uuid=identity("source", "S1"),
        kind=s1.kind,
        title=s1.title,
        publisher=s1.publisher,
        author=s1.author,
        published_at=s1.published_at,
        accessed_at=s1.accessed_at,
        url=s1.url,
        descriptor=f"{s1.descriptor} {caveats}",
        excerpt="\n".join(context.words for context in told.context),
        context=s1.context,
        **STAMP,
    )


def _citation(text: str, cited: dict[str, str], rows: dict[str, list[Row]]) -> str:
    """The uuid of the source a place is from; empty where the place is ours or from memory."""
    if text.startswith(OURS) or text == UNSOURCED or text == "from memory":
        return ""
    if text not in cited:
        cited[text] = identity("source", text)
        descriptor = "Cited for the place of a site of the setting. No address and no date of access are recorded."
        rows["sources"].append(Source(uuid=cited[text], kind="other", title=text, descriptor=descriptor, **STAMP))
    return cited[text]


def _facility(facility: facts.Facility, source_uuid: str) -> Site:
    notes = [facility.remark, facility.source.replace(" (see claims.md)", "") if not source_uuid else ""]
    return Site(
        uuid=identity("site", facility.name),
        geometry=Point(facility.lon, facility.lat),
        label=facility.name,
        class_code=facility.kind,
        role=facility.role,
        aliases=tuple(Alias(language, name, is_ours=True) for language, name in facility.aliases.items()),
        identity_note=facility.identity_note,
        location_country=facility.location_country,
        operator_country=facility.operator_country,
        position_error_m=facility.position_error_m,
        position_basis=facility.position_basis,
        position_source_uuid=source_uuid,
        notes="\n".join(note for note in notes if note),
        lifecycle=facility.lifecycle,
        lifecycle_as_of=facility.lifecycle_as_of,
        lifecycle_source_uuid=source_uuid if facility.lifecycle else "",
        **STAMP,
    )


def _route(route: facts.Route, source_uuid: str) -> Site:
    notes = "Waypoints: " + " > ".join(route.waypoints) + f"\nSource: {route.source}"
    return Site(
        uuid=identity("route", route.name),
        geometry=LineString(route.line),
        label=route.name,
        class_code=route.kind,
        role="setting",
        position_basis=route.precision,
        position_source_uuid=source_uuid,
        notes=notes,
        **STAMP,
    )


def _add_claim(claim: facts.Claim, rows: dict[str, list[Row]]) -> None:
    mine = identity("claim", claim.number)
    rows["claims"].append(
        Claim(
            uuid=mine,
            statement=claim.statement,
            source_wording=claim.source_wording,
            words_kind=claim.words_kind,
            made_by=claim.made_by,
            voice=claim.voice,
            state=claim.state,
            place_note=claim.place_note,
            **STAMP,
        )
    )
    rows["claim_sources"].append(
        ClaimSource(
            uuid=identity("claim source", claim.number),
            claim_uuid=mine,
            source_uuid=identity("source", "S1"),
            quote=claim.source_wording,
            page="",
            **STAMP,
        )
    )
    for place in claim.places:
        link = identity("claim site", claim.number, place)
        rows["claim_sites"].append(ClaimSite(uuid=link, claim_uuid=mine, site_uuid=identity("site", place), **STAMP))


def main() -> int:
    """Write the case beside the other sample data."""
    target = Path(sample_data.__file__).parent / "demo.gpkg"
    target.unlink(missing_ok=True)
    write_case(build(), target)
    print(f"{target}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
