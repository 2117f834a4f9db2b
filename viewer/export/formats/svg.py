"""Writes SVG for readers and graphics desks: layers named image, marks, labels and furniture, with a named group for
each mark; text stays text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import partial
from html import escape, unescape
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtSvg import QSvgGenerator

from viewer.export.formats.font_parts import font_of_letters, letters_of
from viewer.export.formats.metadata import clean, rdf_words, xml_only
from viewer.export.formats.page_files import page_path
from viewer.export.formats.png import PngFile, painted_png
from viewer.export.formats.svg_outlines import with_outlines
from viewer.export.formats.writing import Made, Workshop
from viewer.export.printed import LAYERS, OF_MAP, GroupKind, MapFrame, PaintedGroup, Printed, imagery_room
from viewer.support.fonts import CHINESE, FALLBACKS, FAMILY, font_file
from viewer.support.painting import painting

_WORDS = re.compile(r"<text\b[^>]*>([^<]*)<")
_NO_ID = re.compile(r"[^\w.-]")
_SHAPE = re.compile(r"<(?:path|rect|circle|ellipse|line|polyline|polygon|text|image|use)\b")
_BODY = re.compile(r"<defs>(.*?)</defs>(.*)</svg>", re.DOTALL)
_OWN_ID = re.compile(r'(id="|url\(#)((?:clipPath|gradient|pattern|mask|image|fill|filter)\w*)')
_FAMILIES = ", ".join(f"'{name}'" for name in (FAMILY, *FALLBACKS)) + ", sans-serif"
_BLOCK = 3 * 2**20
"""Bytes of an image that are encoded as text at once: three become four letters."""


class _Part(Struct, frozen=True):
    """A painted group: shapes, or an image in a file."""

    group: PaintedGroup
    shapes: bytes = b""
    """SVG of the shapes, as Qt wrote it."""
    number: int = 0
    """Number of the part on its page."""
    image: Path | None = None
    room: QRect | None = None


def write_svg(printed: Printed, shop: Workshop) -> Made:
    """Write each page as an SVG."""
    made = []
    for page in range(printed.pages):
        shop.read(printed, page)
        parts: list[_Part] = []
        for number, group in enumerate(printed.groups(page)):
            if group.kind is GroupKind.IMAGERY:
                room, path = imagery_room(printed, group, page), shop.folder / f"imagery-{page}-{number}.png"
                begin = partial(PngFile, path, (room.width(), room.height()), printed.dpi, {}, b"", room.top())
                painted_png(printed, page, shop, begin, room, [group])
                parts.append(_Part(group, image=path, room=room))
            else:
                for part in printed.parts(group):
                    shapes = _shapes(printed, page, part, shop)
                    if printed.letters_as_shapes:
                        shapes = with_outlines(shapes.decode()).encode()
                    if part.part is None or _SHAPE.search(shapes.decode()):
                        parts.append(_Part(part, shapes, len(parts)))
        out = shop.folder / f"page-{page}.svg"
        _write(out, printed.size_px(page), printed.dpi, parts, printed, page)
        made.append((out, page_path(shop.target, page)))
    return made


def _shapes(printed: Printed, page: int, group: PaintedGroup, shop: Workshop) -> bytes:
    """A group as SVG by Qt."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    width, height = printed.size_px(page)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    generator.setResolution(round(printed.dpi))
    with painting(generator) as painter:
        printed.paint(painter, page, None, group, shop.check)
    return bytes(buffer.data().data())


def _body(part: _Part) -> str:
    """The shapes of a group, with gradients and clips renamed so that names are unique."""
    match = _BODY.search(part.shapes.decode())
    assert match is not None
    body = f"<defs>{match[1]}</defs>{match[2]}"
    body = _OWN_ID.sub(rf"\g<1>g{part.number}-\g<2>", body)
    return xml_only(body.replace(f'font-family="{FAMILY}"', f'font-family="{_FAMILIES}"'))


