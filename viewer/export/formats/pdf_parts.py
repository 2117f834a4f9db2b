"""Joins the painted groups into a PDF: tagged, with the place of each map on the Earth, on any thread.

Imported only when a PDF is written, as it loads pypdf.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from layers.geo.crs import world_bounds
from layers.geo.map_measure import Corner, MapMeasure, map_measure
from viewer.export.formats.metadata import SOFTWARE
from viewer.export.formats.pdf_letters import name_fonts_by_content, name_letters_as_written
from viewer.export.formats.pdf_objects import (
    Moving,
    PdfObjects,
    as_packed,
    entries,
    name,
    put,
    stream,
    unpacked,
    value_of,
)
from viewer.export.formats.pdf_pages import PackedImage, PaintedSheets, PdfFrame, PdfGroup, PdfPage
from viewer.export.printed import LAYERS, OF_MAP, GroupKind, GroupPart, PartPlace, ProductWords

_SQUARE = (0, 0, 0, 1, 1, 1, 1, 0)
"""The corners of a frame as parts of it, from the lower left one upwards."""
_INSET, _LEAST = 1e-6, 0.1
"""Inset from the edge of a map at which places are stated, and the least part of a frame that must have places."""
_HAIR_PX = 0.02
_LEAST_BYTES, _PAINTS = 2_000, re.compile(rb"(?:^|\s)(?:[fBb]\*?|F|[Ss]|sh|Do|T[jJ]|EI)(?=\s|$)")
"""Bytes of a packed page that surely paints something, and the operators by which others do."""
_AS_LARGE_AS_IT_IS = Configuration(
    maximum_declared_stream_length=sys.maxsize,
    array_maximum_element_count=sys.maxsize,
    dictionary_maximum_element_count=sys.maxsize,
)
"""Reading without limits, as Qt wrote the file: pypdf would refuse a content of 75 MB as an attack."""


def assembled(out: Path, pages: Sequence[PdfPage], words: ProductWords, xmp: bytes) -> None:
    """Write the PDF to `out`. Raises OSError."""
    pdf = PdfObjects()
    root, tree = entries(Type=name("Catalog")), entries(Type=name("Pages"), Count=len(pages))
    root_place = pdf.add(root)
    tree_place = pdf.add(tree)
    put(root, Pages=tree_place)
    tags, layers = _Tags(pdf), _Layers(pdf)
    put(tree, Kids=[_add_page(pdf, page, tree_place, tags, layers) for page in pages])
    tags.close(root)
    layers.close(root)
    name_letters_as_written(pdf)
    name_fonts_by_content(pdf)
    _describe(pdf, root, words, xmp)
    with out.open("wb") as file:
        pdf.write(file, root_place, pdf.add(_info(words)))


def _add_page(pdf: PdfObjects, page: PdfPage, tree: IndirectObject, tags: _Tags, layers: _Layers) -> IndirectObject:
    sheet = [0, 0, _number(page.width), _number(page.height)]
    added = entries(Type=name("Page"), Parent=tree, MediaBox=sheet, Tabs=name("S"))
    place = pdf.add(added)
    forms, content = dict[str, IndirectObject](), list[str]()
    tags.begin_page(added, place)
    layers.begin_page()
    for number, group in enumerate(page.groups):
        begin = tags.begin(group, page)
        if isinstance(group.content, PackedImage):
            forms[f"G{number}"] = pdf.add(_image(group.content))
            painted = f"{_clip(page, group)} {_matrix(group.content, page)} cm /G{number} Do"
        else:
            height, sheets = _forms(pdf, group.content.pdf)
            forms |= {f"G{number}-{at}": form for at, form in enumerate(sheets) if form is not None}
            clip = _clip(page, group) if group.kind is GroupKind.MAP else ""
            shown = " ".join(_shown_parts(group, number, sheets, layers))
            painted = f"{clip} 1 0 0 1 0 {page.height - height:.4f} cm {shown}"
        content.append(f"{layers.begin(group.kind)} {begin} q {painted} Q EMC EMC")
    put(
        added,
        Resources={"XObject": forms, "Properties": layers.properties()},
        Contents=pdf.add(stream("\n".join(content).encode())),
    )
    if page.links:
        put(added, Annots=[tags.link(box, address, page) for box, address in page.links])
    views = [view for frame in page.frames.values() if (view := _viewport(pdf, frame, page)) is not None]
    if views:
        put(added, VP=views)
    return place


def _shown_parts(
    group: PdfGroup, number: int, sheets: Sequence[IndirectObject | None], layers: _Layers
) -> Iterator[str]:
    """The operators that paint the parts of a group, those of each mark within its own layer."""
    assert isinstance(group.content, PaintedSheets)
    first = 0
    for part, count in group.content.parts:
        shown = [f"/G{number}-{at} Do" for at in range(first, first + count) if sheets[at] is not None]
        first += count
        if shown and part is not None and part.place is PartPlace.MARK:
            yield f"{layers.begin_mark(group.kind, part)} {' '.join(shown)} EMC"
        else:
            yield from shown


def _forms(pdf: PdfObjects, content: bytes) -> tuple[float, list[IndirectObject | None]]:
    """The pages of a PDF by Qt as forms that can be painted, None for an empty one; and the height of the first one."""
    with apply_configuration(_AS_LARGE_AS_IT_IS):
        source = PdfReader(BytesIO(content))
        moving = Moving(pdf)
        pages = list(source.pages)
        forms = [None if _is_empty(page) else pdf.add(_form(moving, page)) for page in pages[:-1]]
        return float(pages[0].mediabox[3]), forms


def _is_empty(page: DictionaryObject) -> bool:
    """True for a page on which nothing is painted."""
    content = page["/Contents"]
    assert isinstance(content, StreamObject)
    return len(as_packed(content)) < _LEAST_BYTES and _PAINTS.search(unpacked(content)) is None


def _form(moving: Moving, page: DictionaryObject) -> StreamObject:
    """A page as a form. Its content stays packed, as packing can take long."""
    content = page["/Contents"]
    assert isinstance(content, StreamObject)
    box, resources = moving.moved(page["/MediaBox"]), moving.moved(page.raw_get("/Resources"))
    kind, shape, flate = name("XObject"), name("Form"), name("FlateDecode")
    return stream(as_packed(content), Type=kind, Subtype=shape, BBox=box, Resources=resources, Filter=flate)


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")


def _clip(page: PdfPage, group: PdfGroup) -> str:
    """Operators that clip painting to the group's frame."""
    frame = None if group.frame is None else page.frames.get(group.frame)
    if frame is None:
        return ""
    left, top, right, bottom = frame.box
    return f"{left:.4f} {page.height - bottom:.4f} {right - left:.4f} {bottom - top:.4f} re W n"


