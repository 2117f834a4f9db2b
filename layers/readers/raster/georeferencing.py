"""Finds where a raster lies: CRS and transform, control points or an RPC, from the file or from a file beside it."""

from __future__ import annotations

import math
import os
import re
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from rasterio.errors import CRSError

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.crs import WGS84, crs_text, is_geographic
from layers.phrase import Phrase, joined
from layers.raster.photograph import photograph_in
from layers.raster.point_fit.control_point import Method, PointSet
from layers.raster.point_fit.fitted_points import fitted_points
from layers.readers.raster.aux_xml import read_aux_xml
from layers.readers.raster.esri_metadata import read_esri_crs
from layers.readers.raster.rpc import Rpc, read_rpc_beside
from layers.readers.raster.rpc_tiles import rpc_of_tile
from layers.readers.raster.swath_points import swath_points
from layers.readers.raster.warp import ControlPoints, Warp, fit_control_points
from layers.readers.raster.worldfile import Transform, find_world_file, read_prj, read_world_file
from layers.readers.unknown_datum import datum_sentence
from layers.text.counted import counted

_SENTINEL1 = re.compile(r"Sentinel-1[A-D] \w\w (?:GRD|SLC)\b")
IDENTITY: Transform = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class Georeferencing(Struct, frozen=True):
    """`crs` is "" and `transform` the identity where nothing is known; `problems` says so.

    With a `warp`, `transform` is only roughly right. `placed_by` is transform, world file, affine fit, control points,
    RPC or "".
    """

    crs: str
    transform: Transform
    problems: tuple[str, ...] = ()
    placed_by: str = ""
    note: str = ""
    """Accuracy of the place: the misfit of control points, or the height of an RPC and the error that it leaves."""
    warp: Warp | None = None
    rpc: Rpc | None = None
    height_m: float = 0.0
    """The height above the ellipsoid at which an RPC places it."""

    @property
    def is_known(self) -> bool:
        return self.crs != "" and self.has_position

    @property
    def has_position(self) -> bool:
        return self.transform != IDENTITY

    @property
    def used_height_m(self) -> float | None:
        """Height of the ground that the RPC is used with; None where no RPC places the raster."""
        return None if self.rpc is None else self.height_m

    @property
    def own_height_m(self) -> float | None:
        """The height that the RPC itself suggests."""
        return None if self.rpc is None else self.rpc.height_off_m

    def at_height(self, height_m: float | None, width: int, height: int) -> Georeferencing:
        """The same picture placed by its RPC at another height; unchanged for None, and without an RPC."""
        if self.rpc is None or height_m is None or height_m == self.height_m:
            return self
        warp = self.rpc.warp(width, height, height_m)
        if warp is None:
            return self
        note = _rpc_note(self.rpc, width, height, height_m)
        problems = tuple(problem.replace(self.note, note) for problem in self.problems)
        return replace(self, warp=warp, transform=warp.rough, height_m=height_m, note=note, problems=problems)

    def by_points(self, points: PointSet | None, size: tuple[int, int], name: str) -> Georeferencing:
        """The same picture placed by the analyst's control points; unchanged for None, and where they place nothing."""
        if points is None:
            return self
        try:
            fit = fitted_points(points, size)
        except CannotBePlaced as error:
            problem = Phrase(
                "The control points set for {name} do not place it, and it lies as its file says. {why}",
                name=name,
                why=error.sentence,
            )
            return replace(self, problems=(*self.problems, problem))
        is_affine = points.method is Method.AFFINE
        warp = None if is_affine else Warp(fit.to_pixels, fit.rough, *size, fit.margin, fit.bounds)
        problems = (Phrase("{name} is placed by {note}.", name=name, note=fit.note),)
        placed_by = "affine fit" if is_affine else "control points"
        return Georeferencing(points.crs, fit.rough, problems, placed_by, fit.note, warp)


