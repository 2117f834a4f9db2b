"""Responses: what people answered to claims stands beside these and changes none of them."""

from __future__ import annotations

import pytest

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import Response
from layers.document.vocabulary import RESPONSE_KINDS
from viewer.commands.responses import add_response, delete_responses, set_response_claims, update_response


@pytest.mark.parametrize("kind", RESPONSE_KINDS)
def test_a_denial_is_a_record_and_changes_no_claim(kind: str) -> None:
    """A denial is an answer; whatever its kind, the claim's state, likelihood and confidence are as they were."""
    claim = Claim(
        uuid="c",
        statement="A dish was built",
        state="assessed",
        likelihood_term="likely",
        likelihood_low=55,
        likelihood_high=80,
        confidence="moderate",
    )
    document = Document({"claims": [claim, Claim(uuid="d", statement="x")]})
    said = {"speaker": "Roscosmos", "words": "There is no such dish.", "kind": kind}
    document.apply(add_response(document, **said, actor="Li", uuid="r", claim_uuids=["c"]))
    assert document.claims["c"] is claim
    document.apply(update_response(document, "r", actor="Li", words="None at all."))
    document.apply(set_response_claims(document, "r", ["c", "d"], actor="Li"))
    assert document.claims["c"] is claim
    (record,) = document.responses.values()
    assert isinstance(record, Response)
    assert (record.speaker, record.words, record.kind) == ("Roscosmos", "None at all.", kind)
    document.apply(delete_responses(document, ["r"], actor="Li"))
    assert document.claims["c"] is claim
    assert document.claims["d"] == Claim(uuid="d", statement="x")
