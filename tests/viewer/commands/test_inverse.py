"""The inverse of any command undoes exactly what it did to a case, links included."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import TABLES, Edit
from layers.document.vocabulary import LIKELIHOOD_TERMS, STATES
from viewer.commands import claims, layers, meta, responses, sites, sources

ROW_1 = [entry.term for entry in LIKELIHOOD_TERMS if entry.row == 1]


def _snapshot(document: Document) -> dict[str, Any]:
    tables: dict[str, Any] = {table: dict(document.table(table)) for table in TABLES}
    tables["links"] = {
        uuid: sorted(link.uuid for link in document.links.claim_to_sites(uuid) + document.links.claim_to_sources(uuid))
        for uuid in document.claims
    }
    return tables


def _a_case() -> Document:
    document = Document()
    for index in range(3):
        document.apply(sites.add_site(document, Point(index, index), actor="Li", uuid=f"site{index}"))
        document.apply(sources.add_source(document, actor="Li", uuid=f"source{index}"))
        document.apply(claims.add_claim(document, actor="Li", uuid=f"claim{index}", state="assessed"))
        document.apply(layers.add_layer(document, "raster", f"l{index}", {}, actor="Li", uuid=f"layer{index}"))
        document.apply(responses.add_response(document, "x", "no", actor="Li", uuid=f"response{index}"))
    return document


def _edits(document: Document, draw: st.DataObject) -> Edit:
    """One command, drawn with its arguments, that fits the case as it stands."""
    who: dict[str, Any] = {"actor": draw.draw(st.sampled_from(["Li", "Olga"])), "now": "2026-01-01T00:00:00Z"}

    def one(table: Any) -> str:
        return draw.draw(st.sampled_from(sorted(document.table(table))))

    choices = [lambda: meta.set_sites_visible(document, draw.draw(st.booleans()), **who)]
    if document.sites:
        choices += [
            lambda: sites.update_site(document, one("sites"), status=draw.draw(st.sampled_from(sites.STATUSES)), **who),
            lambda: sites.update_site(document, one("sites"), label=draw.draw(st.sampled_from("ab")), **who),
            lambda: sites.move_sites(document, {one("sites"): Point(draw.draw(st.integers(0, 9)), 1)}, **who),
            lambda: sites.delete_sites(document, [one("sites")], **who),
        ]
    if document.claims:
        choices += [
            lambda: claims.update_claim(document, one("claims"), state=draw.draw(st.sampled_from(STATES)), **who),
            lambda: claims.update_claim(
                document, one("claims"), state="assessed", likelihood_term=draw.draw(st.sampled_from(ROW_1)), **who
            ),
            lambda: claims.delete_claims(document, [one("claims")], **who),
        ]
    if document.claims and document.sites:
        choices.append(lambda: claims.link_claim_site(document, one("claims"), one("sites"), **who))
    if document.claims and document.sources:
        choices.append(lambda: claims.link_claim_source(document, one("claims"), one("sources"), **who))
    if document.sources:
        choices.append(lambda: sources.delete_sources(document, [one("sources")], **who))
    if document.responses and document.claims:
        choices.append(lambda: responses.set_response_claims(document, one("responses"), [one("claims")], **who))
        choices.append(lambda: responses.delete_responses(document, [one("responses")], **who))
    if document.layers:
        choices += [
            lambda: layers.move_layers(document, [one("layers")], draw.draw(st.integers(0, 3)), **who),
            lambda: layers.update_layer(document, one("layers"), opacity=draw.draw(st.sampled_from([0.0, 0.5])), **who),
            lambda: layers.remove_layers(document, [one("layers")], **who),
        ]
    return draw.draw(st.sampled_from(choices))()


@given(st.data(), st.integers(1, 12))
def test_f89_apply_then_inverse_gives_equal_tables(draw: st.DataObject, length: int) -> None:
    document = _a_case()
    start, done = _snapshot(document), []
    for _ in range(length):
        before = _snapshot(document)
        edit = _edits(document, draw)
        document.apply(edit)
        after = _snapshot(document)
        document.apply(edit.inverse())
        assert _snapshot(document) == before
        document.apply(edit)
        assert _snapshot(document) == after
        done.append(edit)
    for edit in reversed(done):
        document.apply(edit.inverse())
    assert _snapshot(document) == start
