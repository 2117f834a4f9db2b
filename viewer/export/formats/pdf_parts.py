"""Puts a PDF together of its groups: one content a page, tagged, with the place of each map; on any thread.

Imported only when one is written: it loads pikepdf.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from layers.geo.crs import world_bounds
from layers.geo.map_measure import Corner, MapMeasure, map_measure
from viewer.export.formats.metadata import SOFTWARE
from viewer.export.formats.pdf_letters import give_fonts_their_box, name_letters_as_written
from viewer.export.formats.pdf_pages import PackedImage, PdfFrame, PdfGroup, PdfPage
from viewer.export.plates.printed import OF_MAP, GroupKind, ProductWords

_SQUARE = (0, 0, 0, 1, 1, 1, 1, 0)
"""The corners of a frame in parts of it, the lower left one first and up from there."""
_INSET, _LEAST = 1e-6, 0.1
"""Of a frame: so far from the edge of a map its places are told, and of so much of the frame at least."""
_HAIR_PX = 0.02


def assembled(out: Path, pages: Sequence[PdfPage], words: ProductWords, xmp: bytes) -> None:
    """Write the PDF to `out`. Raises OSError."""
    with pikepdf.new() as pdf:
        document = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document))
        tags = _Tags(pdf, document)
        for page in pages:
            _add_page(pdf, page, tags)
        tags.close()
        give_fonts_their_box(pdf)
        name_letters_as_written(pdf)
        _describe(pdf, words, xmp)
        whole = BytesIO()  # on a full disk pikepdf, writing a file itself, would end the program
        pdf.save(whole, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    out.write_bytes(whole.getvalue())


def _add_page(pdf: pikepdf.Pdf, page: PdfPage, tags: _Tags) -> None:
    added = pdf.add_blank_page(page_size=(_number(page.width), _number(page.height)))
    forms, images, content = pikepdf.Dictionary(), pikepdf.Dictionary(), list[str]()
    tags.begin_page(added.obj)
    for number, group in enumerate(page.groups):
        name = f"/G{number}"
        begin = tags.begin(group, page)
        if isinstance(group.content, PackedImage):
            images[name] = _image(pdf, group.content)
            painted = f"{_clip(page, group)} {_placed(group.content, page)} cm {name} Do"
        else:
            with pikepdf.open(BytesIO(group.content)) as source:
                offset = page.height - float(source.pages[0].mediabox[3])
                sheets = {f"{name}-{at}": _form(pdf, source, at) for at in range(len(source.pages) - 1)}
            for sheet, form in sheets.items():
                forms[sheet] = form
            clip = _clip(page, group) if group.kind is GroupKind.MAP else ""
            painted = f"{clip} 1 0 0 1 0 {offset:.4f} cm {' '.join(f'{sheet} Do' for sheet in sheets)}"
        content.append(f"{begin} q {painted} Q EMC")
    for name in images.keys():  # noqa: SIM118 - a pikepdf.Dictionary is none
        forms[name] = images[name]
    added.obj.Resources = pikepdf.Dictionary(XObject=forms)
    added.obj.Contents = pdf.make_stream("\n".join(content).encode())
    added.obj.Tabs = pikepdf.Name.S
    if page.links:
        added.obj.Annots = pikepdf.Array([tags.link(box, address, page) for box, address in page.links])
    views = [view for frame in page.frames.values() if (view := _viewport(pdf, frame, page)) is not None]
    if views:
        added.obj.VP = pikepdf.Array(views)


def _form(pdf: pikepdf.Pdf, source: pikepdf.Pdf, at: int) -> pikepdf.Object:
    """A page of a PDF of Qt's as something to be painted. Its content stays packed as it is: that can take long."""
    page = source.pages[at]
    content = page.obj.Contents
    form = pdf.make_stream(b"")
    form.write(content.read_raw_bytes(), filter=pikepdf.Name.FlateDecode)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array([float(side) for side in page.mediabox])
    form.Resources = pdf.copy_foreign(source.make_indirect(page.obj.Resources))
    return form


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")


