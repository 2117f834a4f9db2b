"""Writes RFC 7946 GeoJSON with one feature a line, so that a change to a shipped layer can be read in a diff."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

Vertex = tuple[float, float]
"""(longitude, latitude) in degrees, WGS 84."""

Line = Sequence[Vertex]


def line_feature(lines: Sequence[Line], properties: dict[str, object]) -> dict[str, object]:
    """A GeoJSON feature of one line, or of several as a MultiLineString."""
    if len(lines) == 1:
        geometry: dict[str, object] = {"type": "LineString", "coordinates": lines[0]}
    else:
        geometry = {"type": "MultiLineString", "coordinates": lines}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_features(target: Path, name: str, features: Iterable[dict[str, object]]) -> None:
    """Writes the features as a collection called `name`. Raises ValueError for a number that JSON does not have."""
    rows = [json.dumps(feature, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for feature in features]
    head = f'{{"type":"FeatureCollection","name":{json.dumps(name)},"features":[\n'
    target.write_text(head + ",\n".join(rows) + "\n]}\n", encoding="utf-8")
