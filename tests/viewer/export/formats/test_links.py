"""A link of a product is whole in each file: an area in a PDF, never the half of it in metadata."""

from __future__ import annotations

from pathlib import Path

import pikepdf
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from tests.support.cases.addresses import ADDRESSES
from tests.support.printed_pages import WORDS, PrintedPages, two_pages
from tests.viewer.export.formats.conftest import Write
from viewer.export.formats.metadata import whole_citations, xmp_packet
from viewer.export.printed import PageLink


class Linked(PrintedPages):
    """A page whose words lead to addresses."""

    def links(self, page: int) -> list[PageLink]:
        return [PageLink(QRectF(10, 20 + at, 200, 10), address) for at, address in enumerate(ADDRESSES)]


def test_areas_of_a_pdf_lead_to_the_addresses_and_are_tagged(write: Write, tmp_path: Path) -> None:
    write(Linked(dpi=144.0), tmp_path / "x.pdf")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        page = pdf.pages[0]
        found = list(page.obj.Annots)
        assert [bytes(one.A.URI).decode() for one in found] == list(ADDRESSES)
        height = float(page.mediabox[3])
        assert [float(side) for side in found[0].Rect] == [5.0, height - 15.0, 105.0, height - 10.0]
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        tags = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        assert all(pikepdf.Name.Link == tags[int(one.StructParent)].S for one in found)
        assert not pdf.check_pdf_syntax()


def test_a_page_without_links_has_no_areas(write: Write, tmp_path: Path) -> None:
    write(two_pages(), tmp_path / "x.pdf")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert all("/Annots" not in page.obj for page in pdf.pages)


@given(st.lists(st.sampled_from(ADDRESSES), max_size=30), st.integers(20, 3000))
def test_citations_are_kept_whole_or_not_at_all(sources: list[str], longest: int) -> None:
    told = whole_citations(sources, longest)
    assert len(told) <= max(longest, len("and 30 more"))
    kept = told.split(" and ")[0].split() if "more" in told else told.split()
    assert kept == sources[: len(kept)] or told.startswith("and ")


def test_a_packet_with_little_room_cuts_no_link() -> None:
    words = replace(WORDS, sources=tuple(f"S{at} {address}" for at, address in enumerate(ADDRESSES)))
    packet = xmp_packet(words, 4000).decode()
    told = packet.partition("<dc:source>")[2].partition("</dc:source>")[0]
    links = [word for word in told.replace("&amp;", "&").split() if ":" in word]
    assert links
    assert set(links) <= set(ADDRESSES)
