"""Words of columns in the names of edits, and of refusals of their values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import InvalidValue
from tests.support.cases.rich import read_case
from tests.support.made_up_language import english_in, spoken
from viewer.commands.claims import update_claim, update_claim_source
from viewer.commands.fields import column_word, field_words
from viewer.commands.layers import update_layer
from viewer.commands.responses import update_response
from viewer.commands.sources import update_source
from viewer.support.language.translation import in_language


@pytest.fixture
def demo() -> Document:
    return read_case(Path("sample_data/demo.gpkg")).document


@pytest.fixture
def speaking(qapp: QApplication) -> Iterator[None]:
    language = spoken()
    yield
    QCoreApplication.removeTranslator(language)


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("made_at", "made"),
        ("source_uuid", "source"),
        ("geometry_json", "geometry"),
        ("niirs_rating", "NIIRS rating"),
        ("at_json_uuid_kind", "at json uuid kind"),
    ],
)
def test_a_column_is_called_without_the_kind_of_its_value(column: str, word: str) -> None:
    assert column_word(column) == word
    assert field_words(["label", column, column], {}) == f"label and {word}"


def _changed(demo: Document, table: str, **fields: Any) -> Edit:
    update = {
        "claims": update_claim,
        "claim_sources": update_claim_source,
        "layers": update_layer,
        "responses": update_response,
        "sources": update_source,
    }[table]
    return update(demo, next(iter(demo.table(table))), actor="A", **fields)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        ("claims", {"place_note": "x", "made_by": "x"}),
        ("claim_sources", {"page": "3", "bearing": "supports"}),
        ("layers", {"provider": "x", "date_basis": "x"}),
        ("responses", {"made_at": "2024", "words": "x"}),
        ("sources", {"published_at": "2024", "machine_json": ""}),
    ],
)
def test_the_name_of_an_edit_is_in_the_language(
    demo: Document, speaking: None, table: str, fields: dict[str, Any]
) -> None:
    label = _changed(demo, table, **fields).label
    named = label.rpartition("“")[2] if "“" in label else ""
    assert english_in(in_language(label).replace(named, ""), frozenset()) == []


@pytest.mark.parametrize(
    ("table", "fields"),
    [("claim_sources", {"bearing": "x"}), ("responses", {"made_at": "x"}), ("sources", {"url": "x y"})],
)
def test_a_refused_value_is_named_in_the_language(
    demo: Document, speaking: None, table: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        _changed(demo, table, **fields)
    name = refused.value.sentence.values["name"]
    assert english_in(in_language(name), frozenset()) == []
