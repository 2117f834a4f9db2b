"""Recognises the columns that fill the fields of a site, its claim and its source, by their names in six languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from msgspec import Struct, field


def _names(text: str) -> tuple[str, ...]:
    """The names in a text that parts them by commas."""
    return tuple(text.split(", "))


COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "label": _names(
        "label, name, title, facility, station, name_en, site_name, bezeichnung, titel, standort, ort, "
        "nom, nom du site, libellé, intitulé, lieu, nombre, título, sitio, lugar, название, "
        "наименование, имя, объект, место, 名称, 名稱, 名字, 地名, 地点, 地點, 标题, site, place"
    ),
    "class_code": _names(
        "class_code, class, facility_type, kind, type, category, klasse, art, typ, kategorie, classe, "
        "catégorie, clase, tipo, categoría, класс, тип, вид, категория, 类型, 類型, 类别, 類別, 种类"
    ),
    "alias_zh": _names("alias_zh, name_zh, name:zh, zh, 中文名, 中文名称"),
    "alias_ru": _names("alias_ru, name_ru, name:ru, ru"),
    "alias_en": _names("alias_en, name_en, name:en, en, 英文名, 英文名称"),
    "notes": _names(
        "notes, note, remarks, remark, comment, comments, description, notiz, notizen, bemerkung, "
        "bemerkungen, anmerkung, anmerkungen, kommentar, beschreibung, remarque, remarques, commentaire, "
        "commentaires, notas, nota, observaciones, comentario, comentarios, descripción, примечание, "
        "примечания, комментарий, описание, заметки, 备注, 備註, 说明, 說明, 描述, 注释"
    ),
    "location_country": _names(
        "location_country, country, country_code, iso_a2, staat, land, pays, país, страна, 国家, 國家, 所在国"
    ),
    "operator_country": _names("operator_country, operator"),
    "position_error_m": _names(
        "position_error_m, error_m, accuracy_m, genauigkeit_m, précision_m, precisión_m, точность_м, 精度_米"
    ),
    "position_basis": _names("position_basis, basis"),
}
"""The names of columns from which each field of a site is guessed; the first that a table has counts."""
SOURCE_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "source": _names(
        "source, sources, citation, reference, quelle, quellen, beleg, référence, fuente, fuentes, "
        "referencia, источник, источники, 来源, 來源, 出处, 资料来源"
    ),
    "source_url": _names("source_url, url, link, href, weblink, lien, enlace, ссылка, 链接, 連結, 网址"),
}
"""The names of columns for the source that a row names itself."""
_CLAIM_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "statement": _names("statement, claim, aussage, behauptung, affirmation, afirmación, утверждение, 论断, 说法"),
    "source_wording": _names(
        "source_wording, wording, claim_wording, quote, quotation, wortlaut, zitat, cita, цитата, 原文, 引文"
    ),
    "made_by": _names("made_by, speaker, said_by, claimed_by, by whom, sprecher, portavoz, кто сказал, 发言人"),
    "made_at": _names("made_at, said_at, claim_date, claimed_at, gesagt am"),
}
_PLAIN_DATES = _names("date, datetime, timestamp, time, begin, datum, zeitpunkt, fecha, дата, 日期, 时间, 時間")
"""Names of a date that do not say of what: *begin* is that of a GPX track."""
TABLE_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    **COLUMN_NAMES,
    **SOURCE_COLUMN_NAMES,
    "source_publisher": _names(
        "source_publisher, publisher, herausgeber, verlag, éditeur, editorial, издатель, издание, 出版者, "
        "出版社, 发布者"
    ),
    "source_author": _names("source_author, author, autor, verfasser, auteur, автор, 作者"),
    "source_date": _names(
        "source_date, published_at, published, publication_date, veröffentlicht, veröffentlicht am, "
        "erschienen, date de publication, fecha de publicación, дата публикации, 发布日期, 出版日期"
    ),
    "role": _names("role"),
    "observed_at": _names(
        "observed_at, observed, date_observed, observation_date, when, gesehen am, beobachtet, "
        "beobachtet am, aufnahmedatum, date d'observation, observé le, fecha de observación, "
        "дата наблюдения, дата съёмки, 观测日期, 拍摄日期"
    ),
    **_CLAIM_COLUMN_NAMES,
}
"""The names of columns for each field of a site, its claim and its source."""
SITE_FIELDS, SOURCE_FIELDS = tuple(COLUMN_NAMES), tuple(SOURCE_COLUMN_NAMES)
_WORD = re.compile(r"[^\W_]+")


class SiteMapping(Struct, frozen=True):
    """The mapping of columns: `columns` is the column of each site field. Sites without a class column get
    `class_code`.

    With `lists_others` the attributes of no field are listed in the notes; all of them are kept in the site's
    properties either way.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    class_code: str = "other"
    lists_others: bool = True


def guess_mapping(
    names: Sequence[str], known: Mapping[str, tuple[str, ...]] = COLUMN_NAMES | SOURCE_COLUMN_NAMES
) -> dict[str, str]:
    """Column of each field, guessed from the columns' names; a column serves one field.

    Case, accents, spaces and signs do not count. `known`: names of columns by field, the first found counts.
    """
    folded = {_folded(name): name for name in reversed(names)}
    mapping: dict[str, str] = {}
    for each, candidates in known.items():
        for candidate in map(_folded, candidates):
            column = folded.get(candidate)
            if column is not None and column not in mapping.values():
                mapping[each] = column
                break
    return mapping


def guess_table_mapping(names: Sequence[str], placing: Sequence[str] = ()) -> dict[str, str]:
    """Column of each field of a site, its claim and its source.

    A date of nothing in particular is when the site was seen, unless rows make claims: there it could be the day of
    the words as well, and is left to a person. `placing`: columns that give the places of rows, and nothing else.
    """
    free = [name for name in names if name not in placing]
    mapping = guess_mapping(free, TABLE_COLUMN_NAMES)
    if not mapping.keys() & {"observed_at", "statement", "source_wording"}:
        left = [name for name in free if name not in mapping.values()]
        mapping |= guess_mapping(left, {"observed_at": _PLAIN_DATES})
    return mapping


def _folded(name: str) -> str:
    """The letters and digits of a name alone, without accents and case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(_WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter))))
