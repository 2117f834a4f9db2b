"""Chooses the drawing that a layer gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.document.vocabulary import LAYER_KINDS
from layers.errors import FileMissing, GeoloupeError
from layers.geo.crs import WEB_MERCATOR
from layers.phrase import Phrase
from layers.raster.band_files import BandFile, band_files_of, files_in_pack, pack_lacks_of
from layers.raster.combined import Member, members_of
from layers.services.shipped_terms import with_shipped_terms
from layers.services.tile_service import TileService
from viewer.rendering.access import (
    WaitsForPermission,
    address_of,
    check_hosts,
    check_places,
    file_of,
    hosts_of,
    packs_of,
    reads_clip,
    usable_address,
)
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import AwaitedDrawing, FailedDrawing, LayerDrawing
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.combined_source import CombinedSource
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.remote_drawing import RemoteDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.language.text import one_line

if TYPE_CHECKING:
    from viewer.rendering.raster.band_files_source import BandFilesSource


def drawing_for(
    layer: Layer, base_folder: Path | None, context: RenderContext, canvas_crs: str = WEB_MERCATOR
) -> LayerDrawing:
    """Make the drawing of a layer. Relative paths are to `base_folder`.

    Never raises: a layer that cannot be drawn gets a drawing that says why. Files and hosts that the context does not
    allow are neither looked at nor contacted.
    """
    if layer.kind not in LAYER_KINDS:
        name, kind = one_line(layer.name, 60), one_line(layer.kind, 40) or Phrase("none")
        sentence = Phrase("“{name}” is of a kind that is not known here ({kind}).", name=name, kind=kind)
        return FailedDrawing(layer, context, sentence)
    try:
        source = layer.read_source()
        if layer.kind == "tiles":
            service = TileService.from_json(source)
            if not layer.credit:
                service = with_shipped_terms(service)
            packs = packs_of(layer, base_folder, context.folders)
            if not packs:
                check_hosts(layer, service.hosts, context.consent)
            return TilesDrawing(layer, service, context, packs)
        from_clip = reads_clip(layer, context.consent, context.fetcher)
        if layer.kind == "raster" and (address := address_of(source)) and not from_clip:
            check_hosts(layer, hosts_of(layer), context.consent)
            return RemoteDrawing(
                layer, address, context, canvas_crs, _band_files(layer, _remote_bands(source), context)
            )
        check_places(layer, base_folder, context.folders)
        combined = _members(layer, base_folder, context)
        path = file_of(source, base_folder, context.folders)
        bands = _bands_of_clip(source, path) if from_clip else _local_bands(source, base_folder, context)
    except WaitsForPermission as error:
        return FailedDrawing(layer, context, error.sentence, is_paused=True)
    except FileMissing as error:
        return FailedDrawing(layer, context, error.sentence, is_missing=True)
    except GeoloupeError as error:
        return FailedDrawing(layer, context, error.sentence)
    except FileNotFoundError as error:
        return FailedDrawing(layer, context, str(error))
    places = [Path(band.path) for band in bands if band.path]
    files = [file for _, file in combined] or places or ([] if path is None else [path])
    answered = [context.drives.answers(file.parent) for file in files]  # all are asked, whatever the first says
    if not all(answered):
        return AwaitedDrawing(layer, files, context)
    if combined:
        return _combined(layer, combined, context, canvas_crs)
    if path is None:
        return FailedDrawing(
            layer,
            context,
            Phrase("{name} does not say where its data are: add it again.", name=one_line(layer.name, 60)),
        )
    if layer.kind == "vector":
        return VectorDrawing(layer, path, context)
    return RasterDrawing(layer, path, context, canvas_crs, make_source=_band_files(layer, bands, context))


def _remote_bands(source: Mapping[str, Any]) -> tuple[BandFile, ...]:
    """The bands of a scene in files on hosts; empty where one of them has no address that can be asked for."""
    files = band_files_of(source)
    return files if all(usable_address(file.address) for file in files) else ()


def _local_bands(source: Mapping[str, Any], base_folder: Path | None, context: RenderContext) -> list[BandFile]:
    """The bands of a scene in files of this computer, by absolute paths; empty for a layer of one file."""
    files = band_files_of(source)
    places = [file_of({"path": file.path}, base_folder, context.folders) for file in files]
    if not all(places):
        return []
    return [replace(file, address="", path=str(path)) for file, path in zip(files, places, strict=True)]


def _bands_of_clip(source: Mapping[str, Any], path: Path | None) -> list[BandFile]:
    """The bands of a scene as they lie in its pack beside the case, all in one file; empty for a layer of one file."""
    return files_in_pack(band_files_of(source), str(path), pack_lacks_of(source))


def _band_files(
    layer: Layer, files: Sequence[BandFile], context: RenderContext
) -> Callable[[], BandFilesSource] | None:
    """Make the source of a scene with a file for each band; None for a layer of one file."""
    # For start-up time: most layers are of one file.
    from viewer.rendering.raster.band_files_source import BandFilesSource

    if not files:
        return None
    name = Path(layer.uuid) / (layer.name.replace("/", "_").replace("\0", "") or "scene")  # nobody else's strikes
    shown = layer.style.get("bands")
    bands = tuple(number for number in shown if type(number) is int) if isinstance(shown, list) else ()
    return partial(BandFilesSource, context, name, layer.source, files, bands)


def _members(layer: Layer, base_folder: Path | None, context: RenderContext) -> list[tuple[Member, Path]]:
    """Members of a combined layer with their files; empty for a layer of one file.

    Raises InvalidValue, and FileNotFoundError for a missing shipped file.
    """
    files = []
    for member in members_of(layer.source):
        path = file_of(member.source, base_folder, context.folders)
        assert path is not None, "a member has a place"
        files.append((member, path))
    return files


def _combined(layer: Layer, files: list[tuple[Member, Path]], context: RenderContext, canvas_crs: str) -> RasterDrawing:
    name = Path(layer.uuid) / layer.name.replace("/", "_").replace("\0", "")  # nobody else's strikes
    make_source = partial(CombinedSource, context, name, files)
    return RasterDrawing(layer, name, context, canvas_crs, make_source=make_source)