def _matrix(image: PackedImage, page: PdfPage) -> str:
    """The matrix of an image, with its edges a hair inside its pixels.

    Poppler paints all pixels that an image touches, and would stretch one that ends between two of them.
    """
    s, hair = page.scale, _HAIR_PX * page.scale
    left, lower = image.left * s + hair, page.height - (image.top + image.height) * s + hair
    return f"{image.width * s - 2 * hair:.6f} 0 0 {image.height * s - 2 * hair:.6f} {left:.6f} {lower:.6f}"


def _image(image: PackedImage) -> StreamObject:
    return stream(
        image.data,
        Type=name("XObject"),
        Subtype=name("Image"),
        Width=image.width,
        Height=image.height,
        ColorSpace=name("DeviceRGB"),
        BitsPerComponent=8,
        Filter=name("FlateDecode"),
        DecodeParms={"Predictor": 15, "Colors": 3, "BitsPerComponent": 8, "Columns": image.width},
    )


def _viewport(pdf: PdfObjects, frame: PdfFrame, page: PdfPage) -> DictionaryObject | None:
    """The place of a map in the form of ISO 32000-2; None where it cannot be stated in degrees."""
    corners, square = frame.corners, [float(value) for value in _SQUARE]
    measure = map_measure(frame.crs, corners)
    if measure is None and (part := part_on_map(frame)) is not None:
        corners, square = part
        measure = map_measure(frame.crs, corners)
    if measure is None:
        return None
    left, top, right, bottom = frame.box
    degrees = [Decimal(f"{value:.12f}") for lon, lat in measure.corners for value in (lat, lon)]
    place = entries(
        Type=name("Measure"),
        Subtype=name("GEO"),
        Bounds=[_number(value) for value in square],
        GPTS=degrees,
        LPTS=[Decimal(f"{value:.9f}") for value in square],
        GCS=_gcs(measure),
    )
    box = [_number(value) for value in (left, page.height - bottom, right, page.height - top)]
    return entries(Type=name("Viewport"), BBox=box, Name=frame.title, Measure=pdf.add(place))


