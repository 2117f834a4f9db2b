"""The objects of a PDF as they are written, read again by qpdf."""

from __future__ import annotations

import re
import zlib
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader, apply_configuration
from pypdf.generic import DictionaryObject, IndirectObject

from tests.support.printed_pages import WORDS, one_map
from viewer.export.formats.metadata import xmp_packet
from viewer.export.formats.pdf import vectors
from viewer.export.formats.pdf_letters import name_fonts_by_content
from viewer.export.formats.pdf_objects import Moving, PdfObjects, entries, name, put, stream
from viewer.export.formats.pdf_pages import PdfGroup, PdfPage
from viewer.export.formats.pdf_parts import assembled
from viewer.export.printed import GroupKind

DIGITS = st.decimals(-(10**9), 10**9, allow_nan=False, places=12)


def written(pdf: PdfObjects, **more: Any) -> bytes:
    """The file of these objects, one empty page, and what its root holds besides."""
    pages = entries(Type=name("Pages"), Count=1)
    tree = pdf.add(pages)
    page = entries(Type=name("Page"), Parent=tree, MediaBox=[0, 0, 10, 10], Resources={})
    put(pages, Kids=[pdf.add(page)])
    out = BytesIO()
    pdf.write(out, pdf.add(entries(Type=name("Catalog"), Pages=tree, **more)), pdf.add(entries(Producer="Tests")))
    return out.getvalue()


@pytest.mark.bounded
@given(st.lists(st.text()), st.binary(), st.lists(DIGITS), st.lists(st.integers(-(2**31), 2**31 - 1)))
@example(["þÿ", "ÿþ", "ï»¿", "a\r\nb", "(\\)", "Гавань 港口 😀", "\x00\x18\x7f\xad€"], b"\r\n()<>\\", [], [])
def test_values_are_read_as_they_were_written(texts: list[str], raw: bytes, exact: list[Decimal], whole: list) -> None:
    data = written(PdfObjects(), Texts=texts, Raw=raw, Exact=exact, Whole=whole, Yes=True, No=False)
    with pikepdf.open(BytesIO(data)) as pdf:
        assert not pdf.check_pdf_syntax()
        root = pdf.Root
        assert [str(one) for one in root.Texts] == texts
        assert bytes(root.Raw) == raw
        assert [Decimal(one) for one in root.Exact] == exact
        assert [int(one) for one in root.Whole] == whole
        assert (root.Yes, root.No) == (True, False)


@pytest.mark.parametrize("count", [1, 99, 100, 101, 350])
def test_any_number_of_objects_is_packed(count: int) -> None:
    pdf = PdfObjects()
    held = [pdf.add(entries(Number=number, Words="the same words")) for number in range(count)]
    data = written(pdf, Held=held)
    assert b"the same words" not in data
    assert len(data) < 1_100 + 25 * count
    with pikepdf.open(BytesIO(data)) as read:
        assert not read.check_pdf_syntax()
        assert [int(one.Number) for one in read.Root.Held] == list(range(count))


def test_streams_are_packed_once_and_metadata_never() -> None:
    pdf, plain = PdfObjects(), b"0 0 1 1 re f " * 50
    packed = zlib.compress(plain, 9)
    told = {"Type": name("Metadata"), "Subtype": name("XML")}
    ways = [stream(plain), stream(packed, Filter=name("FlateDecode")), stream(plain, **told)]
    data = written(pdf, Ways=[pdf.add(one) for one in ways])
    with pikepdf.open(BytesIO(data)) as read:
        assert [one.read_bytes() for one in read.Root.Ways] == [plain] * 3
        first, second, third = (one.read_raw_bytes() for one in read.Root.Ways)
    assert len(first) < len(plain) / 5
    assert (second, third) == (packed, plain)


def test_the_identifier_is_that_of_the_content() -> None:
    found = []
    for words in ("a", "a", "b"):
        with pikepdf.open(BytesIO(written(PdfObjects(), T=words))) as read:
            first, second = (bytes(one) for one in read.trailer.ID)
        assert first == second
        assert len(first) == 16
        found.append(first)
    assert found[0] == found[1] != found[2]


def test_objects_of_another_pdf_are_moved_once_with_all_they_lead_to() -> None:
    source = pikepdf.new()
    shared = source.make_indirect(pikepdf.Dictionary(Sides=[1, Decimal("0.725490196"), pikepdf.Name.Odd]))
    shared.Itself = shared
    page = source.add_blank_page(page_size=(10, 10))
    page.obj.Resources = pikepdf.Dictionary(A=shared, B=shared, Bare=source.make_stream(b"as it is"))
    before = BytesIO()
    source.save(before, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    reader, pdf = PdfReader(before), PdfObjects()
    found = Moving(pdf).moved(reader.pages[0].raw_get("/Resources"))
    assert isinstance(found, DictionaryObject)
    assert isinstance(found.raw_get("/A"), IndirectObject)
    with pikepdf.open(BytesIO(written(pdf, Found=found))) as read:
        assert not read.check_pdf_syntax()
        kept = read.Root.Found
        assert kept.A.objgen == kept.B.objgen == kept.A.Itself.objgen
        assert list(kept.A.Sides) == [1, Decimal("0.725490196"), pikepdf.Name.Odd]
        assert kept.Bare.read_bytes() == b"as it is"


def painted_page() -> PdfPage:
    printed = one_map()
    group = next(one for one in printed.groups(0) if one.kind is not GroupKind.IMAGERY)
    shapes = vectors(printed, 0, [group])
    return PdfPage(480, 360, 0.75, [PdfGroup(group.kind, group.title, None, shapes)], {})


@pytest.mark.usefixtures("qapp")
def test_a_content_is_taken_however_long_it_is(tmp_path: Path) -> None:
    """By itself pypdf refuses streams of more than 75 MB."""
    with apply_configuration(maximum_declared_stream_length=10, array_maximum_element_count=1):
        assembled(tmp_path / "x.pdf", [painted_page()], WORDS, xmp_packet(WORDS))
    with pikepdf.open(tmp_path / "x.pdf") as read:
        assert len(read.pages) == 1


@pytest.mark.usefixtures("qapp")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(OSError, match="No space left"):
        assembled(Path("/dev/full"), [painted_page()], WORDS, xmp_packet(WORDS))


def test_the_part_of_a_font_is_named_by_its_content_not_by_qts_count_of_objects() -> None:
    """Two exports beside other work differed in these letters alone."""
    names = []
    for tag, glyphs in (("QSGAAA", b"abc"), ("QMGAAA", b"abc"), ("QMGAAA", b"abd")):
        pdf = PdfObjects()
        font = entries(FontName=name(f"{tag}+NotoSans-Bold"), FontFile2=pdf.add(stream(glyphs)))
        pdf.add(font)
        name_fonts_by_content(pdf)
        names.append(font["/FontName"])
    assert names[0] == names[1] != names[2]
    assert re.fullmatch(r"/[A-Z]{6}\+NotoSans-Bold", names[0])
