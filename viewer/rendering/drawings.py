"""Which drawing a layer gets."""

from __future__ import annotations

from pathlib import Path

import sample_data
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.crs import WEB_MERCATOR
from layers.services.catalog import TileService
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import FailedDrawing, LayerDrawing
from viewer.rendering.raster_drawing import RasterDrawing
from viewer.rendering.tiles_drawing import TilesDrawing
from viewer.rendering.vector_drawing import VectorDrawing


def drawing_for(
    layer: Layer, base_folder: Path | None, context: RenderContext, canvas_crs: str = WEB_MERCATOR
) -> LayerDrawing:
    """Never raises: what cannot be drawn gets a drawing that says why. Relative paths are to `base_folder`."""
    try:
        if layer.kind == "tiles":
            return TilesDrawing(layer, TileService.from_json(layer.source), context)
        path = source_path(layer, base_folder)
    except GeoloupeError as error:
        return FailedDrawing(layer, context, error.sentence)
    except FileNotFoundError as error:
        return FailedDrawing(layer, context, str(error))
    if path is None:
        return FailedDrawing(layer, context, f"{layer.name} does not say where its data are: add it again.")
    if layer.kind == "vector":
        return VectorDrawing(layer, path, context)
    return RasterDrawing(layer, path, context, canvas_crs)


def source_path(layer: Layer, base_folder: Path | None) -> Path | None:
    """The file a layer shows, or None where it names none. Raises FileNotFoundError for a missing shipped file."""
    source = layer.source
    if "shipped" in source:
        return sample_data.path(str(source["shipped"]))
    text = str(source.get("path", ""))
    if not text:
        return None
    path = Path(text)
    return path if path.is_absolute() or base_folder is None else base_folder / path
