"""Run by the system's Python: says as JSON what GDAL (with LIBKML) makes of files.

python3 gdal_word.py JOBS.json ANSWERS.json

A job: path; also `part` (a subdataset whose name ends so), `crs` (taken where the file says none), `options` (to open
it), `drivers` (which of them alone), `layers` (by these names), `cells` (the columns
that are compared), `with_tiles` (it is features and a picture),
`beside` or `besides` (open this, or all of these, instead of the path).
"""

import json
import math
import sys

from osgeo import gdal, ogr, osr

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_PAM_ENABLED", "YES")
gdal.SetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "NO")
GRID = 24
ROWS = 12
SPOTS = ((0.03, 0.05), (0.96, 0.08), (0.52, 0.49), (0.07, 0.93), (0.98, 0.97), (0.31, 0.66), (0.71, 0.27))
"""Where values are asked, in parts of the picture."""
WGS84 = osr.SpatialReference()
WGS84.ImportFromEPSG(4326)
WGS84.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)


def crs_of(reference, job):
    """The CRS with x before y; None where there is none."""
    if reference is None and job.get("crs"):
        reference = osr.SpatialReference()
        reference.SetFromUserInput(job["crs"])
    if reference is None:
        return None
    reference = reference.Clone()
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def way(source, target):
    """Transforms one point, or gives None; None where there is no way."""
    if source is None or target is None or source.IsLocal() or target.IsLocal():
        return None
    try:
        transformation = osr.CoordinateTransformation(source, target)
    except RuntimeError:
        return None

    def go(x, y):
        try:
            found = transformation.TransformPoint(x, y)[:2]
        except RuntimeError:
            return None
        return list(found) if all(map(math.isfinite, found)) else None

    return go


def number(value):
    """As JSON can say it."""
    if value is None or isinstance(value, int):
        return value
    return value if math.isfinite(value) else str(value)


def pixel_way(dataset, job):
    """From pixels to the CRS and that CRS, and how; None where GDAL knows no position."""
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform is not None:
        a = transform

        def go(x, y):
            return a[0] + x * a[1] + y * a[2], a[3] + x * a[4] + y * a[5]

        return go, crs_of(dataset.GetSpatialRef(), job), "transform"
    points = dataset.GetGCPs()
    if points or dataset.GetMetadata("RPC"):
        method = "GCP_POLYNOMIAL" if points else "RPC"
        try:
            transformer = gdal.Transformer(dataset, None, [f"METHOD={method}", *job.get("transformer", [])])
        except RuntimeError:
            return None, None, "nothing"

        def go(x, y):
            done, place = transformer.TransformPoint(0, x, y)
            return (place[0], place[1]) if done else (math.nan, math.nan)

        return go, crs_of(dataset.GetGCPSpatialRef(), job) if points else WGS84, method
    return None, crs_of(dataset.GetSpatialRef(), job), "nothing"


def raster(dataset, job):
    """Size, bands, place and values of one picture."""
    width, height = dataset.RasterXSize, dataset.RasterYSize
    to_crs, crs, how = pixel_way(dataset, job)
    to_lonlat = way(crs, WGS84)
    bands = [dataset.GetRasterBand(index + 1) for index in range(dataset.RasterCount)]

    def lonlat(x, y):
        if to_crs is None or to_lonlat is None:
            return None
        place = to_crs(x, y)
        return to_lonlat(*place) if all(map(math.isfinite, place)) else None

    spots = []
    for index, (across, down) in enumerate(SPOTS):
        col, row = min(int(width * across), width - 1), min(int(height * down), height - 1)
        x, y = col + (0.25, 0.5, 0.75)[index % 3], row + (0.7, 0.3, 0.5)[index % 3]
        spots.append({"pixel": [x, y], "lonlat": lonlat(x, y), "values": [value_at(band, col, row) for band in bands]})
    grid = [lonlat(width * x / GRID, height * y / GRID) for y in range(GRID + 1) for x in range(GRID + 1)]
    return {
        "kind": "raster",
        "size": [width, height],
        "how": how,
        "wkt": crs.ExportToWkt(["FORMAT=WKT2"]) if crs else "",
        "dtypes": [gdal.GetDataTypeName(band.DataType) for band in bands],
        "nodata": [number(band.GetNoDataValue()) for band in bands],
        "descriptions": [band.GetDescription() for band in bands],
        "colours": [gdal.GetColorInterpretationName(band.GetColorInterpretation()) for band in bands],
        "spots": spots,
        "grid": [point for point in grid if point],
        "pole": pole_inside(grid, crs, to_crs, width, height),
    }


def value_at(band, col, row):
    """The value as GDAL stores it, of complex ones the magnitude; None where it is masked."""
    if band.GetMaskBand().ReadAsArray(col, row, 1, 1)[0, 0] == 0:
        return None
    value = band.ReadAsArray(col, row, 1, 1)[0, 0]
    value = abs(complex(value)) if "c" in value.dtype.kind else value.item()
    return number(value)


def pole_inside(grid, crs, to_crs, width, height):
    """90 or -90 where that pole is inside a picture about it; else 0."""
    back = way(WGS84, crs)
    if not any(grid) or back is None or crs.IsGeographic():
        return 0
    origin, right, down = to_crs(0, 0), to_crs(1, 0), to_crs(0, 1)
    a, d, b, e = right[0] - origin[0], right[1] - origin[1], down[0] - origin[0], down[1] - origin[1]
    if not a * e - b * d:
        return 0
    for pole in (90, -90):
        place = back(0, pole)
        if place is None:
            continue
        x, y = place[0] - origin[0], place[1] - origin[1]
        col, row = (e * x - b * y) / (a * e - b * d), (a * y - d * x) / (a * e - b * d)
        if 0 <= col <= width and 0 <= row <= height:
            return pole
    return 0


