"""Overlays of Google Earth on their way back into a KMZ: their pictures, encoded anew in a reader, in their folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.layer_terms import may_leave, withheld_words
from layers.errors import FileMissing, GeoloupeError, NotAllowed
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.pool.pool import ReaderPool
from layers.product.issuing.data_spec import DataSpec
from layers.product.shown_picture import ShownPicture, shown_picture
from layers.requests.earth_file import EarthView, ReadEarthPicture
from viewer.commands.bookmarks import bookmarks_in_order
from viewer.commands.filing.earth_overlays import KeptOverlay, is_placed_anew, kept_overlay
from viewer.commands.filing.earth_views import earth_view
from viewer.commands.filing.folder_paths import is_in_folder
from viewer.export.data.exported import DataExport, LaidPicture
from viewer.export.data.kml_folders import FiledElement, time_span, time_stamp
from viewer.export.data.recoding import recoded
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.access import file_of
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}
_LONGEST_NAME, _LONGEST_NOTES = 300, 4000
_SIDES = ("north", "south", "east", "west")


class CasePlace(Struct, frozen=True):
    """The folder of a case, and which files outside of it may be looked at."""

    folder: Path | None
    folders: FolderConsent


def with_laid_pictures(
    export: DataExport, spec: DataSpec, place: CasePlace, pool: ReaderPool, check: Callable[[], None] = lambda: None
) -> tuple[DataExport, list[str]]:
    """The export with the overlays that came from Google Earth and the bookmarks, and sentences on those that are left
    out. Blocks.

    Only a KMZ has them, one of a folder the overlays in that, and none of chosen sites alone. Readers outside are not
    told how the case is kept.
    """
    if spec.suffix != ".kmz" or (spec.sites is not None and not spec.folder):
        return export, []
    layers = export.document.layers_in_order()
    if spec.folder:
        layers = [layer for layer in layers if (kept := kept_overlay(layer)) and is_in_folder(kept.folder, spec.folder)]
    if export.content.is_published:
        return export, list(filter(None, [untold_overlays(layers)]))
    laid, left_out = laid_pictures(layers, spec.bounds, place, pool, check)
    if spec.folder:  # bookmarks lie in none
        return replace(export, laid=tuple(laid)), left_out
    views, unplaced = _bookmarked_views(export.document, spec.bounds)
    return replace(export, laid=tuple(laid), views=views), left_out + unplaced


def _bookmarked_views(document: Document, bounds: Bounds | None) -> tuple[tuple[EarthView, ...], list[str]]:
    """The views of the tour whose middle lies in `bounds` (lon, lat), and a sentence for each bookmark without a
    place.
    """
    shown: list[EarthView] = []
    left_out: list[str] = []
    for bookmark in bookmarks_in_order(document):
        view = earth_view(bookmark.name, bookmark.viewport_json)
        if view is None:
            sentence = "Bookmark “{name}” is left out: it shows a picture without a place on the Earth."
            left_out.append(Phrase(sentence, name=bookmark.name[:60]))
        elif bounds is None or (bounds.left <= view.lon <= bounds.right and bounds.bottom <= view.lat <= bounds.top):
            shown.append(view)
    return tuple(shown), left_out


def laid_pictures(
    layers: Iterable[Layer],
    bounds: Bounds | None,
    place: CasePlace,
    pool: ReaderPool,
    check: Callable[[], None] = lambda: None,
) -> tuple[list[LaidPicture], list[str]]:
    """The overlays among layers, of those that touch `bounds` (lon, lat), and a sentence for each that is left out.

    Only files that may be looked at are read. Blocks.
    """
    pictures: list[LaidPicture] = []
    left_out: list[str] = []
    for layer in layers:
        overlay = kept_overlay(layer)
        if is_placed_anew(layer):
            sentence = "Overlay “{name}” is left out: it was placed anew here, and its file states its old place."
            left_out.append(Phrase(sentence, name=layer.name[:60]))
        if overlay is None or not _touches(overlay, bounds):
            continue
        check()
        try:
            picture = _picture_of(layer, place, pool, check)
        except GeoloupeError as error:
            left_out.append(
                error.sentence
                if not may_leave(layer)
                else Phrase("Overlay “{name}” is left out. {why}", name=layer.name[:60], why=error.sentence)
            )
            continue
        pictures.append(LaidPicture(layer.name, picture, overlay, layer.drawn_opacity, layer.visible))
    return pictures, left_out


def _touches(overlay: KeptOverlay, bounds: Bounds | None) -> bool:
    if bounds is None:
        return True
    if overlay.box:
        north, south, east, west, _turn = overlay.box
        lons, lats = (west, east + 360 if east < west else east), (south, north)
    else:
        lons, lats = overlay.corners[::2], overlay.corners[1::2]  # type: ignore[assignment]
    return (
        min(lons) <= bounds.right
        and max(lons) >= bounds.left
        and min(lats) <= bounds.top
        and max(lats) >= bounds.bottom
    )


def _picture_of(layer: Layer, place: CasePlace, pool: ReaderPool, check: Callable[[], None]) -> ShownPicture:
    """The picture of a layer. Raises NotAllowed, FileMissing, and what readers raise."""
    if not may_leave(layer):
        raise NotAllowed(withheld_words(layer))
    try:
        path = file_of(layer.source, place.folder, place.folders)
    except FileNotFoundError as error:
        raise FileMissing("Its file is not there.") from error
    if path is None:
        raise FileMissing("Its file is not there.")
    answer = pool.ask(ReadEarthPicture(str(path), part=str(layer.source.get("part") or "")))
    judged = shown_picture(answer.arrays[0].tobytes()) if answer.arrays else None
    if judged is None:
        raise NotAllowed("Its picture is of a kind, or of a size, that is not handed on.")
    outcome = recoded(judged, pool, check)
    if isinstance(outcome, GeoloupeError):
        raise outcome
    return outcome


def untold_overlays(layers: Iterable[Layer]) -> str:
    """The sentence on overlays that a published file goes without; empty for none."""
    count = sum(kept_overlay(layer) is not None for layer in layers)
    if not count:
        return ""
    return translate(
        "Export",
        "{count} overlays of Google Earth stay in the case: readers outside get sites and comparisons.",
        "{count} overlay of Google Earth stays in the case: readers outside get sites and comparisons.",
        count,
    )


def filed_overlays(pictures: Sequence[LaidPicture], files: dict[str, bytes]) -> list[FiledElement]:
    """The GroundOverlays of pictures with their folders; their bytes are put into `files`, by the member's name."""
    elements: list[FiledElement] = []
    for number, laid in enumerate(pictures, 1):
        name = f"overlays/{number}{_ENDINGS[laid.picture.content_type]}"
        files[name] = laid.picture.data
        kept = laid.overlay
        time = time_stamp(kept.begin) if kept.is_stamp else time_span(kept.begin, kept.end)
        words = escape(plain(kept.notes, _LONGEST_NOTES), quote=False).replace("\n", "&lt;br/&gt;")
        element = (
            f"<GroundOverlay><name>{escape(one_line(laid.name, _LONGEST_NAME), quote=False)}</name>"
            f"<visibility>{int(laid.is_visible)}</visibility>"
            f"{f'<description>{words}</description>' if words else ''}{time}"
            f"<color>{round(laid.opacity * 255):02x}ffffff</color><Icon><href>{name}</href></Icon>{_place(kept)}"
            "</GroundOverlay>"
        )
        elements.append(FiledElement(kept.folder, kept.order, element))
    return elements


def _place(kept: KeptOverlay) -> str:
    if kept.box:
        sides = "".join(f"<{side}>{value:.9f}</{side}>" for side, value in zip(_SIDES, kept.box, strict=False))
        turn = f"<rotation>{kept.box[4]:.9f}</rotation>" if kept.box[4] else ""
        return f"<LatLonBox>{sides}{turn}</LatLonBox>"
    pairs = " ".join(f"{lon:.9f},{lat:.9f}" for lon, lat in zip(kept.corners[::2], kept.corners[1::2], strict=True))
    return f"<gx:LatLonQuad><coordinates>{pairs}</coordinates></gx:LatLonQuad>"
