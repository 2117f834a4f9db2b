"""The rows of a case that a product tells of, as a case of their own: all that is not named here is left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from layers.document.alias import origin_of, with_origin
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.marks.mark_shape import as_json, shape_of
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, MetaEntry, Response, ResponseClaim, Row
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import VIEW_QUALITIES, WHYS
from layers.product.content import ProductContent
from layers.product.publishing import Publishing

_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}", re.ASCII)
_SERVICE_KEY = "service:"


def subset_of(document: Document, content: ProductContent, chips: Mapping[str, str], marking: str = "") -> Document:
    """The marks, claims, answers, sources and images of a product, with the chips of these uuids.

    `chips` has for each the hash of its bytes as they are written. For a published product every row is made anew from
    the fields that readers may see; `marking` is the product's own. Comments, drafts and saved views are left out.
    """
    return Document(_Subset(document, content, chips, marking).rows())


class _Subset:
    def __init__(self, document: Document, content: ProductContent, chips: Mapping[str, str], marking: str) -> None:
        self._document, self._content, self._chip_hashes = document, content, chips
        self._publishing = Publishing(marking if content.is_published else None)
        self._sites = {site.uuid for site in content.sites} - content.withheld
        self._claims = {claim.uuid: claim for claim in content.claims}
        self._sources = {source.uuid: source for source in content.sources}
        self._responses = {response.uuid for response in content.responses}
        self._observations = {
            observation.uuid: observation
            for uuid in self._sites
            for observation in document.links.observations_of_site(uuid)
        }
        self._chips = {
            chip.uuid: chip
            for chip in document.chips.values()
            if chip.uuid in chips and chip.site_uuid in self._sites and self._publishing.admits_marked(chip)
        }
        self._images = {
            *(document.sites[uuid].image_uuid for uuid in self._sites),
            *(observation.image_uuid for observation in self._observations.values()),
            *(observation.compared_to_uuid for observation in self._observations.values()),
            *(chip.image_uuid for chip in self._chips.values()),
        } & document.images.keys()

    def rows(self) -> dict[Table, list[Row]]:
        document = self._document
        tables: dict[Table, list[Row]] = {
            "sites": [document.sites[uuid] for uuid in document.sites if uuid in self._sites],
            "claims": [document.claims[uuid] for uuid in self._claims],
            "sources": [document.sources[uuid] for uuid in self._sources],
            "responses": [document.responses[uuid] for uuid in document.responses if uuid in self._responses],
            "images": [document.images[uuid] for uuid in document.images if uuid in self._images],
            "observations": [
                replace(observation, chip_uuid=_if_in(self._chips, observation.chip_uuid))
                for observation in self._observations.values()
            ],
            "chips": [replace(chip, sha256=self._chip_hashes[uuid]) for uuid, chip in self._chips.items()],
            "claim_sites": list(self._links("claim_sites", claim_uuid=self._claims, site_uuid=self._sites)),
            "claim_sources": list(self._links("claim_sources", claim_uuid=self._claims, source_uuid=self._sources)),
            "response_claims": list(
                self._links("response_claims", claim_uuid=self._claims, response_uuid=self._responses)
            ),
            "claim_evidence": list(
                self._links(
                    "claim_evidence",
                    claim_uuid=self._claims,
                    evidence_uuid={*self._sites, *self._observations, *self._chips, *self._claims},
                )
            ),
            "meta": list(self._meta()),
        }
        if self._publishing.is_on:
            return {table: [self._bare(row) for row in rows] for table, rows in tables.items()}
        return {
            **tables,
            "layers": list(document.layers.values()),
            "templates": list(document.table("templates").values()),
        }

    def _links(self, table: Table, **ends: Collection[str]) -> Iterator[Row]:
        for row in self._document.table(table).values():
            if all(getattr(row, column) in uuids for column, uuids in ends.items()):
                yield row

    def _meta(self) -> Iterator[Row]:
        if not self._publishing.is_on:
            own = ("marking", "product_status", "correction")
            yield from (row for row in self._document.table("meta").values() if row.uuid not in own)
        elif self._content.title:
            yield MetaEntry(uuid="title", value=self._content.title)
        if self._content.marking:
            yield MetaEntry(uuid="marking", value=self._content.marking)
        for name, words in (("product_status", self._content.status), ("correction", self._content.correction)):
            if words:
                yield MetaEntry(uuid=name, value=words)

    # -- rows of a published one ----------------------------------------------------------------------------------

    def _bare(self, row: Row) -> Row:
        """The row made anew from the fields that readers may see."""
        match row:
            case Site():
                return self._site(row)
            case Claim():
                return self._claim(row)
            case Source():
                return self._source(row)
            case Image():
                return self._image(row)
            case Chip():
                return self._chip(row)
            case Observation():
                return self._observation(row)
            case Response():
                return Response(
                    uuid=row.uuid,
                    speaker=row.speaker,
                    words=row.words,
                    made_at=row.made_at,
                    source_uuid=_if_in(self._sources, row.source_uuid),
                    kind=row.kind,
                    words_kind=row.words_kind,
                )
            case ClaimSite():
                return ClaimSite(uuid=row.uuid, claim_uuid=row.claim_uuid, site_uuid=row.site_uuid)
            case ResponseClaim():
                return ResponseClaim(uuid=row.uuid, response_uuid=row.response_uuid, claim_uuid=row.claim_uuid)
            case ClaimSource():
                return ClaimSource(
                    uuid=row.uuid,
                    claim_uuid=row.claim_uuid,
                    source_uuid=row.source_uuid,
                    credibility=row.credibility,
                    page=self._publishing.words(row.page),
                    quote=row.quote,
                    bearing=row.bearing,
                )
            case ClaimEvidence():
                return ClaimEvidence(
                    uuid=row.uuid,
                    claim_uuid=row.claim_uuid,
                    evidence_table=row.evidence_table,
                    evidence_uuid=row.evidence_uuid,
                    bearing=row.bearing,
                )
            case MetaEntry():
                return MetaEntry(uuid=row.uuid, value=row.value)
        raise TypeError(type(row))

    def _site(self, site: Site) -> Site:
        shape = shape_of(site.shape_json)
        return Site(
            uuid=site.uuid,
            geometry=site.geometry,
            class_code=site.class_code,
            label=self._publishing.words(site.label),
            aliases=self._aliases(site),
            role=site.role,
            location_country=site.location_country,
            operator_country=site.operator_country,
            position_error_m=site.judged_error_m,
            position_basis=self._publishing.basis_of(self._document, site),
            position_source_uuid=_if_in(self._sources, site.position_source_uuid),
            status=site.status,
            observed_at=site.observed_at,
            valid_from=site.valid_from,
            valid_to=site.valid_to,
            shape_json="" if shape is None else as_json(shape),
            stroke_color=_colour(site.stroke_color),
            fill_color=_colour(site.fill_color),
            stroke_width=site.stroke_width,
            mark_kind=site.mark_kind,
            marking=site.marking,
            number=site.number,
            image_uuid=_if_in(self._images, site.image_uuid),
            pixel_m=site.pixel_m,
            base_or_top=site.base_or_top,
            parent_uuid=_if_in(self._sites, site.parent_uuid),
            lifecycle=site.lifecycle,
            lifecycle_as_of=site.lifecycle_as_of,
            lifecycle_source_uuid=_if_in(self._sources, site.lifecycle_source_uuid),
            identity_note=self._publishing.words(site.identity_note),
        )

    def _aliases(self, site: Site) -> tuple[tuple[str, str], ...]:
        """Its other names, with the sources of theirs that go along."""
        publishing = self._publishing
        named = (
            with_origin(language, publishing.words(name), _if_in(self._sources, uuid), is_ours=is_ours)
            for (language, name), (uuid, is_ours) in zip(site.aliases, map(origin_of, site.aliases), strict=True)
        )
        return tuple(named)

    def _claim(self, claim: Claim) -> Claim:
        """A claim in the words that the product has for it; judged only where it is assessed."""
        words = self._claims[claim.uuid]
        is_judged = words.is_judged
        return Claim(
            uuid=claim.uuid,
            statement=words.statement,
            source_wording=words.source_words,
            made_by=self._publishing.speaker_of(self._document, claim),
            made_at=claim.made_at,
            voice=claim.voice,
            state=claim.state,
            likelihood_term=claim.likelihood_term if is_judged else "",
            likelihood_low=claim.likelihood_low if is_judged else None,
            likelihood_high=claim.likelihood_high if is_judged else None,
            confidence=claim.confidence if is_judged else "",
            confidence_reason=words.reason,
            marking=claim.marking,
            status=claim.status,
            place_note=words.place_note,
            place_precision_m=claim.place_precision_m,
            words_kind=claim.words_kind,
        )

    def _source(self, source: Source) -> Source:
        words = self._sources[source.uuid]
        return Source(
            uuid=source.uuid,
            kind=source.kind,
            title=words.title,
            publisher=words.publisher,
            author=words.author,
            published_at=source.published_at,
            accessed_at=source.accessed_at,
            url=words.url,
            sensor=self._publishing.words(source.sensor),
            acquired_at=source.acquired_at,
            reliability=source.reliability,
            descriptor=words.descriptor,
            rights=words.rights,
            marking=source.marking,
            origin_uuid=_if_in(self._sources, source.origin_uuid),
            date_basis=self._publishing.words(source.date_basis),
            context=source.context,
        )

    def _image(self, image: Image) -> Image:
        publishing = self._publishing
        key = image.image_key
        return Image(
            uuid=image.uuid,
            image_key=f"{_SERVICE_KEY}{image.uuid}" if key.startswith(_SERVICE_KEY) else publishing.words(key),
            layer_title=publishing.words(image.layer_title),
            product_id=publishing.words(image.product_id),
            sha256=image.sha256,
            sensor=publishing.words(image.sensor),
            acquired_at=image.acquired_at,
            date_kind=image.date_kind,
            date_basis=publishing.words(image.date_basis),
            gsd_m=image.gsd_m,
            placement_note=publishing.words(image.placement_note),
            credit=publishing.words(image.credit),
            licence=publishing.words(image.licence),
            datum=image.datum,
        )

    def _chip(self, chip: Chip) -> Chip:
        publishing = self._publishing
        return Chip(
            uuid=chip.uuid,
            content_type=chip.content_type,
            site_uuid=chip.site_uuid,
            source_uuid=_if_in(self._sources, chip.source_uuid),
            layer_title=publishing.words(chip.layer_title),
            width=chip.width,
            height=chip.height,
            srs_id=chip.srs_id,
            acquired_at=chip.acquired_at,
            date_kind=chip.date_kind,
            credit=publishing.words(chip.credit),
            sha256=chip.sha256,
            caption=publishing.words(chip.caption),
            marking=chip.marking,
            kind=chip.kind,
            pair_uuid=_if_in(self._chips, chip.pair_uuid),
            image_uuid=_if_in(self._images, chip.image_uuid),
        )

    def _observation(self, seen: Observation) -> Observation:
        """An observation without the observer's name and own words, and without its target."""
        return Observation(
            uuid=seen.uuid,
            site_uuid=seen.site_uuid,
            image_uuid=seen.image_uuid,
            chip_uuid=_if_in(self._chips, seen.chip_uuid),
            presence=seen.presence,
            change=seen.change,
            change_kind=seen.change_kind,
            compared_to_uuid=seen.compared_to_uuid,
            count_low=seen.count_low,
            count_high=seen.count_high,
            view_quality=seen.view_quality if seen.view_quality in VIEW_QUALITIES else "",
            why=seen.why if seen.why in WHYS else "",
        )


def _colour(text: str) -> str:
    return text if _COLOUR.fullmatch(text) else ""


def _if_in(uuids: Collection[str], uuid: str) -> str:
    """The uuid of a row in the subset; empty for one that is not."""
    return uuid if uuid in uuids else ""