def vector(dataset, job):
    """Count, kinds, place and first rows of each layer."""
    layers = [dataset.GetLayer(index) for index in range(len(dataset))]
    wanted = job.get("layers", [layer.GetName() for layer in layers])
    found = [layer_of(layer, job) for layer in layers if layer.GetName() in wanted]
    return {"kind": "vector", "layers": [layer for layer in found if layer["count"] or len(found) == 1]}


def of_box(boxes, to_lonlat):
    """Places all over the box around all rows, which is what is said of a layer that is not in degrees."""
    if not boxes or to_lonlat is None:
        return []
    lefts, rights, bottoms, tops = zip(*boxes, strict=True)
    left, right, bottom, top = min(lefts), max(rights), min(bottoms), max(tops)
    steps = [step / GRID for step in range(GRID + 1)]
    places = [to_lonlat(left + (right - left) * x, bottom + (top - bottom) * y) for y in steps for x in steps]
    return [place for place in places if place]


def layer_of(layer, job):
    """One layer."""
    crs = crs_of(layer.GetSpatialRef(), job)
    to_lonlat = way(crs, WGS84)
    rows, kinds, points, boxes, count, empty = [], set(), [], [], 0, 0
    definition = layer.GetLayerDefn()
    names = [definition.GetFieldDefn(index).GetName() for index in range(definition.GetFieldCount())]
    asked = job.get("cells", names)
    for feature in layer:
        count += 1
        geometry = feature.GetGeometryRef()
        geometry = None if geometry is None or geometry.IsEmpty() else geometry.Clone()
        row = {"wkb": None, "cells": {name: cell(feature, index) for index, name in enumerate(names) if name in asked}}
        if geometry is None:
            empty += 1
        else:
            geometry.FlattenTo2D()
            if geometry.HasCurveGeometry():
                geometry = geometry.GetLinearGeometry()
            if geometry.GetGeometryName() == "LINEARRING":
                geometry = ogr.ForceToLineString(geometry)
            kinds.add(geometry.GetGeometryName())
            boxes.append(geometry.GetEnvelope())
            if to_lonlat is not None:
                geometry.AssignSpatialReference(crs)
                if geometry.TransformTo(WGS84) == 0:
                    points += vertices(geometry)
            row["wkb"] = bytes(geometry.ExportToWkb()).hex()
        if len(rows) < ROWS:
            rows.append(row)
    return {
        "name": layer.GetName(),
        "count": count,
        "empty": empty,
        "kinds": sorted(kinds),
        "fields": names,
        "wkt": crs.ExportToWkt(["FORMAT=WKT2"]) if crs else "",
        "points": points,
        "rows": rows,
        "grid": points if crs is None or crs.IsSame(WGS84) else of_box(boxes, to_lonlat),
    }


def cell(feature, index):
    """A cell as plain JSON."""
    if not feature.IsFieldSetAndNotNull(index):
        return None
    kind = feature.GetFieldDefnRef(index).GetType()
    if kind in (ogr.OFTInteger, ogr.OFTInteger64):
        return feature.GetFieldAsInteger64(index)
    if kind == ogr.OFTReal:
        return number(feature.GetFieldAsDouble(index))
    return feature.GetFieldAsString(index)


def vertices(geometry):
    """All points of a geometry, of the parts of its parts too."""
    if geometry.GetGeometryCount():
        return [
            point for index in range(geometry.GetGeometryCount()) for point in vertices(geometry.GetGeometryRef(index))
        ]
    return [list(point[:2]) for point in geometry.GetPoints() or ()]


def word(job):
    """What GDAL says of one file; {"error": ...} where it opens none."""
    if job.get("besides"):
        found = [word({**job, "besides": None, "path": path}) for path in job["besides"]]
        return {"kind": "vector", "layers": [layer for one in found for layer in one["layers"]]}
    path, part = job.get("beside", job["path"]), job.get("part", "")
    answer = {}
    for kind, flags in (("vector", gdal.OF_VECTOR), ("raster", gdal.OF_RASTER)):
        try:
            dataset = gdal.OpenEx(
                path, flags, allowed_drivers=job.get("drivers", []), open_options=job.get("options", [])
            )
        except RuntimeError as error:
            answer.setdefault("error", str(error))
            continue
        if kind == "vector":
            if len(dataset) == 0 or dataset.GetDriver().ShortName == "netCDF":
                continue
            found = vector(dataset, job)
            return found | {"tiles": raster(gdal.OpenEx(path, gdal.OF_RASTER), job)} if job.get("with_tiles") else found
        subdatasets = [name for name, _ in dataset.GetSubDatasets()]
        if part:
            ends = [name for name in subdatasets if name.rpartition(":")[2].strip('"/').endswith(part)]
            dataset = gdal.Open(ends[0])
        if dataset.RasterCount:
            return raster(dataset, job)
        answer.setdefault("error", "a picture of several: " + " ".join(subdatasets))
    return answer


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    answers = {}
    for name, job in jobs.items():
        try:
            answers[name] = word(job)
        except (RuntimeError, LookupError, ValueError, TypeError, AttributeError) as error:
            answers[name] = {"error": f"{type(error).__name__}: {error}"}  # the others are asked all the same
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answers, file)
