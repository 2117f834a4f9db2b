"""The report of `geoloupe validate` on a case that the intake has read: format, integrity, spatial index, links, files
of its layers, and the rules of the trade. What is judged before a case is opened stands in `intake`.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from layers.document.alias import sources_of
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.observation import target_key
from layers.document.rows import ClaimEvidence
from layers.document.vocabulary import EVIDENCE_TABLES, LIKELIHOOD_TERMS, UNDATED, LikelihoodTerm
from layers.errors import CaseDamaged
from layers.geo.antimeridian import at_home
from layers.phrase import Phrase
from layers.project.opening.case_bytes import changed_bytes
from layers.project.opening.case_file import damaged
from layers.project.opening.case_paths import link_out
from layers.project.opening.case_process import Asks, ended_by_refusal
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.intake import EDITED_SENTENCE, UNKNOWN_SENTENCE, Intake, take_rows
from layers.project.opening.layer_paths import LayerFile, Reach, described, places_of
from layers.project.storage.integrity import Integrity
from layers.project.storage.save_errors import shown
from layers.project.storage.schema import APPLICATION_ID, USER_VERSION
from layers.project.storage.sqlite_file import Header, check_sqlite, side_files
from layers.project.storage.tables import BY_NAME, SITE_SPECS
from layers.text.counted import counted
from layers.time.dates import is_date_or_interval, is_exact

_NAMES = ("label", "title", "statement", "source_wording", "words", "name", "event")
"""Columns that name a row for a person."""

type Severity = Literal["error", "warning", "note"]


class Irregularity(Struct, frozen=True):
    """One thing that is not as it should be."""

    code: str
    sentence: str
    severity: Severity = "warning"


def validate(path: Path, asks: Asks | None = None) -> list[Irregularity]:
    """All findings about a case, the gravest first.

    Raises FileMissing, NotAFile, NotAllowed, CaseInUse, CaseTooNew, and UnsupportedFormat for what is no case.
    """
    with ended_by_refusal(asks):
        header = check_sqlite(path)
    try:
        with CaseReader.open(path, asks=asks) as reader:
            intake = take_rows(path, reader, accept_damage=True).judged()
            findings = [*_integrity(path, intake), *_bytes(reader, intake.document)]
            if intake.integrity is Integrity.DAMAGED:
                return findings
            findings += [*_format(path, header), *_index(reader, intake)]
    except CaseDamaged as error:
        return [Irregularity("damaged", error.sentence, "error")]
    sentences = {finding.sentence for finding in findings}
    findings += [Irregularity("value", problem) for problem in intake.problems if problem not in sentences]
    findings += [
        *_links(intake.document),
        *_evidence(intake.document),
        *_observations(intake.document),
        *_places(intake.document),
        *_trade(intake.document),
        *_dates(intake.document),
        *_layer_files(path, intake.document),
    ]
    order: tuple[Severity, ...] = ("error", "warning", "note")
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _format(path: Path, header: Header) -> Iterator[Irregularity]:
    if header.application_id != APPLICATION_ID:
        yield Irregularity(
            "application_id", Phrase("The file does not say that it is a GeoPackage (application_id)."), "error"
        )
    if header.user_version != USER_VERSION:
        yield Irregularity(
            "user_version", Phrase("The file does not say GeoPackage 1.4 (user_version 10400)."), "error"
        )
    if header.is_wal:
        yield Irregularity("wal", Phrase("The file is in WAL mode: it cannot travel. Open and save it once."))
    for side in side_files(path):
        if not side.name.endswith("-shm"):
            yield Irregularity(
                "side_file",
                Phrase("“{side}” stands beside the case: another program has it open or crashed.", side=shown(side)),
            )


def _integrity(path: Path, intake: Intake) -> Iterator[Irregularity]:
    match intake.integrity:
        case Integrity.DAMAGED:
            yield Irregularity("damaged", damaged(path, Phrase("its bytes are not what was saved")).sentence, "error")
        case Integrity.UNKNOWN:
            yield Irregularity("integrity", UNKNOWN_SENTENCE, "note")
        case Integrity.EDITED:
            yield Irregularity("edited", EDITED_SENTENCE, "note")


def _bytes(reader: CaseReader, document: Document) -> Iterator[Irregularity]:
    """Compare the bytes of chips and kept files with their hashes: a single changed byte is found and named."""
    for changed in changed_bytes(reader):
        what = Phrase("image chip") if changed.table == "chips" else Phrase("kept file")
        name = changed.name or _chip_name(document, changed.uuid) or changed.uuid
        about = Phrase("The {what} “{name}”", what=what, name=_short(name))
        sentence = (
            Phrase("{about} has lost its bytes: only its row is left.", about=about)
            if changed.is_missing
            else Phrase("{about} was changed: its bytes are not those that were kept.", about=about)
        )
        yield Irregularity("changed_bytes", Phrase("{sentence_} Take it from a backup.", sentence_=sentence), "error")


def _chip_name(document: Document, uuid: str) -> str:
    """A chip without a caption by its image, its size and its site; empty for what is no chip."""
    chip = document.chips.get(uuid)
    if chip is None:
        return ""
    site = document.sites.get(chip.site_uuid)
    size = f"{chip.width} x {chip.height} pixels" if chip.width and chip.height else ""
    return ", ".join(filter(None, (chip.layer_title, size, site.label if site is not None else "")))


def _index(reader: CaseReader, intake: Intake) -> Iterator[Irregularity]:
    """Compare the boxes of the spatial index with geometries; other validators do not notice a missing one."""
    filled = Counter(f"site_{site.kind}" for site in intake.document.sites.values())
    for spec in SITE_SPECS:
        boxes = reader.count_boxes(spec.rtree) if spec.name in reader.opened.tables else None
        if boxes is None:
            yield Irregularity(
                "rtree_missing", Phrase("The table {name} or its spatial index is missing.", name=spec.name), "error"
            )
        elif filled[spec.name] != boxes:
            sentence = Phrase(
                "{name} has {filled} geometries, its spatial index {boxes}.",
                name=spec.name,
                filled=filled[spec.name],
                boxes=boxes,
            )
            yield Irregularity(
                "rtree_count", Phrase("{sentence_} Save the case to rebuild it.", sentence_=sentence), "error"
            )


def _links(document: Document) -> Iterator[Irregularity]:
    sites, claims, sources = document.sites, document.claims, document.sources
    links = document.table
    for table, pairs in (
        ("claim_sites", (("claim_uuid", claims), ("site_uuid", sites))),
        ("claim_sources", (("claim_uuid", claims), ("source_uuid", sources))),
        ("response_claims", (("response_uuid", document.responses), ("claim_uuid", claims))),
        ("source_files", (("source_uuid", sources),)),
    ):
        lost = sum(
            any(getattr(row, column) not in known for column, known in pairs)
            for row in links(table).values()  # type: ignore[arg-type]
        )
        if lost:
            rows = counted(lost, "row of {table} leads", "rows of {table} lead", table=table)
            yield Irregularity("orphan_link", Phrase("{rows} to nothing that is in the case.", rows=rows))
    lost = sum(bool(chip.site_uuid) and chip.site_uuid not in sites for chip in document.chips.values())
    if lost:
        chips = counted(lost, "image chip belongs", "image chips belong")
        yield Irregularity("orphan_chip", Phrase("{chips} to a site that is not in the case.", chips=chips))


def _evidence(document: Document) -> Iterator[Irregularity]:
    """Find rows of evidence that name missing rows; an empty name is none."""
    named: tuple[tuple[Table, str, Table], ...] = (
        ("observations", "site_uuid", "sites"),
        ("observations", "image_uuid", "images"),
        ("observations", "chip_uuid", "chips"),
        ("observations", "compared_to_uuid", "images"),
        ("claim_evidence", "claim_uuid", "claims"),
        ("searches", "area_uuid", "sites"),
        ("searches", "image_uuid", "images"),
        ("chips", "image_uuid", "images"),
        ("sites", "image_uuid", "images"),
        ("sites", "parent_uuid", "sites"),
        ("sites", "lifecycle_source_uuid", "sources"),
        ("sources", "origin_uuid", "sources"),
        ("products", "previous_uuid", "products"),
        ("product_rows", "product_uuid", "products"),
        ("watch", "site_uuid", "sites"),
    )
    for table, column, other in named:
        known = document.table(other)
        uuids = (getattr(row, column) for row in document.table(table).values())
        lost = sum(bool(uuid) and uuid not in known for uuid in uuids)
        if lost:
            rows = counted(lost, "row of {table} names", "rows of {table} name", table=table)
            yield Irregularity(
                "orphan_evidence", Phrase("{rows} in {column} what is not in the case.", rows=rows, column=column)
            )
    rests = [row for row in document.table("claim_evidence").values() if isinstance(row, ClaimEvidence)]
    lost = sum(row.evidence_uuid not in document.table(_document_table(row.evidence_table)) for row in rests)
    if lost:
        rows = counted(lost, "claim rests", "claims rest")
        yield Irregularity("orphan_evidence", Phrase("{rows} on evidence that is not in the case.", rows=rows))
    own = sum(row.evidence_uuid == row.claim_uuid for row in rests)
    if own:
        rows = counted(own, "claim rests on itself", "claims rest on themselves")
        yield Irregularity("own_evidence", Phrase("{rows}.", rows=rows))
    named_by = (uuid for site in document.sites.values() for uuid in sources_of(site.aliases))
    lost = sum(uuid not in document.sources for uuid in named_by)
    if lost:
        names = counted(lost, "name of a site is", "names of sites are")
        yield Irregularity("orphan_evidence", Phrase("{names} from a source that is not in the case.", names=names))


def _document_table(name: str) -> Table:
    return BY_NAME[name].table if name in EVIDENCE_TABLES else "observations"


def _observations(document: Document) -> Iterator[Irregularity]:
    """Find observations that state more than a look at one image can show."""
    keys = {image.uuid: image.image_key for image in document.images.values()}
    looks = Counter(
        (row.site_uuid, keys.get(row.image_uuid, row.image_uuid), row.observer, target_key(row.target))
        for row in document.observations.values()
    )
    twice = sum(count > 1 for count in looks.values())
    if twice:
        rows = counted(twice, "site has", "sites have")
        yield Irregularity(
            "observation_twice",
            Phrase("{rows} more than one observation of one thing on one image by one observer.", rows=rows),
        )
    for row in document.observations.values():
        site = document.sites.get(row.site_uuid)
        about = (
            Phrase("An observation of “{label}”", label=_short(site.label))
            if site is not None and site.label
            else "An observation"
        )
        if row.presence == "absent" and row.view_quality != "clear":
            yield Irregularity("absent", Phrase("{about} says absent, but not that the view was clear.", about=about))
        if row.change in ("none seen", "changed") and not row.compared_to_uuid:
            yield Irregularity(
                "change", Phrase("{about} tells of a change, but not against which earlier image.", about=about)
            )


def _places(document: Document) -> Iterator[Irregularity]:
    for site in document.sites.values():
        if not site.geometry.is_empty and at_home(site.geometry) is not site.geometry:
            about = Phrase("The site “{label}”", label=_short(site.label)) if site.label else "A site"
            yield Irregularity(
                "longitude", Phrase("{about} has a longitude beyond 180 degrees. Place it anew.", about=about)
            )


def _trade(document: Document) -> Iterator[Irregularity]:
    for claim in document.claims.values():
        about = Phrase("The claim “{statement}”", statement=_short(claim.statement or claim.source_wording))
        judged = claim.likelihood_term or claim.likelihood_low is not None or claim.confidence
        if judged and claim.state != "assessed":
            yield Irregularity(
                "likelihood", Phrase("{about} has a likelihood or confidence, but is not assessed.", about=about)
            )
        low, high = claim.likelihood_low, claim.likelihood_high
        if (low is None) != (high is None) or (low is not None and high is not None and not 1 <= low <= high <= 99):
            yield Irregularity(
                "likelihood_band",
                Phrase("{about} has a likelihood band that is none (1 to 99 %, low to high).", about=about),
            )
    mixed = {term.row for term in _terms(document)}
    if len(mixed) > 1:
        yield Irregularity(
            "likelihood_rows", Phrase("The claims mix both rows of likelihood terms (likely, probable). Use one.")
        )


def _dates(document: Document) -> Iterator[Irregularity]:
    """Find texts that are no date, such as “yesterday”: forms refuse them, files may not."""
    tables: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
        ("claims", "claim", ("made_at",)),
        ("responses", "response", ("made_at",)),
        ("sources", "source", ("published_at", "accessed_at", "acquired_at")),
        ("source_files", "kept copy", ("collected_at",)),
        ("custody", "row of custody", ("at",)),
        ("sites", "site", ("observed_at", "valid_from", "valid_to", "lifecycle_as_of")),
    )
    for table, noun, columns in tables:
        for row in document.table(table).values():
            for column in columns:
                date = getattr(row, column)
                if not date or is_date_or_interval(date) or is_exact(date) or (noun == "source" and date == UNDATED):
                    continue
                named = next((text for name in _NAMES if (text := getattr(row, name, ""))), "")
                about = Phrase("The {noun} “{named}”", noun=noun, named=_short(named)) if named else f"A {noun}"
                yield Irregularity(
                    "date",
                    Phrase(
                        "{about} has “{date}” in {column}, which is no date.",
                        about=about,
                        date=_short(date),
                        column=column,
                    ),
                )


def _terms(document: Document) -> Iterator[LikelihoodTerm]:
    words = {claim.likelihood_term for claim in document.claims.values()}
    return (entry for entry in LIKELIHOOD_TERMS if entry.term in words)


def _layer_files(path: Path, document: Document) -> Iterator[Irregularity]:
    """Check the files of layers: one outside the case is named and not looked at, one beside it may be looked at."""
    folder = os.path.abspath(path.parent)
    for layer in document.layers.values():
        about = Phrase("The file of the layer “{name}”", name=_short(layer.name))
        for place in places_of(layer.source, folder):
            if place.reach is Reach.SHIPPED:
                continue
            if place.reach is Reach.ELSEWHERE and place.path:
                yield Irregularity("layer_path", f"{about} {described(place)}.", "note")
            elif place.reach is not Reach.BESIDE:
                yield Irregularity("layer_path", f"{about} {_short(described(place))}.")
            else:
                yield from _file_beside(about, place, folder)


def _file_beside(about: str, place: LayerFile, folder: str) -> Iterator[Irregularity]:
    target = link_out(place.path, folder)
    if target:
        yield Irregularity(
            "layer_path",
            Phrase(
                "{about} is a link that leads out of the case's folder, to {target}.",
                about=about,
                target=_short(target),
            ),
        )
        return
    try:
        mode = os.stat(place.path).st_mode
    except (OSError, ValueError):
        yield Irregularity("layer_missing", Phrase("{about} is missing: {text}.", about=about, text=_short(place.text)))
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        yield Irregularity(
            "layer_path",
            Phrase("{about} is a pipe or a device, which is never read: {text}.", about=about, text=_short(place.text)),
        )
    elif os.path.isabs(place.text):
        sentence = Phrase(
            "{about} is named by its whole path: save the case, so that both can move together.", about=about
        )
        yield Irregularity("layer_absolute", sentence, "note")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79] + "…"
