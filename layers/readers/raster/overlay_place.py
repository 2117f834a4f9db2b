"""The place of a picture in a KMZ, from the GroundOverlay that shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.geo.crs import WGS84
from layers.phrase import Phrase
from layers.readers.kml_gpx.ground_overlays import overlays_in
from layers.readers.raster.georeferencing import Georeferencing
from layers.readers.raster.warp import ControlPoints, Warp, fit_control_points

_SAME_DEG = 1e-9


def overlay_georeferencing(dataset: Any, path: str, part: str) -> Georeferencing | None:
    """Read the place of this picture from its overlay; None where no overlay of the KMZ places it.

    A box, turned or not, is a transform; four corners that make no parallelogram are control points.
    """
    overlay = overlays_in(path).get(part)
    if overlay is None:
        return None
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = overlay.corners
    width, height = dataset.width, dataset.height
    if abs(x1 + x3 - x0 - x2) < _SAME_DEG and abs(y1 + y3 - y0 - y2) < _SAME_DEG:
        across, down = (x1 - x0) / width, (x0 - x3) / height
        transform = (across, down, x3, (y1 - y0) / width, (y0 - y3) / height, y3)
        return Georeferencing(WGS84, transform, placed_by="transform")
    cols, rows = np.array([0.0, width, width, 0.0]), np.array([height, height, 0.0, 0.0])
    points = ControlPoints(cols, rows, np.array([x0, x1, x2, x3]), np.array([y0, y1, y2, y3]))
    fit = fit_control_points(points)
    if fit is None:
        return None
    note = Phrase("the four corners of its overlay {note}", note=fit.note)
    problem = Phrase("{rpartition} is placed by {note}.", rpartition=part.rpartition("/")[2], note=note)
    return Georeferencing(
        WGS84, fit.rough, (problem,), "control points", note, Warp(fit.exact, fit.rough, width, height)
    )
