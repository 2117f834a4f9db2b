"""Lengths and areas of features: geodesic, whatever the CRS and the kind."""

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.errors import CannotBePlaced
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.geo.measure import geometry_area_m2, geometry_length_m
from layers.pool.measures import Measured
from layers.pool.pool import ReaderPool
from layers.readers.features import measures
from layers.requests.features import OfLayer

SHAPES = [
    shapely.LineString([(131.9, 43.1), (177.5, 64.7), (179.9, 64), (210.1, 61.2)]),
    shapely.Point(128, 51),
    shapely.Polygon(
        [(128, 51), (129, 51), (129, 52), (128, 52)], [[(128.2, 51.2), (128.4, 51.2), (128.4, 51.4), (128.2, 51.4)]]
    ),
    None,
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 4)]),
    shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (5, 6), (6, 6)]]),
    shapely.GeometryCollection([shapely.Point(1, 1), shapely.LineString([(0, 0), (0, 1)]), shapely.box(0, 0, 1, 1)]),
    shapely.Polygon(),
]


def written(path, shapes, crs) -> str:
    wkb = np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], object)
    pyogrio.raw.write(
        path, wkb, [np.arange(len(shapes))], ["n"], layer="a", driver="GPKG", geometry_type="Unknown", crs=crs
    )
    return str(path)


@pytest.mark.filterwarnings("ignore:.*CRS")
@pytest.mark.parametrize("crs", [WGS84, WEB_MERCATOR])
def test_lengths_and_areas_are_geodesic(tmp_path, crs, monkeypatch):
    monkeypatch.setattr(measures, "CHUNK_ROWS", 3)

    def there(xy):
        return np.stack(transform_points(WGS84, crs, xy[:, 0], xy[:, 1]), axis=1)

    shapes = [None if shape is None else shapely.transform(shape, there) for shape in SHAPES]
    measured = Measured(ReaderPool(inline=True), OfLayer.of({"path": written(tmp_path / "a.gpkg", shapes, crs)}))
    fids = np.arange(1, len(SHAPES) + 1)
    for name, measure in (("$length", geometry_length_m), ("$area", geometry_area_m2)):
        found = measured.of(name, fids, lambda: None)
        for shape, value in zip(SHAPES, found.tolist(), strict=True):
            wanted = 0.0 if shape is None else measure(shape)
            assert (value if wanted else np.nan_to_num(value)) == pytest.approx(wanted, abs=0.01), (name, shape)
    assert np.isnan(measured.of("$length", np.array([2, 4, 99]), lambda: None)).all()
    assert np.isnan(measured.of("$area", np.array([1, 2]), lambda: None)).all()


def test_an_area_wider_than_half_the_earth_is_measured_as_wide_as_it_says(tmp_path):
    band = shapely.box(-179, 50, 179, 60)
    shapes = [band, shapely.MultiPolygon([band, shapely.box(0, 0, 1, 1)]), shapely.box(181, 0, 182, 1)]
    measured = Measured(ReaderPool(inline=True), OfLayer.of({"path": written(tmp_path / "a.gpkg", shapes, WGS84)}))
    wide, both, small = measured.of("$area", np.array([1, 2, 3]), lambda: None).tolist()
    piece = geometry_area_m2(shapely.box(0, 50, 1, 60))  # its edges are geodesics and not parallels
    assert wide == pytest.approx(358 * piece, rel=0.003)
    assert both == pytest.approx(wide + small)
    length = measured.of("$length", np.array([1]), lambda: None)[0]
    circles = 6_378_137 * np.radians(358) * (np.cos(np.radians(50)) + np.cos(np.radians(60)))
    assert length == pytest.approx(circles + 2 * 1_112_000, rel=0.005)


def test_without_a_crs_nothing_is_measured_until_one_is_chosen(tmp_path):
    path = tmp_path / "a.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        written(path, [shapely.LineString([(128, 51), (129, 51)])], None)
    with pytest.raises(CannotBePlaced):
        Measured(ReaderPool(inline=True), OfLayer.of({"path": str(path)})).of("$length", np.array([1]), lambda: None)
    chosen = Measured(ReaderPool(inline=True), OfLayer.of({"path": str(path), "source_crs": WGS84}))
    assert chosen.of("$length", np.array([1]), lambda: None)[0] == pytest.approx(70_197, abs=5)
