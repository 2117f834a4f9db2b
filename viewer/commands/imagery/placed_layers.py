"""Edits that place a picture by control points, or leave it where its file says."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points, written_control_points
from layers.errors import BadCRS, InvalidValue
from layers.geo.crs import PIXEL_SPACE, check_map_crs
from layers.phrase import Phrase
from layers.raster.point_fit.control_point import PointSet
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def can_have_points(layer: Layer | None) -> bool:
    """True for a picture in one file: a service, and what is put together from several images, has no pixels alike."""
    return layer is not None and layer.kind == "raster" and bool({"path", "shipped"} & layer.source.keys())


def place_by_points(document: Document, uuid: str, points: PointSet, *, actor: str, now: str | None = None) -> Edit:
    """Place a picture by its control points, in place of all that its file or the case said; a nudge goes with that.

    Raises InvalidValue, and CannotBePlaced where the points place nothing.
    """
    from layers.raster.point_fit.fitted_points import fitted_points  # for start-up time: few pictures need it

    layer = row_of(document.layers, uuid, Phrase("layer"))
    if not can_have_points(layer):
        raise InvalidValue("Only a picture in one file is placed by control points: choose another layer.")
    fitted_points(points, points.size)
    stamp, known = stamp_of(actor, now), read_control_points(layer.control_points_json)
    if known is not None and replace(known, by="", at="") == replace(points, by="", at="", crs_before=known.crs_before):
        return Edit(_label(layer), ())
    before = layer.crs if known is None else known.crs_before
    text = written_control_points(replace(points, crs_before=before, by=stamp.actor, at=stamp.now))
    return Edit(_label(layer), update("layers", layer, stamp, control_points_json=text, crs="", nudge_json=""))


def place_as_file_says(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Take the control points away: it lies as its file says, or as it was placed before. Raises InvalidValue."""
    layer = row_of(document.layers, uuid, Phrase("layer"))
    points = read_control_points(layer.control_points_json)
    crs = layer.crs if points is None else _sound(points.crs_before)
    fields = {"control_points_json": "", "crs": crs, "nudge_json": ""}
    return Edit(
        Phrase("Place layer “{name}” as its file says", name=layer.name),
        update("layers", layer, stamp_of(actor, now), **fields),
    )


def _label(layer: Layer) -> str:
    return Phrase("Georeference layer “{name}”", name=layer.name)


def _sound(crs: str) -> str:
    """A CRS that a row may have; empty for what a file calls one."""
    if crs in ("", PIXEL_SPACE):
        return crs
    try:
        check_map_crs(crs)
    except BadCRS:
        return ""
    return crs