def georeferencing_of(dataset: Any, path: str) -> Georeferencing:
    """The georeferencing of a full-resolution dataset of the file `path`, beside which its sidecars lie."""
    return _Finder(dataset, path).find()


class _Finder:
    """Looks for the place in the order of trust: the file itself, then the files beside it."""

    def __init__(self, dataset: Any, path: str) -> None:
        self.dataset, self.path = dataset, path
        self.name = os.path.basename(self.path)
        self.problems: list[str] = []
        self.aux = read_aux_xml(self.path, _resolution(dataset))
        self.crs = self._crs_of(dataset.crs)

    def find(self) -> Georeferencing:
        self.problems += self.aux.problems
        georeferencing = self._first()
        crs = georeferencing.crs or self.aux.crs or self._crs_beside()
        if self.aux.crs and georeferencing.crs and self.aux.crs != georeferencing.crs and not georeferencing.rpc:
            self.problems.append(
                Phrase("{name}.aux.xml names another CRS than {name} itself: it is not used.", name=self.name)
            )
        if not georeferencing.has_position:
            self.problems.append(joined(" ", [self.name, self._without_position()]))
        if not crs:
            self.problems.append(
                Phrase(
                    "{name} does not say in which CRS it is: choose its CRS in the layer's properties.", name=self.name
                )
            )
        if georeferencing.note:
            self.problems.append(Phrase("{name} is placed by {note}.", name=self.name, note=georeferencing.note))
        if crs and georeferencing.has_position and (sentence := datum_sentence(self.name, crs)):
            self.problems.append(sentence)
        return replace(georeferencing, crs=crs, problems=tuple(self.problems))

    def _without_position(self) -> str:
        photograph = photograph_in({str(key): str(value) for key, value in self.dataset.tags().items()})
        if photograph is None:
            return Phrase("says nothing about its position: it needs a world file or georeferencing.")
        return Phrase(
            "is a photograph {words}: that is where the camera was, not where the picture lies. "
            "Layer > Mark the Camera’s Place, or geoloupe add-sites, marks it; control points lay the picture on the "
            "map.",
            words=photograph.words,
        )

    def _first(self) -> Georeferencing:
        rpc_first = self.dataset.driver == "NITF"  # its corners are rounded to a second of arc
        steps = [self._by_transform, self._by_world_file, self._by_points, self._by_rpc]
        for step in [self._by_rpc, *steps[:3]] if rpc_first else steps:
            georeferencing = step()
            if georeferencing is not None:
                return georeferencing
        return Georeferencing(self.crs, IDENTITY)

    def _by_transform(self) -> Georeferencing | None:
        for transform, crs in ((tuple(self.dataset.transform)[:6], self.crs), (self.aux.transform, self.aux.crs)):
            if transform is None or transform == IDENTITY:
                continue
            if _makes_sense(transform):
                return Georeferencing(self.crs or crs, transform, placed_by="transform")
            self.problems.append(
                Phrase("{name} has a position that makes no sense (its transform has no area).", name=self.name)
            )
        return None

    def _by_world_file(self) -> Georeferencing | None:
        path = find_world_file(self.path)
        transform = read_world_file(path) if path else None
        if transform is not None:
            return Georeferencing(self.crs, transform, placed_by="world file")
        if path:
            self.problems.append(
                Phrase("{path} is not a world file: six numbers were expected.", path=os.path.basename(path))
            )
        return None

    def _by_points(self) -> Georeferencing | None:
        points, crs = self._points()
        if points is None:
            return None
        if crs and is_geographic(crs) and np.ptp(points.x) > 180:  # on both sides of the antimeridian
            points = replace(points, x=np.where(points.x < 0, points.x + 360.0, points.x))
        fit = fit_control_points(points)
        if fit is None:
            self.problems.append(
                Phrase(
                    "The control points of {name} do not determine where it lies: they lie in one place or in one "
                    "line, or contradict each other.",
                    name=self.name,
                )
            )
            return None
        warp = Warp(fit.exact, fit.rough, self.dataset.width, self.dataset.height)
        note = Phrase("{points} {note}", points=counted(len(points), "control point"), note=fit.note)
        if _is_raw_radar(self.dataset):
            note = Phrase("{note}; not terrain-corrected; heights displaced", note=note)
        return Georeferencing(crs, fit.rough, placed_by="control points", note=note, warp=warp)

    def _points(self) -> tuple[ControlPoints | None, str]:
        gcps, crs = self.dataset.gcps
        if gcps:
            values = np.array([(p.col, p.row, p.x, p.y) for p in gcps], dtype=np.float64)
            return ControlPoints(*values.T), self._crs_of(crs) or self.crs
        if (points := swath_points(self.dataset, self.path)) is not None:
            return points, WGS84
        points = self.aux.points
        if points is not None and (points.rows < 0).any():  # counted upwards from the lower edge
            points = replace(points, rows=points.rows + self.dataset.height)
        return points, self.aux.crs or self.crs

    def _by_rpc(self) -> Georeferencing | None:
        rpc = Rpc.of_rasterio(self.dataset.rpcs) if self.dataset.rpcs is not None else read_rpc_beside(self.path)
        rpc = rpc or rpc_of_tile(self.path)
        if rpc is None:
            return None
        width, height = self.dataset.width, self.dataset.height
        warp = rpc.warp(width, height, rpc.height_off_m)
        if warp is None:
            self.problems.append(Phrase("The RPC of {name} leads nowhere and is not used.", name=self.name))
            return None
        note = _rpc_note(rpc, width, height, rpc.height_off_m)
        return Georeferencing(
            WGS84, warp.rough, placed_by="RPC", note=note, warp=warp, rpc=rpc, height_m=rpc.height_off_m
        )

    def _crs_of(self, crs: Any) -> str:
        if not crs:
            return ""
        try:
            return crs_text(crs.to_wkt())
        except (BadCRS, CRSError):  # the latter: PROJ has no WKT for it
            self.problems.append(
                Phrase(
                    "{name} is in a CRS that is not understood: choose its CRS in the layer's properties.",
                    name=self.name,
                )
            )
            return ""

    def _crs_beside(self) -> str:
        for kind, read in ((".prj", read_prj), (".xml", read_esri_crs)):
            try:
                if crs := read(self.path):
                    return crs
            except BadCRS:
                self.problems.append(
                    Phrase("The {kind} file beside {name} names no CRS that is known.", kind=kind, name=self.name)
                )
        return ""