def _clip(page: PdfPage, group: PdfGroup) -> str:
    """The frame as the edge of what is painted from here on."""
    frame = None if group.frame is None else page.frames.get(group.frame)
    if frame is None:
        return ""
    left, top, right, bottom = frame.box
    return f"{left:.4f} {page.height - bottom:.4f} {right - left:.4f} {bottom - top:.4f} re W n"


def _placed(image: PackedImage, page: PdfPage) -> str:
    """The matrix of an image. Its edges lie a hair inside its pixels: poppler paints all pixels that they touch, and
    would stretch an image that ends between two of them.
    """
    s, hair = page.scale, _HAIR_PX * page.scale
    left, lower = image.left * s + hair, page.height - (image.top + image.height) * s + hair
    return f"{image.width * s - 2 * hair:.6f} 0 0 {image.height * s - 2 * hair:.6f} {left:.6f} {lower:.6f}"


def _image(pdf: pikepdf.Pdf, image: PackedImage) -> pikepdf.Object:
    stream = pdf.make_stream(b"")
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image.width, image.height
    stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    parameters = pikepdf.Dictionary(Predictor=15, Colors=3, BitsPerComponent=8, Columns=image.width)
    stream.write(image.data, filter=pikepdf.Name.FlateDecode, decode_parms=parameters)
    return stream


def _viewport(pdf: pikepdf.Pdf, frame: PdfFrame, page: PdfPage) -> Any:
    """The place of a map, as ISO 32000-2 has it; None where it cannot be told in degrees."""
    corners, square = frame.corners, [float(value) for value in _SQUARE]
    measure = map_measure(frame.crs, corners)
    if measure is None and (part := part_on_map(frame)) is not None:
        corners, square = part
        measure = map_measure(frame.crs, corners)
    if measure is None:
        return None
    left, top, right, bottom = frame.box
    degrees = [Decimal(f"{value:.12f}") for lon, lat in measure.corners for value in (lat, lon)]
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Viewport,
        BBox=[_number(value) for value in (left, page.height - bottom, right, page.height - top)],
        Name=pikepdf.String(frame.title),
        Measure=pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Measure,
                Subtype=pikepdf.Name.GEO,
                Bounds=[_number(value) for value in square],
                GPTS=degrees,
                LPTS=[Decimal(f"{value:.9f}") for value in square],
                GCS=_gcs(measure),
            )
        ),
    )


def part_on_map(frame: PdfFrame) -> tuple[tuple[Corner, ...], list[float]] | None:
    """The part of an unturned frame within the edges of its map: its corners, and these in parts of the frame.

    None where there is none.
    """
    (left, bottom), (other_left, _), (right, top), _ = frame.corners
    world = world_bounds(frame.crs)
    if other_left != left or not (right > left and top > bottom):
        return None
    inset_x, inset_y = _INSET * (right - left), _INSET * (top - bottom)
    x0, x1 = max(left, world.left + inset_x), min(right, world.right - inset_x)
    y0, y1 = max(bottom, world.bottom + inset_y), min(top, world.top - inset_y)
    if x1 - x0 < _LEAST * (right - left) or y1 - y0 < _LEAST * (top - bottom):
        return None
    u0, u1 = ((x - left) / (right - left) for x in (x0, x1))
    v0, v1 = ((y - bottom) / (top - bottom) for y in (y0, y1))
    return ((x0, y0), (x0, y1), (x1, y1), (x1, y0)), [u0, v0, u0, v1, u1, v1, u1, v0]


def _gcs(measure: MapMeasure) -> pikepdf.Dictionary:
    kind = pikepdf.Name.PROJCS if measure.is_projected else pikepdf.Name.GEOGCS
    found = pikepdf.Dictionary(Type=kind, WKT=pikepdf.String(measure.wkt))
    if measure.epsg is not None:
        found.EPSG = measure.epsg
    return found


