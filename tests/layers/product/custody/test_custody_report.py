"""The custody of a chip or kept copy, in order, on paper as in the case."""

from __future__ import annotations

import csv
import io

import pytest
from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Custody
from layers.document.source import Source, SourceFile
from layers.errors import InvalidValue, UnsupportedFormat
from layers.product.custody.custody_report import PastEvent, PastRow, custody_of, last_verified
from layers.product.custody.report_file import report_text
from viewer.commands.filing.custody import attach_copies, record_custody, record_verified, update_copy
from viewer.commands.imagery.chips import add_chips

SHA = "ab" * 32
CHIP = Chip(uuid="chip", content_type="image/png", sha256=SHA, layer_title="Sentinel-2, 12 April", caption="The pad")
COPY = SourceFile(uuid="file", source_uuid="", name="=1+1.pdf", content_type="application/pdf", sha256=SHA)


def handed_round() -> Document:
    """A case whose chip was taken, handed over, received and verified; the hand-over was written down last."""
    document = Document({"sources": [Source(uuid="s", title="A report")]})
    document.apply(add_chips(document, [CHIP], actor="Anna Lind", now="2026-11-30T08:00:00Z"))
    for kind, at, by, note in (
        ("received", "2026-12-02T07:30:00Z", "Ben Okoye", "from Anna Lind"),
        ("handed over", "2026-12-01T16:00:00Z", "Anna Lind", "to Ben Okoye, on a memory stick"),
    ):
        edit = record_custody(
            document, "chips", "chip", kind, actor="me", now="2026-12-03T09:00:00Z", at=at, by=by, note=note
        )
        document.apply(edit)
    document.apply(record_verified(document, [("chips", "chip", SHA)], actor="Ben Okoye", now="2026-12-03T10:00:00Z"))
    return document


def test_a_custody_report_of_a_chip_says_what_became_of_it_in_order() -> None:
    report = custody_of(handed_round(), "chips", "chip")
    assert [(line.event, line.by) for line in report.lines] == [
        ("taken", "Anna Lind"),
        ("handed over", "Anna Lind"),
        ("received", "Ben Okoye"),
        ("verified", "Ben Okoye"),
    ]
    assert report.is_sound
    assert report.summary == "Its hash was last verified on 3 December 2026, 10:00 UTC."
    text = report_text([report], ".txt")
    deeds = ("taken, by Anna", "handed over, by Anna", "received, by Ben", "verified, by Ben")
    places = [text.index(words) for words in deeds]
    assert places == sorted(places)
    assert "memory stick" in text
    assert SHA in text


def test_what_the_history_knows_of_a_chip_stands_among_its_events_in_order() -> None:
    past = PastRow(
        (
            PastEvent("undone", "2026-11-30T08:00:00Z", "Anna Lind"),
            PastEvent("redone", "2026-11-30T08:00:00Z", "Anna Lind"),
            PastEvent("deleted", "2026-12-04T09:00:00Z", "Ben Okoye", "blurred by haze"),
        ),
        name="The pad",
        sha256=SHA,
    )
    document = handed_round()
    deeds = ["taken", "undone", "redone", "handed over", "received", "verified", "deleted"]
    report = custody_of(document, "chips", "chip", past=past)
    assert [line.event for line in report.lines] == deeds
    document.apply(Edit("Delete", (Change("chips", document.chips["chip"], None),)))
    report = custody_of(document, "chips", "chip", past=past)
    assert report.title == "Custody of the deleted image chip “The pad”"
    assert ("SHA-256", SHA) in report.facts
    assert [line.event for line in report.lines] == deeds
    assert report.is_sound, "the hash of the deleted chip is known, so that its verification counts"
    text = report_text([report], ".txt")
    assert "deleted from the case, by Ben Okoye\n   blurred by haze" in text
    assert "1. 2026-11-30T08:00:00Z  taken" in text
    assert "2. 2026-11-30T08:00:00Z  taken out by Undo" in text
    assert not report.lines[1].result, "no hash was at stake"


