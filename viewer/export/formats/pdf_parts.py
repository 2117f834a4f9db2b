"""Puts a PDF together of its groups: one content a page, tagged, with the place of each map; on any thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.geo.map_measure import Corner, MapMeasure, map_measure
from viewer.export.formats.metadata import SOFTWARE
from viewer.export.formats.pdf_letters import name_letters_as_written
from viewer.export.plates.printed import OF_MAP, GroupKind, ProductWords

if TYPE_CHECKING:
    import pikepdf

_SQUARE = (0, 0, 0, 1, 1, 1, 1, 0)
"""The corners of a frame in parts of it, the lower left one first and up from there."""


@dataclass(frozen=True, slots=True)
class PackedImage:
    """RGB pixels packed as `PackedRows` does, and where they lie on the page, in its pixels."""

    data: bytes
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PdfGroup:
    """A painted group: a PDF of one page of Qt's, or an image."""

    kind: GroupKind
    title: str
    frame: int | None
    content: bytes | PackedImage


@dataclass(frozen=True, slots=True)
class PdfFrame:
    """A map on its page. `box`: left, top, right, bottom in points from the page's upper left corner."""

    title: str
    alt_text: str
    box: tuple[float, ...]
    crs: str
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class PdfPage:
    """Sizes in points; `scale`: points a pixel."""

    width: float
    height: float
    scale: float
    groups: Sequence[PdfGroup]
    frames: Mapping[int, PdfFrame]


def assembled(out: Path, pages: Sequence[PdfPage], words: ProductWords, xmp: bytes) -> None:
    """Write the PDF to `out`. Raises OSError."""
    import pikepdf  # on first use: the window's start has none of it

    with pikepdf.new() as pdf:
        document = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document))
        tags = _Tags(pdf, document)
        for page in pages:
            _add_page(pdf, page, tags)
        tags.close()
        name_letters_as_written(pdf)
        _describe(pdf, words, xmp)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def _add_page(pdf: pikepdf.Pdf, page: PdfPage, tags: _Tags) -> None:
    import pikepdf  # on first use

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
                first = source.pages[0]
                offset = page.height - float(first.mediabox[3])
                forms[name] = _form(pdf, source)
            clip = _clip(page, group) if group.kind is GroupKind.MAP else ""
            painted = f"{clip} 1 0 0 1 0 {offset:.4f} cm {name} Do"
        content.append(f"{begin} q {painted} Q EMC")
    for name in images.keys():  # noqa: SIM118 - a pikepdf.Dictionary is none
        forms[name] = images[name]
    added.obj.Resources = pikepdf.Dictionary(XObject=forms)
    added.obj.Contents = pdf.make_stream("\n".join(content).encode())
    added.obj.Tabs = pikepdf.Name.S
    views = [view for frame in page.frames.values() if (view := _viewport(pdf, frame, page)) is not None]
    if views:
        added.obj.VP = pikepdf.Array(views)


def _form(pdf: pikepdf.Pdf, source: pikepdf.Pdf) -> pikepdf.Object:
    """The page of a PDF of Qt's as something to be painted. Its content stays packed as it is: that can take long."""
    import pikepdf  # on first use

    page = source.pages[0]
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
    s = page.scale
    lower = page.height - (image.top + image.height) * s
    return f"{image.width * s:.5f} 0 0 {image.height * s:.5f} {image.left * s:.5f} {lower:.5f}"


def _image(pdf: pikepdf.Pdf, image: PackedImage) -> pikepdf.Object:
    import pikepdf  # on first use

    stream = pdf.make_stream(b"")
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image.width, image.height
    stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    parameters = pikepdf.Dictionary(Predictor=15, Colors=3, BitsPerComponent=8, Columns=image.width)
    stream.write(image.data, filter=pikepdf.Name.FlateDecode, decode_parms=parameters)
    return stream


def _viewport(pdf: pikepdf.Pdf, frame: PdfFrame, page: PdfPage) -> Any:
    """The place of a map, as ISO 32000-2 has it; None where it cannot be told in degrees."""
    import pikepdf  # on first use

    measure = map_measure(frame.crs, frame.corners)
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
                Bounds=list(_SQUARE),
                GPTS=degrees,
                LPTS=list(_SQUARE),
                GCS=_gcs(measure),
            )
        ),
    )


def _gcs(measure: MapMeasure) -> pikepdf.Dictionary:
    import pikepdf  # on first use

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

    def begin_page(self, page: pikepdf.Object) -> None:
        self._end_page()
        page.StructParents = len(self._numbers) // 2
        self._page, self._of_page, self._of_frames = page, [], {}

    def begin(self, group: PdfGroup, page: PdfPage) -> str:
        """The operator that begins the marked content of a group."""
        import pikepdf  # on first use

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
        import pikepdf  # on first use

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

    def _element(self, kind: pikepdf.Name, **more: Any) -> pikepdf.Object:
        import pikepdf  # on first use

        made = pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem, S=kind, P=self._document, Pg=self._page, K=pikepdf.Array([]), **more
        )
        self._elements.append(self._pdf.make_indirect(made))
        return self._elements[-1]

    def _end_page(self) -> None:
        import pikepdf  # on first use

        if self._page is not None:
            self._numbers += [len(self._numbers) // 2, self._pdf.make_indirect(pikepdf.Array(self._of_page))]

    def close(self) -> None:
        """Hang the structure into the document."""
        import pikepdf  # on first use

        self._end_page()
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
    import pikepdf  # on first use

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
