"""Numbers of 32 bits are shown with the digits that they have."""

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.pool.attribute_columns import read_attributes
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.rows.single_floats import widened
from layers.requests.features import OfLayer

POOL = ReaderPool(inline=True)
WRITTEN = [0.1, -12.34, 1234.5, 1e-7, 3e20, 0.0]


@pytest.mark.bounded
@given(st.lists(st.floats(width=32, allow_subnormal=False), min_size=1))
def test_each_is_the_same_float_of_32_bits(values):
    single = np.array(values, np.float32)
    assert np.array_equal(widened(single).astype(np.float32), single, equal_nan=True)


@given(st.floats(2.0**-20, 2.0**20, width=32))
def test_each_has_the_fewest_digits(value):
    single = np.array([value, -value], np.float32)
    assert widened(single).tolist() == pytest.approx([float(str(one)) for one in single], rel=1e-15)


@pytest.mark.parametrize(("driver", "suffix"), [("FlatGeobuf", "fgb"), ("GPKG", "gpkg")])
def test_what_was_written_is_read(tmp_path, driver, suffix):
    points = shapely.to_wkb(np.array([shapely.Point(128, 51)] * len(WRITTEN), object))
    path = tmp_path / f"a.{suffix}"
    more = {"layer_options": {"SPATIAL_INDEX": "NO"}}
    pyogrio.raw.write(
        path,
        points,
        [np.array(WRITTEN, np.float32)],
        ["v"],
        driver=driver,
        geometry_type="Point",
        crs="EPSG:4326",
        **more,
    )
    assert rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None).columns["v"] == WRITTEN
    table = read_attributes(POOL, OfLayer.of({"path": str(path)}))
    assert [table.columns["v"].value(row) for row in range(len(WRITTEN))] == WRITTEN