def part_on_map(frame: PdfFrame) -> tuple[tuple[Corner, ...], list[float]] | None:
    """The part of a frame that lies within the edges of its map; None for a turned frame, or a part that is too small.

    Returns its corners in the map's CRS, and the same corners as parts of the frame, from the lower left one upwards.
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


def _gcs(measure: MapMeasure) -> DictionaryObject:
    gcs = entries(Type=name("PROJCS" if measure.is_projected else "GEOGCS"), WKT=measure.wkt)
    return gcs if measure.epsg is None else put(gcs, EPSG=measure.epsg)


class _Tags:
    """The structure tags of a document: a figure for each map, and a part for all around the maps of a page."""

    def __init__(self, pdf: PdfObjects) -> None:
        self._pdf, self._document = pdf, entries(Type=name("StructElem"), S=name("Document"))
        self._place = pdf.add(self._document)
        self._elements: list[IndirectObject] = []
        self._numbers: list[Any] = []
        self._page: IndirectObject | None = None
        self._of_page: list[IndirectObject] = []
        self._of_frames: dict[int, IndirectObject] = {}
        self._links: list[tuple[DictionaryObject, IndirectObject]] = []

    def begin_page(self, page: DictionaryObject, place: IndirectObject) -> None:
        self._end_page()
        put(page, StructParents=len(self._numbers) // 2)
        self._page, self._of_page, self._of_frames = place, [], {}

    def begin(self, group: PdfGroup, page: PdfPage) -> str:
        """The operator that begins the marked content of a group."""
        if group.kind is GroupKind.GROUND:
            return "/Artifact BMC"
        frame = page.frames.get(group.frame) if group.frame is not None and group.kind in OF_MAP else None
        if frame is None:
            element, tag = self._element("Part", T=group.title), "Part"
        else:
            assert group.frame is not None
            element, tag = self._of_frames.get(group.frame) or self._figure(group.frame, frame, page), "Figure"
        number = len(self._of_page)
        self._hold(element, number)
        self._of_page.append(element)
        return f"/{tag} <</MCID {number}>> BDC"

    def _figure(self, number: int, frame: PdfFrame, page: PdfPage) -> IndirectObject:
        left, top, right, bottom = frame.box
        box = [_number(value) for value in (left, page.height - bottom, right, page.height - top)]
        layout = {"O": name("Layout"), "BBox": box, "Placement": name("Block")}
        element = self._element("Figure", T=frame.title, Alt=frame.alt_text, A=layout)
        self._of_frames[number] = element
        return element

    def link(self, box: Sequence[float], address: str, page: PdfPage) -> IndirectObject:
        """An area of a page that leads to an address, exactly as it was cited."""
        left, top, right, bottom = box
        made = entries(
            Type=name("Annot"),
            Subtype=name("Link"),
            Rect=[_number(value) for value in (left, page.height - bottom, right, page.height - top)],
            Border=[0, 0, 0],
            F=4,
            Contents=address,
            A={"S": name("URI"), "URI": address.encode()},
            P=self._page,
        )
        reference = self._pdf.add(made)
        element = self._element("Link")
        self._hold(element, {"Type": name("OBJR"), "Obj": reference})
        self._links.append((made, element))
        return reference

    def _element(self, kind: str, **more: Any) -> IndirectObject:
        made = entries(Type=name("StructElem"), S=name(kind), P=self._place, Pg=self._page, K=[], **more)
        self._elements.append(self._pdf.add(made))
        return self._elements[-1]

    def _hold(self, element: IndirectObject, content: Any) -> None:
        kids = element["/K"]
        assert isinstance(kids, ArrayObject)
        kids.append(value_of(content))

    def _end_page(self) -> None:
        if self._page is not None:
            self._numbers += [len(self._numbers) // 2, self._pdf.add(value_of(self._of_page))]

    def close(self, root: DictionaryObject) -> None:
        """Add the structure to the document."""
        self._end_page()
        for link, element in self._links:
            put(link, StructParent=len(self._numbers) // 2)
            self._numbers += [len(self._numbers) // 2, element]
        tree = self._pdf.add(
            entries(
                Type=name("StructTreeRoot"),
                K=self._place,
                ParentTree=self._pdf.add(entries(Nums=self._numbers)),
                ParentTreeNextKey=len(self._numbers) // 2,
            )
        )
        put(self._document, K=self._elements, P=tree)
        put(root, StructTreeRoot=tree, MarkInfo={"Marked": True})


class _Layers:
    """The layers of a PDF, which programs show and hide: one for each kind of group, on all pages, and below it one for
    each mark or name.
    """

    def __init__(self, pdf: PdfObjects) -> None:
        self._pdf = pdf
        self._layers: dict[GroupKind, IndirectObject] = {}
        self._marks: dict[GroupKind, dict[GroupPart, IndirectObject]] = {}
        self._of_page: dict[str, IndirectObject] = {}

    def begin_page(self) -> None:
        self._of_page = {}

    def begin(self, kind: GroupKind) -> str:
        """The operator that begins content of a layer."""
        if kind not in self._layers:
            self._layers[kind] = self._pdf.add(entries(Type=name("OCG"), Name=LAYERS[kind]))
        self._of_page[str(kind)] = self._layers[kind]
        return f"/OC /{kind} BDC"

    def begin_mark(self, kind: GroupKind, mark: GroupPart) -> str:
        """The operator that begins the content of a mark, or of its name, within the layer of its kind."""
        marks = self._marks.setdefault(kind, {})
        if mark not in marks:
            marks[mark] = self._pdf.add(entries(Type=name("OCG"), Name=mark.title))
        word = f"{kind}-{marks[mark].idnum}"
        self._of_page[word] = marks[mark]
        return f"/OC /{word} BDC"

    def properties(self) -> dict[str, IndirectObject]:
        """The layers of a page by their names in its content."""
        return self._of_page

    def close(self, root: DictionaryObject) -> None:
        """List the layers in the document, the uppermost first, as programs show them; all are visible."""
        listed, order = list[IndirectObject](), list[Any]()
        for kind in reversed(GroupKind):
            if kind in self._layers:
                marks = list(reversed(self._marks.get(kind, {}).values()))
                listed += [self._layers[kind], *marks]
                order += [self._layers[kind], *([marks] if marks else [])]
        put(root, OCProperties={"OCGs": listed, "D": {"Name": "Layers", "Order": order, "ON": listed}})


def _describe(pdf: PdfObjects, root: DictionaryObject, words: ProductWords, xmp: bytes) -> None:
    packet = pdf.add(stream(xmp, Type=name("Metadata"), Subtype=name("XML")))
    put(root, Metadata=packet, Lang=words.language, ViewerPreferences={"DisplayDocTitle": True})


def _info(words: ProductWords) -> DictionaryObject:
    texts = {
        "Title": words.title,
        "Author": ", ".join(filter(None, (words.author, words.organisation))),
        "Subject": words.description,
        "Keywords": ", ".join(words.keywords),
        "Creator": SOFTWARE,
        "Producer": SOFTWARE,
    }
    return entries(**{word: text for word, text in texts.items() if text})
