"""Edits of what claims rest on: observations, chips, searches and sites of the case."""

from __future__ import annotations

from collections.abc import Collection

from layers.document.document import Document
from layers.document.edit import Change
from viewer.commands.stamps import delete


def without_evidence(document: Document, gone: Collection[str]) -> list[Change]:
    """The links that go with rows on which claims rest, when those are deleted."""
    links = [link for uuid in dict.fromkeys(gone) for link in document.claims_on_evidence(uuid)]
    return [delete("claim_evidence", link) for link in links]