def _write(out: Path, size: tuple[int, int], dpi: float, parts: Sequence[_Part], printed: Printed, page: int) -> None:
    words = printed.words_of(page)
    width, height = (f"{side / dpi * 25.4:.4f}mm" for side in size)
    with out.open("wb") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
            'xmlns:xlink="http://www.w3.org/1999/xlink" '
            'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
            f'version="1.1" width="{width}" height="{height}" '
            f'viewBox="0 0 {size[0]} {size[1]}" xml:lang="{escape(words.language)}">\n'
            f"{_title_elements(words.title, words.caption)}"
            f"<metadata>{rdf_words(words)}</metadata>\n{_type(parts)}".encode()
        )
        for number, group_parts in groupby(parts, lambda part: part.group.frame if part.group.kind in OF_MAP else None):
            if number is None:
                for part in group_parts:
                    _write_layer(file, part.group.kind, [part], part.group.kind)
                continue
            frame, name = printed.frames[number], f"map-{number + 1}"
            file.write(
                f'<g id="{name}" role="img"{_layer(name)}>{_title_elements(frame.title, frame.alt_text)}'
                f"{_edge(frame, name)}".encode()
            )
            for kind, of_kind in groupby(group_parts, lambda part: part.group.kind):
                clip = f' clip-path="url(#{name}-frame)"' if kind is not GroupKind.LABELS else ""
                _write_layer(file, kind, list(of_kind), f"{name}-{LAYERS[kind]}", clip)  # a callout may reach over it
            file.write(b"</g>\n")
        file.write(b"</svg>\n")


def _type(parts: Sequence[_Part]) -> str:
    """The style that carries the type of the page: of each shipped face the letters that are set in it."""
    bodies = "".join(part.shapes.decode() for part in parts)
    left = "".join(sorted(set(unescape("".join(_WORDS.findall(bodies))))))
    rules = list[str]()
    for family in (FAMILY, CHINESE):
        path, lacking = font_file(family, bold=False), left
        for bold in (False, True):
            if not left or (bold and 'font-weight="700"' not in bodies):
                continue
            path = font_file(family, bold=bold)
            glyphs, lacking = letters_of(path, left)
            if glyphs:
                data = base64.b64encode(font_of_letters(path, glyphs)).decode()
                rules.append(
                    f"@font-face{{font-family:'{family}';font-weight:{700 if bold else 400};"
                    f"src:url(data:font/woff;base64,{data})}}"
                )
        left = lacking
    return f"<style>{''.join(rules)}</style>\n" if rules else ""


def _title_elements(title: str, description: str) -> str:
    return f"<title>{escape(clean(title), quote=False)}</title><desc>{escape(clean(description), quote=False)}</desc>\n"


def _edge(frame: MapFrame, name: str) -> str:
    room = frame.rect_px
    box = f'x="{room.left():g}" y="{room.top():g}" width="{room.width():g}" height="{room.height():g}"'
    return f'<clipPath id="{name}-frame"><rect {box}/></clipPath>\n'


def _layer(label: str) -> str:
    """The attributes by which Inkscape knows a layer."""
    return f' inkscape:groupmode="layer" inkscape:label="{label}"'


def _write_layer(file: BinaryIO, kind: GroupKind, parts: Sequence[_Part], name: str, clip: str = "") -> None:
    """Write the parts of a group as a layer: each mark in a group of its own."""
    title = escape(clean(parts[0].group.title), quote=False)
    file.write(f'<g id="{name}"{clip}{_layer(LAYERS[kind])}><title>{title}</title>\n'.encode())
    for part in parts:
        own = part.group.part
        if own is not None:
            key = _NO_ID.sub("-", own.key) or own.place
            words = escape(clean(own.title), quote=False)
            file.write(f'<g id="{name}-{key}"><title>{words}</title>\n'.encode())
        if part.image is None:
            file.write(_body(part).encode())
        else:
            _write_image(file, part.image, part.room)
        if own is not None:
            file.write(b"</g>\n")
    file.write(b"</g>\n")


def _write_image(file: BinaryIO, image: Path, room: QRect | None) -> None:
    assert room is not None
    box = f'x="{room.left()}" y="{room.top()}" width="{room.width()}" height="{room.height()}"'
    file.write(f'<image {box} preserveAspectRatio="none" xlink:href="data:image/png;base64,'.encode())
    with image.open("rb") as source:
        while block := source.read(_BLOCK):
            file.write(base64.b64encode(block))
    file.write(b'"/>')