def _rpc_note(rpc: Rpc, width: int, height: int, height_m: float) -> str:
    moved = rpc.displacement_m(width, height, height_m)
    whose = "the RPC's own HEIGHT_OFF" if height_m == rpc.height_off_m else "chosen by the analyst"
    return Phrase(
        "its RPC at a height of {height_m} m above the ellipsoid ({whose}), without "
        "terrain: ground 100 m higher or lower is drawn {moved} m from its place",
        height_m=f"{height_m:.0f}",
        whose=whose,
        moved=f"{moved:.0f}",
    )


def _is_raw_radar(dataset: Any) -> bool:
    """True for an image of Sentinel-1 as it was recorded, by what its TIFF says of itself."""
    return _SENTINEL1.match(str(dataset.tags().get("TIFFTAG_IMAGEDESCRIPTION", ""))) is not None


def _makes_sense(transform: Transform) -> bool:
    a, b, _, d, e, _ = transform
    return all(math.isfinite(v) for v in transform) and abs(a * e - b * d) > 1e-12 * math.hypot(a, d) * math.hypot(b, e)


def _resolution(dataset: Any) -> tuple[float, float] | None:
    """Pixels an inch that a TIFF states of itself."""
    if dataset.driver != "GTiff":
        return None
    tags = dataset.tags()
    try:
        return float(tags["TIFFTAG_XRESOLUTION"]), float(tags["TIFFTAG_YRESOLUTION"])
    except (KeyError, ValueError):
        return None
