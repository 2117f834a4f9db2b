"""Columns are recognised by their names in six languages, and a plain date only where it can mean one thing."""

import pytest

from viewer.commands.tables.field_columns import guess_table_mapping


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (("Name", "Datum", "Bemerkung", "Quelle", "Land"), "label observed_at notes source location_country"),
        (("Ort", "Kategorie", "Zitat"), "label class_code source_wording"),
        (("Nom", "Date", "Remarques", "Pays", "Lien"), "label observed_at notes location_country source_url"),
        (("Nombre", "Fecha", "Descripción", "País"), "label observed_at notes location_country"),
        (("DESCRIPCION", "Pais", "título"), "notes location_country label"),
        (("Объект", "Дата", "Примечания"), "label observed_at notes"),
        (("名称", "日期", "备注", "来源"), "label observed_at notes source"),
        (("Date d'observation", "Veröffentlicht am"), "observed_at source_date"),
        (("accuracy (m)", "Site name"), "position_error_m label"),
    ],
)
def test_names_in_other_languages(names: tuple[str, ...], fields: str) -> None:
    mapping = guess_table_mapping(names)
    assert {column: field for field, column in mapping.items()} == dict(zip(names, fields.split(), strict=True))


def test_a_plain_date_is_left_open_beside_a_claim_and_beside_its_own_column() -> None:
    assert guess_table_mapping(["date", "claim"]) == {"statement": "claim"}
    assert guess_table_mapping(["date", "observed"]) == {"observed_at": "observed"}


def test_a_column_that_gives_the_place_names_nothing_else() -> None:
    assert guess_table_mapping(["Ort", "Titel"], ["Ort"]) == {"label": "Titel"}
