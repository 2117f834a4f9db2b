"""Writes KMZ for Google Earth and its like: sites in folders with symbols, position circles, chips and pictures."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtGui import QColor, QImage
from shapely import orient_polygons
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import ROLES
from layers.geo.antimeridian import split_geometry
from layers.geo.coordinates import digits_for
from layers.geo.measure import circle
from layers.geo.on_earth import why_off_earth
from layers.product.content import ClaimSaid, NamedSite, ProductContent
from layers.product.parties import claim_sentence, context_of, own_answers, told_of
from layers.requests.earth_file import EarthView
from layers.requests.earth_own import (
    ANNOTATIONS,
    CIRCLE,
    LABEL,
    OTHER_SITES,
    OWN_DATA,
    OWN_FOLDERS,
    ROLE_FOLDERS,
    OwnMark,
    own_text,
)
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.canvas.sites.site_symbology import outline_of, symbol_of
from viewer.export.data.exported import ChipPicture, GroundPicture, LaidPicture
from viewer.export.data.kml_folders import FiledElement, filed_mark, folders_of, is_from_earth, time_of_mark, views_of
from viewer.export.data.kml_own import WrittenMark, drawn_style, own_mark_of
from viewer.export.data.kml_shape import kml_shape
from viewer.export.data.laid_pictures import filed_overlays
from viewer.export.data.picture_bytes import png_bytes
from viewer.export.data.tables import for_xml
from viewer.export.features import claims_by_site
from viewer.support.language.text import one_line, plain
from viewer.support.painting import painting

ICON_PX = 64
_ICON_RATIO = 3.0
_LONGEST_NAME = 300
_LONGEST_TEXT = 100_000
"""Most characters of a paragraph; a link in it is not cut."""
_NO_MARKUP = str.maketrans({"<": "‹", ">": "›"})
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Time of all members, fixed so that the same case makes the same bytes."""
LABELS = "Labels of areas and lines"
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def kmz_bytes(
    document: Document,
    content: ProductContent,
    chips: Sequence[ChipPicture] = (),
    overlays: Sequence[GroundPicture] = (),
    laid: Sequence[LaidPicture] = (),
    views: Sequence[EarthView] = (),
) -> bytes:
    """The archive as bytes. A place that is known loosely is the circle of its error and never a pin.

    `overlays` are the images of comparisons, `laid` those that came from Google Earth and go back to their folders.
    `views` are those of bookmarks, to which Google Earth flies.
    """
    return _Kmz(document, content, chips, overlays, laid, views).packed()


