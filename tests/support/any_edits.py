"""Edits of any table of a case, drawn at random: by the program's commands where they exist, else of single rows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import Row
from viewer.commands.claims import add_claim, delete_claims, link_claim_site, link_claim_source, update_claim
from viewer.commands.filing.evidence import link_evidence, unlink_evidence
from viewer.commands.imagery.images import add_image
from viewer.commands.imagery.observations import delete_observations, record_observation
from viewer.commands.imagery.searches import delete_searches, record_search
from viewer.commands.layers import add_layer, remove_layers
from viewer.commands.meta import set_meta
from viewer.commands.responses import add_response, delete_responses, set_response_claims
from viewer.commands.sites import add_site, delete_sites, move_sites, update_site
from viewer.commands.sources import add_source, delete_sources

NOW = "2026-01-02T03:04:05Z"
WORDS = ("a pad", "площадка 1", "发射场", "two\nlines", "“quoted”", "DROP TABLE claims; --", "", "x" * 400, "🛰")
FREE_TEXT: dict[Table, str] = {
    "source_files": "method",
    "claim_sources": "quote",
    "claim_evidence": "note",
    "comments": "body",
    "products": "name",
    "bookmarks": "name",
    "comparisons": "name",
    "templates": "name",
    "filters": "name",
    "images": "placement_note",
    "watch": "place_key",
    "chips": "caption",
}
"""Column of free text of the tables whose rows are changed one by one."""
ALONE: tuple[Table, ...] = ("comments", "bookmarks", "comparisons", "templates", "filters", "watch", "seen")
"""Tables whose rows nothing else names: they come and go one by one."""
ADDED: tuple[Table, ...] = ("custody", "product_rows")
"""Tables whose rows are added only."""


class AnyEdits:
    """Draws edits that fit a case as it stands; the same seed draws the same ones.

    Rows that have no command of their own are drawn from one table after the other, from another one on with each
    seed: a few sequences touch every table.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._turns = dict.fromkeys(("change", "add", "remove"), 3 * seed)

    def draw(self, document: Document) -> Edit:
        """An edit of some table. Commands may refuse: then they raise GeoloupeError."""
        choices = [*self._of_marks(document), *self._of_claims(document), *self._of_images(document)]
        choices += [lambda: self._row_edit(document)] * 16
        return self.random.choice(choices)()

    # -- what is drawn --------------------------------------------------------------------------------------------

    @property
    def _words(self) -> str:
        return self.random.choice(WORDS)

    def _uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _one(self, document: Document, table: Table) -> str:
        """The uuid of some row; empty where there is none."""
        return self.random.choice([*document.table(table)] or [""])

    @property
    def _who(self) -> dict[str, Any]:
        return {"actor": self.random.choice(("Li", "Ольга")), "now": NOW}

    def _of_marks(self, document: Document) -> list[Callable[[], Edit]]:
        place = Point(self.random.uniform(-179, 179), self.random.uniform(-80, 80))
        site = self._one(document, "sites")
        return [
            lambda: add_site(document, place, label=self._words, uuid=self._uuid(), **self._who),
            lambda: update_site(document, site, notes=self._words, label=self._words, **self._who),
            lambda: move_sites(document, {site: place}, **self._who),
            lambda: delete_sites(document, [site], **self._who),
        ]

    def _of_claims(self, document: Document) -> list[Callable[[], Edit]]:
        claim, site = self._one(document, "claims"), self._one(document, "sites")
        source, answer = self._one(document, "sources"), self._one(document, "responses")
        seen = self._one(document, "observations")
        return [
            lambda: add_claim(document, statement=self._words, uuid=self._uuid(), **self._who),
            lambda: update_claim(document, claim, statement=self._words, **self._who),
            lambda: update_claim(
                document, claim, state="assessed", voice="analyst", likelihood_term="likely", **self._who
            ),
            lambda: delete_claims(document, [claim], **self._who),
            lambda: link_claim_site(document, claim, site, **self._who),
            lambda: link_claim_source(document, claim, source, **self._who),
            lambda: link_evidence(document, claim, "observations", seen, note=self._words, **self._who),
            lambda: unlink_evidence(document, claim, seen),
            lambda: add_source(document, title=self._words or "a title", uuid=self._uuid(), **self._who),
            lambda: delete_sources(document, [source], **self._who),
            lambda: add_response(document, self._words or "x", self._words, uuid=self._uuid(), **self._who),
            lambda: set_response_claims(document, answer, [claim], **self._who),
            lambda: delete_responses(document, [answer], **self._who),
        ]

    def _of_images(self, document: Document) -> list[Callable[[], Edit]]:
        site, image = self._one(document, "sites"), self._one(document, "images")
        seen, search = self._one(document, "observations"), self._one(document, "searches")
        day = f"20{self.random.randint(10, 25)}-0{self.random.randint(1, 9)}-11"
        facts = {"product_id": f"P{day}", "acquired_at": day, "date_kind": "instant"}
        presence = self.random.choice(
            ({"presence": "present", "count_low": 3}, {"presence": "absent", "view_quality": "clear"})
        )
        found = {"result": "none seen", "target_size_m": 30.0, "assessed_pct": 82.0}
        return [
            lambda: add_image(document, uuid=self._uuid(), **facts, **self._who),
            lambda: record_observation(
                document, site, image, uuid=self._uuid(), words=self._words, **presence, **self._who
            ),
            lambda: delete_observations(document, [seen], **self._who),
            lambda: record_search(document, uuid=self._uuid(), words=self._words, **found, **self._who),
            lambda: delete_searches(document, [search]),
            lambda: add_layer(
                document, "raster", self._words or "x", {"path": "/data/a.tif"}, uuid=self._uuid(), **self._who
            ),
            lambda: remove_layers(document, [self._one(document, "layers")], **self._who),
            lambda: set_meta(document, "title", self._words, **self._who),
        ]

    def _row_edit(self, document: Document) -> Edit:
        """Add, change or remove one row of a table without a command of its own."""
        kind = self.random.choice(("add", "change", "remove"))
        if kind == "change":
            table = self._next_table(kind, [table for table in FREE_TEXT if document.table(table)])
            row = document.table(table)[self._one(document, table)]
            changed = _revised(replace(row, **{FREE_TEXT[table]: self._words or "y"}))
            return Edit(f"Change {table}", (Change(table, row, changed),))
        table = self._next_table(kind, [t for t in (*ALONE, *(ADDED if kind == "add" else ())) if document.table(t)])
        row = document.table(table)[self._one(document, table)]
        if kind == "remove" and len(document.table(table)) > 1:
            return Edit(f"Remove {table}", (Change(table, row, None),))
        return Edit(f"Add {table}", (Change(table, None, replace(row, uuid=self._uuid())),))

    def _next_table(self, kind: str, tables: list[Table]) -> Table:
        self._turns[kind] += 1
        return tables[self._turns[kind] % len(tables)]


def _revised(row: Row) -> Row:
    return replace(row, rev=row.rev + 1, modified_at=NOW, modified_by="Li")