def test_a_report_says_that_deletions_are_not_known_while_the_history_is_copied() -> None:
    report = custody_of(handed_round(), "chips", "chip", past=PastRow(is_whole=False))
    assert ("Deletions", "not known yet: the history of the case is still being copied") in report.facts


def test_a_recorded_hash_is_not_called_verified_and_a_composite_has_its_words() -> None:
    document = Document({"chips": [replace(CHIP, acquired_at="", date_kind="composite")]})
    taken = Custody(uuid="t", table_name="chips", row_uuid="chip", at="2026-12-01", event="taken", sha256=CHIP.sha256)
    document.apply(Edit("take", (Change("custody", None, taken),)))
    report = custody_of(document, "chips", "chip")
    assert report.summary == "Its hash was recorded, and its bytes were never compared with it since."
    assert report.lines[0].result == "hash recorded"
    assert dict(report.facts)["Acquired"] == "composite, date unknown"


def test_a_hash_that_differs_is_said_and_a_login_name_is_not() -> None:
    document = handed_round()
    edit = record_verified(document, [("chips", "chip", "cd" * 32)], actor="login", now="2026-12-04T10:00:00Z")
    document.apply(edit)
    report = custody_of(document, "chips", "chip", lambda who: "" if who == "login" else who)
    assert not report.is_sound
    assert report.lines[-1].matches is False
    html = report_text([report], ".html")
    assert "HASH DOES NOT MATCH" in html
    assert "login" not in html


def test_texts_of_the_case_are_no_code_in_a_report() -> None:
    document = handed_round()
    document.apply(attach_copies(document, "s", [COPY], actor="<b>me</b>", now="2026-12-01T08:00:00Z"))
    report = replace(custody_of(document, "source_files", "file"), title="=HYPERLINK(1)")
    assert "<b>me" not in report_text([report], ".html")
    rows = list(csv.reader(io.StringIO(report_text([report], ".csv"))))
    assert rows[1][0].startswith("'=")
    assert [row[2] for row in rows[1:]] == ["kept in the case"]
    with pytest.raises(UnsupportedFormat):
        report_text([report], ".exe")


def test_a_chip_of_an_older_case_says_that_its_first_event_is_from_its_stamp() -> None:
    stamped = replace(CHIP, created_at="2025-01-01T00:00:00Z", created_by="Anna Lind")
    (line,) = custody_of(Document({"chips": [stamped]}), "chips", "chip").lines
    assert (line.event, line.at, line.by) == ("taken", "2025-01-01T00:00:00Z", "Anna Lind")
    assert "no event was recorded" in line.note


def test_custody_of_a_deleted_chip_is_still_told() -> None:
    held = Custody(uuid="c", table_name="chips", row_uuid="gone", at="2026-01-01", event="taken", actor="Anna Lind")
    report = custody_of(Document({"custody": [held]}), "chips", "gone")
    assert "deleted image chip" in report.title
    assert len(report.lines) == 1


def test_copies_are_attached_once_with_their_first_event_and_only_words_on_them_change() -> None:
    document = Document({"sources": [Source(uuid="s", title="A report")]})
    document.apply(attach_copies(document, "s", [COPY], actor="Anna Lind", now="2026-12-01T08:00:00Z"))
    kept = document.table("source_files")["file"]
    assert isinstance(kept, SourceFile)
    assert (kept.copy_kind, kept.collected_at, kept.collected_by, kept.tool) == (
        "evidentiary",
        "2026-12-01T08:00:00Z",
        "Anna Lind",
        "Geoloupe",
    )
    with pytest.raises(InvalidValue, match="the same bytes"):
        attach_copies(document, "s", [replace(COPY, uuid="again")], actor="Anna Lind")
    with pytest.raises(InvalidValue, match="never change"):
        update_copy(document, "file", actor="Anna Lind", sha256="0")
    with pytest.raises(InvalidValue, match="to whom"):
        record_custody(document, "source_files", "file", "handed over", actor="Anna Lind")
    assert last_verified(document, "source_files", "file") is None
