"""Excel workbooks of one sheet, written by hand: formats and all, as openpyxl and Excel write them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELS}">'
    f'<Relationship Id="rId1" Type="{_KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}">'
    f'<Relationship Id="rId1" Type="{_KIND}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_KIND}/styles" Target="styles.xml"/></Relationships>',
}


class Styled(NamedTuple):
    """A number in one of the formats of the workbook."""

    number: float
    style: int


def workbook(path: Path, rows: Sequence[Sequence[Any]], formats: Sequence[str] = (), is_1904: bool = False) -> Path:
    """Texts, numbers, truth values and `Styled` cells; None is no cell. Format n is that of style n + 1; of one that is
    a number the built-in format."""
    numbered = [(int(text) if text.isdigit() else 164 + at, text) for at, text in enumerate(formats)]
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{text}"/>' for number, text in numbered if number >= 164)
    styles = "".join(f'<xf numFmtId="{number}"/>' for number, _ in numbered)
    lines = "".join(
        f'<row r="{at}">{"".join(_cell(column, at, value) for column, value in enumerate(row))}</row>'
        for at, row in enumerate(rows, 1)
        if any(value is not None for value in row)
    )
    parts = _PARTS | {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_KIND}"><workbookPr date1904="{int(is_1904)}"/>'
        '<sheets><sheet name="S1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="9">{own}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def altered(path: Path, change: Callable[[str, str], str]) -> Path:
    """The workbook with the text of each part as `change` makes it of its name and text."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, change(name, text))
    return path


def _cell(column: int, row: int, value: Any) -> str:
    place = f'r="{chr(65 + column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Styled):
        return f'<c {place} s="{value.style}"><v>{value.number!r}</v></c>'
    return f"<c {place}><v>{value!r}</v></c>"