class _Tags:
    """The structure of a document: a figure a map, a part for what stands around the maps of each page."""

    def __init__(self, pdf: pikepdf.Pdf, document: pikepdf.Object) -> None:
        self._pdf, self._document = pdf, document
        self._elements: list[pikepdf.Object] = []
        self._numbers: list[Any] = []
        self._page: pikepdf.Object | None = None
        self._of_page: list[pikepdf.Object] = []
        self._of_frames: dict[int, pikepdf.Object] = {}
        self._links: list[tuple[pikepdf.Object, pikepdf.Object]] = []

    def begin_page(self, page: pikepdf.Object) -> None:
        self._end_page()
        page.StructParents = len(self._numbers) // 2
        self._page, self._of_page, self._of_frames = page, [], {}

    def begin(self, group: PdfGroup, page: PdfPage) -> str:
        """The operator that begins the marked content of a group."""
        if group.kind is GroupKind.GROUND:
            return "/Artifact BMC"
        frame = page.frames.get(group.frame) if group.frame is not None and group.kind in OF_MAP else None
        if frame is None:
            element, tag = self._element(pikepdf.Name.Part, T=pikepdf.String(group.title)), "Part"
        else:
            assert group.frame is not None
            element, tag = self._of_frames.get(group.frame) or self._figure(group.frame, frame, page), "Figure"
        number = len(self._of_page)
        element.K.append(number)
        self._of_page.append(element)
        return f"/{tag} <</MCID {number}>> BDC"

    def _figure(self, number: int, frame: PdfFrame, page: PdfPage) -> pikepdf.Object:
        left, top, right, bottom = frame.box
        box = [_number(value) for value in (left, page.height - bottom, right, page.height - top)]
        element = self._element(
            pikepdf.Name.Figure,
            T=pikepdf.String(frame.title),
            Alt=pikepdf.String(frame.alt_text),
            A=pikepdf.Dictionary(O=pikepdf.Name.Layout, BBox=box, Placement=pikepdf.Name.Block),
        )
        self._of_frames[number] = element
        return element

    def link(self, box: Sequence[float], address: str, page: PdfPage) -> pikepdf.Object:
        """An area of a page that leads to an address, exactly as it was cited."""
        left, top, right, bottom = box
        made = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[_number(value) for value in (left, page.height - bottom, right, page.height - top)],
            Border=[0, 0, 0],
            F=4,
            Contents=pikepdf.String(address),
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address.encode())),
            P=self._page,
        )
        found = self._pdf.make_indirect(made)
        element = self._element(pikepdf.Name.Link)
        element.K.append(pikepdf.Dictionary(Type=pikepdf.Name.OBJR, Obj=found))
        self._links.append((found, element))
        return found

    def _element(self, kind: pikepdf.Name, **more: Any) -> pikepdf.Object:
        made = pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem, S=kind, P=self._document, Pg=self._page, K=pikepdf.Array([]), **more
        )
        self._elements.append(self._pdf.make_indirect(made))
        return self._elements[-1]

    def _end_page(self) -> None:
        if self._page is not None:
            self._numbers += [len(self._numbers) // 2, self._pdf.make_indirect(pikepdf.Array(self._of_page))]

    def close(self) -> None:
        """Hang the structure into the document."""
        self._end_page()
        for link, element in self._links:
            link.StructParent = len(self._numbers) // 2
            self._numbers += [len(self._numbers) // 2, element]
        self._document.K = pikepdf.Array(self._elements)
        root = self._pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.StructTreeRoot,
                K=self._document,
                ParentTree=self._pdf.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array(self._numbers))),
                ParentTreeNextKey=len(self._numbers) // 2,
            )
        )
        self._document.P = root
        self._pdf.Root.StructTreeRoot = root
        self._pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)


def _describe(pdf: pikepdf.Pdf, words: ProductWords, xmp: bytes) -> None:
    packet = pdf.make_stream(xmp)
    packet.Type, packet.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = packet
    pdf.Root.Lang = pikepdf.String(words.language)
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    texts = {
        "/Title": words.title,
        "/Author": ", ".join(filter(None, (words.author, words.organisation))),
        "/Subject": words.description,
        "/Keywords": ", ".join(words.keywords),
        "/Creator": SOFTWARE,
        "/Producer": SOFTWARE,
    }
    for name, text in texts.items():
        if text:
            pdf.docinfo[name] = pikepdf.String(text)