class _Kmz:
    def __init__(
        self,
        document: Document,
        content: ProductContent,
        chips: Sequence[ChipPicture],
        overlays: Sequence[GroundPicture],
        laid: Sequence[LaidPicture],
        views: Sequence[EarthView],
    ) -> None:
        self._document, self._content = document, content
        self._views = views
        self._overlays, self._claimed = overlays, claims_by_site(content)
        self._files: dict[str, bytes] = {}
        self._styles: dict[str, str] = {}
        self._icons: dict[str, str] = {}
        self._chips: dict[str, list[tuple[str, ChipPicture]]] = {}
        for number, chip in enumerate(chips, 1):
            if ending := _ENDINGS.get(chip.content_type):
                name = f"chips/{number}{ending}"
                self._files[name] = chip.data
                self._chips.setdefault(chip.site_uuid, []).append((name, chip))
        self._laid = filed_overlays(laid, self._files)

    def packed(self) -> bytes:
        """Pack the KML first, as readers take the first file of an archive, then its pictures."""
        kml = self._kml()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in (("doc.kml", kml.encode()), *self._files.items()):
                member = zipfile.ZipInfo(name, _STAMP)
                member.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".kml") else zipfile.ZIP_STORED
                archive.writestr(member, data)
        return out.getvalue()

    def _kml(self) -> str:
        folders = [*self._site_folders(), self._label_folder(), self._error_folder(), self._overlay_folder()]
        folders.append(views_of(self._views, _folder, _name))
        styles = "".join(f'<Style id="{key}">{style}</Style>' for style, key in self._styles.items())
        title = one_line(self._content.title, _LONGEST_NAME) or "Geoloupe"
        title = f"DRAFT: {title}" if self._content.is_blocked else title
        return for_xml(
            '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"'
            f"{self._gx_namespace()}><Document>"
            f"<name>{_name(title)}</name><description>{_text(self._about())}</description>"
            f"{styles}{self._status()}{''.join(folders)}</Document></kml>\n",
        )

    def _gx_namespace(self) -> str:
        """Google's own namespace, where an overlay is laid by its corners."""
        is_used = any("<gx:" in filed.element for filed in self._laid)
        return ' xmlns:gx="http://www.google.com/kml/ext/2.2"' if is_used else ""

    def _status(self) -> str:
        """The state of the export, as a field."""
        words = self._content.status
        return f'<ExtendedData><Data name="status"><value>{_text(words)}</value></Data></ExtendedData>' if words else ""

    def _about(self) -> str:
        """Marking, caveats, imagery and sources, which hold for the whole export."""
        content = self._content
        parts = [_paragraph(f"Status: {content.status}")] if content.status else []
        parts += [_paragraph(content.correction), _paragraph(f"Marking: {content.marking or 'none'}")]
        parts += [_paragraph(text) for text in content.searched]
        parts += [_paragraph(caveat) for caveat in content.caveats]
        parts += [
            _paragraph(" · ".join(filter(None, (image.name, image.sensor, image.dated, image.credit, image.licence))))
            for image in content.images
        ]
        parts += [_paragraph(text) for claim in self._claims_elsewhere() for text in _claim_words(claim)]
        parts += [_paragraph(f"{source.number}: {source.citation}") for source in content.sources]
        return "".join(parts)

    def _claims_elsewhere(self) -> list[ClaimSaid]:
        """The claims that stand in no balloon of a mark: they are about no place, or about none that is shown."""
        shown = {site.uuid for site in self._content.sites if site.uuid not in self._content.withheld}
        in_balloons = {claim.uuid for uuid in shown for claim in self._claimed.get(uuid, ())}
        return [claim for claim in self._content.claims if claim.uuid not in in_balloons]

    # -- sites ----------------------------------------------------------------------------------------------------

    def _site_folders(self) -> list[str]:
        """The folders of the case; other marks by role, and inside them by class, annotations and measurements last.

        Readers outside are not told how the case is kept: for them all are by role.
        """
        shown = [(named_site, self._document.sites[named_site.uuid]) for named_site in self._content.sites]
        shown = [(named_site, site) for named_site, site in shown if named_site.uuid not in self._content.withheld]
        groups: dict[str, dict[str, list[str]]] = {}
        filed: list[FiledElement] = list(self._laid)
        for named_site, site in shown:
            if site.folder and not self._content.is_published:
                filed.append(filed_mark(site, self._placemark(named_site, site)))
                continue
            if not site.is_site:
                group = ANNOTATIONS
            else:
                role = site.role if site.role in ROLES else "other"
                group = ROLE_FOLDERS.get(role, OTHER_SITES)
            placemark = self._placemark(named_site, site)
            groups.setdefault(group, {}).setdefault(named_site.class_words or "Marks", []).append(placemark)
        by_role = [
            _folder(name, "".join(_folder(title, "".join(marks)) for title, marks in sorted(groups[name].items())))
            for name in OWN_FOLDERS
            if name in groups
        ]
        return [folders_of(filed, _folder), *by_role]

    def _placemark(self, named_site: NamedSite, site: Site) -> str:
        geometry = "" if why_off_earth(site.geometry) else self._geometry(site)
        time = "" if self._content.is_published else time_of_mark(site)
        chips = self._chips.get(site.uuid, ())
        written = WrittenMark(
            for_xml(_written_name(named_site.name)),
            [for_xml(_plain(text)) for text in (*self._words(named_site), *(chip.words for _name, chip in chips))],
            [for_xml(_plain(text)) for text in self._notes(site)],
            tuple(posixpath.basename(name) for name, _chip in chips),
            geometry,
            time,
            drawn_style(site),
        )
        facts = {
            "names": " | ".join(f"{language}: {name}" for language, name in named_site.names),
            "class": named_site.class_words,
            "role": named_site.role,
            "place": named_site.place,
            "mgrs": named_site.mgrs,
            "precision": named_site.precision,
            "lifecycle": named_site.lifecycle,
            "place_inferred": named_site.inferred,
            "identity": named_site.identity,
            "place_sources": " | ".join(f"{cited.words}: {cited.source.citation}" for cited in named_site.rests_on),
            **self._claim_facts(named_site.uuid),
            OWN_DATA: own_text(own_mark_of(named_site, site, written, self._content)),
        }
        extended = "".join(
            f'<Data name="{name}"><value>{_text(value)}</value></Data>' for name, value in facts.items() if value
        )
        return (
            f"<Placemark><name>{_name(named_site.name)}</name>"
            f"<description>{_text(self._description(named_site, site))}</description>"
            f"{time}<styleUrl>#{self._style(site)}</styleUrl>"
            f"<ExtendedData>{extended}</ExtendedData>{geometry}</Placemark>"
        )

    def _claim_facts(self, uuid: str) -> dict[str, str]:
        """Facts for tables: likelihood and confidence in separate fields, in the order of the claims."""
        claims = self._claimed.get(uuid, ())
        return {
            "claims": " | ".join(f"{claim.number}: {claim.said}" for claim in claims),
            "attributed": " | ".join(claim_sentence(claim) for claim in claims),
            "speakers": " | ".join(claim.speaker for claim in claims if claim.speaker),
            "states": " | ".join(claim.state for claim in claims),
            "likelihood": " | ".join(claim.likelihood for claim in claims if claim.likelihood),
            "confidence": " | ".join(claim.confidence for claim in claims if claim.confidence),
            "responses": " | ".join(answer.sentence for claim in claims for answer in claim.responses),
            "own_answers": " | ".join(own_answers([claim for claim in claims if claim.parties])),
            "context": " | ".join(context_of(claims)),
            "sources": " | ".join(
                dict.fromkeys(
                    f"{quote.source.number}: {quote.source.citation}" for claim in claims for quote in claim.quotes
                )
            ),
        }

    def _words(self, named_site: NamedSite) -> list[str]:
        """The paragraphs of a mark's description, but for its notes."""
        names = [name for _language, name in named_site.names]
        words = [
            " · ".join(filter(None, (named_site.class_words, named_site.doubt, *names))),
            " ".join(filter(None, (named_site.place, named_site.precision))),
            *(named_site.inferred, named_site.identity, *named_site.seen_lines),
            *(f"{cited.words}: {cited.source.citation}" for cited in named_site.rests_on),
        ]
        for claim in self._claimed.get(named_site.uuid, ()):
            words += _claim_words(claim)
        return [text for text in words if text]

    def _notes(self, site: Site) -> list[str]:
        """The notes of a mark that came from Google Earth: they were its description there."""
        return site.notes.splitlines() if is_from_earth(site) and not self._content.is_published else []

    def _description(self, named_site: NamedSite, site: Site) -> str:
        """Description of a mark as HTML, with all words escaped."""
        lines = [_paragraph(text) for text in (*self._words(named_site), *self._notes(site))]
        for name, chip in self._chips.get(site.uuid, ()):
            lines.append(f'<p><img src="{name}" width="320"/><br/>{escape(_plain(chip.words))}</p>')
        return "".join(lines)

    def _geometry(self, site: Site) -> str:
        digits = digits_for(site.position_error_m)
        if site.is_area and site.least_error_m is not None:
            return kml_shape(_circle(site, site.least_error_m), digits + 2)
        return kml_shape(orient_polygons(split_geometry(site.geometry)), digits)

    def _label_folder(self) -> str:
        """A labelled point for each site that is shown as an area or a line, with the same balloon.

        Programs write no name at an area, and one of some kilometres cannot be clicked in a view of a country. At the
        circle of a loosely known place stands its hollow symbol, as on screen: it is no pin. What came from Google
        Earth goes back as it was.
        """
        labels, beside = [], _own_data(OwnMark(part=LABEL))
        for named_site in self._content.sites:
            site = self._document.sites[named_site.uuid]
            is_pin = site.kind == "point" and not site.is_area
            is_left_out = named_site.uuid in self._content.withheld or not site.is_site or is_from_earth(site)
            if is_left_out or is_pin or why_off_earth(site.geometry):
                continue
            icon = f"<Icon><href>{self._icon(site)}</href></Icon>" if site.kind == "point" else ""
            style = self._style_of(
                f"<IconStyle><scale>{0.8 if icon else 0}</scale>{icon}</IconStyle>"
                "<LabelStyle><scale>0.9</scale></LabelStyle>"
            )
            labels.append(
                f"<Placemark><name>{_name(named_site.name)}</name>"
                f"<description>{_text(self._description(named_site, site))}</description>"
                f"<styleUrl>#{style}</styleUrl>{beside}"
                f"{kml_shape(site.place, digits_for(site.position_error_m))}</Placemark>"
            )
        return _folder(LABELS, "".join(labels)) if labels else ""

    def _error_folder(self) -> str:
        """Circles that hold the true place with 90 %, for the sites that are shown as pins."""
        circles, beside = [], _own_data(OwnMark(part=CIRCLE))
        for named_site in self._content.sites:
            site = self._document.sites[named_site.uuid]
            is_pin = site.kind == "point" and not site.is_area and site.is_site
            error_m = site.judged_error_m
            if named_site.uuid in self._content.withheld or not is_pin or not error_m or why_off_earth(site.geometry):
                continue
            color = _kml_color(outline_of(site))
            style = self._style_of(
                f"<LineStyle><color>{color}</color><width>1.5</width></LineStyle><PolyStyle><fill>0</fill></PolyStyle>"
            )
            circles.append(
                f"<Placemark><name>{_name(named_site.name)}: {_name(named_site.precision)}</name>"
                f"<styleUrl>#{style}</styleUrl>{beside}"
                f"{kml_shape(_circle(site, error_m), digits_for(error_m) + 2)}</Placemark>"
            )
        return _folder("Position errors (90 %)", "".join(circles)) if circles else ""

    # -- styles ---------------------------------------------------------------------------------------------------

    def _style(self, site: Site) -> str:
        if site.kind == "point" and not site.is_area:
            return self._style_of(
                f"<IconStyle><scale>1</scale><Icon><href>{self._icon(site)}</href></Icon></IconStyle>"
                "<LabelStyle><scale>0.9</scale></LabelStyle>"
            )
        drawn = drawn_style(site)
        color = _kml_hex(drawn.stroke_color, drawn.stroke_opacity)
        fill = f"<PolyStyle><color>{_kml_hex(drawn.fill_color, drawn.fill_opacity)}</color></PolyStyle>"
        return self._style_of(
            f"<LineStyle><color>{color}</color><width>{drawn.stroke_width_px:g}</width></LineStyle>"
            f"{fill if drawn.fill_color else ''}"
        )

    def _style_of(self, style: str) -> str:
        return self._styles.setdefault(style, f"s{len(self._styles) + 1}")

    def _icon(self, site: Site) -> str:
        """The file name of a site's symbol; equal symbols are painted once."""
        own = site.shape_json and (site.shape_json, site.mark_kind, site.stroke_width, site.stroke_color)
        key = repr((symbol_of(site), own))
        if key not in self._icons:
            self._icons[key] = self._paint_icon(site)
        return self._icons[key]

    def _paint_icon(self, site: Site) -> str:
        picture = QImage(ICON_PX, ICON_PX, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        with painting(picture) as painter:
            paint_site_symbol(painter, site, ICON_PX / 2, ICON_PX / 2, _ICON_RATIO)
        data = png_bytes(picture)
        for name, kept in self._files.items():
            if kept == data:
                return name
        name = f"icons/{len(self._files) + 1}.png"
        self._files[name] = data
        return name

    # -- pictures on the ground -----------------------------------------------------------------------------------

    def _overlay_folder(self) -> str:
        """Folder of the ground pictures, of which one is visible at a time: the reader switches between them."""
        if not self._overlays:
            return ""
        style = self._style_of("<ListStyle><listItemType>radioFolder</listItemType></ListStyle>")
        overlays = []
        for number, overlay in enumerate(self._overlays, 1):
            name = f"ground/{number}.png"
            self._files[name] = overlay.data
            times = [
                f"<{tag}>{_text(at)}</{tag}>" for tag, at in (("begin", overlay.begin), ("end", overlay.end)) if at
            ]
            span = f"<TimeSpan>{''.join(times)}</TimeSpan>" if times else ""
            box = overlay.bounds
            overlays.append(
                f"<GroundOverlay><name>{_name(overlay.name)}</name><visibility>{int(number == len(self._overlays))}"
                f"</visibility><description>{_text(_overlay_words(overlay))}</description>{span}"
                f"<Icon><href>{name}</href></Icon><LatLonBox><north>{box.top:.9f}</north><south>{box.bottom:.9f}</south>"
                f"<east>{box.right:.9f}</east><west>{box.left:.9f}</west></LatLonBox></GroundOverlay>"
            )
        return f"<Folder><name>Images</name><styleUrl>#{style}</styleUrl>{''.join(overlays)}</Folder>"


def _overlay_words(overlay: GroundPicture) -> str:
    return _paragraph(overlay.words) + _paragraph(overlay.stretch)


def _claim_words(claim: ClaimSaid) -> Iterable[str]:
    """Paragraphs of a claim: the words and their speaker, then our judgement apart, then the answers."""
    sentence, *answers = told_of(claim)
    yield f"{claim.number} · {sentence} ({claim.state})"
    if claim.statement and claim.statement != claim.said:
        yield f"In our words: {claim.statement}"
    if claim.place_note:
        yield f"On the place: {claim.place_note}"
    if claim.likelihood:
        yield f"Likelihood: {claim.likelihood}"
    if claim.confidence:
        yield ". ".join(filter(None, (claim.confidence, claim.reason)))
    yield from claim.beside
    yield from claim.considered
    yield from claim.evidence_lines()
    yield from claim.inferred
    yield from answers
    for quote in claim.quotes:
        yield f"{quote.source.number}: {quote.source.citation}"


def _circle(site: Site, radius_m: float) -> BaseGeometry:
    """A circle around the place as it is written, with the digits of its pin: both say one thing."""
    digits = digits_for(site.position_error_m)
    lon, lat = round(site.place.x, digits), round(site.place.y, digits)
    return orient_polygons(split_geometry(Polygon(list(zip(*circle(lon, lat, radius_m), strict=True)))))


def _folder(name: str, inside: str) -> str:
    return f"<Folder><name>{_name(name)}</name>{inside}</Folder>"


def _plain(text: str) -> str:
    """A paragraph's text as its reader sees it."""
    return plain(text, _LONGEST_TEXT)


def _paragraph(text: str) -> str:
    return f"<p>{escape(_plain(text))}</p>" if text else ""


def _text(text: str) -> str:
    """Text for an element, with markup escaped."""
    return escape(plain(text, _LONGEST_TEXT), quote=False)


def _own_data(own: OwnMark) -> str:
    data = f'<Data name="{OWN_DATA}"><value>{_text(own_text(own))}</value></Data>'
    return f"<ExtendedData>{data}</ExtendedData>"


def _name(text: str) -> str:
    """A name for a list, the map and a balloon. Other characters replace those that would count as markup."""
    return _text(_written_name(text))


def _written_name(text: str) -> str:
    """A name before its characters are escaped."""
    return one_line(text, _LONGEST_NAME).translate(_NO_MARKUP)


def _kml_color(color: QColor) -> str:
    """A colour as AABBGGRR, the order of KML."""
    return f"{color.alpha():02x}{color.blue():02x}{color.green():02x}{color.red():02x}"


def _kml_hex(color: str, opacity: float) -> str:
    """A colour #rrggbb with its opacity, from 0 to 1, as AABBGGRR."""
    red, green, blue = color[1:3], color[3:5], color[5:7]
    return f"{round(opacity * 255):02x}{blue}{green}{red}"
