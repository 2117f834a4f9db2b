"""Areas in a row of rows, as GeoJSON: what real servers of features serve, and what is opened as a file beside them."""

from __future__ import annotations

import json
from pathlib import Path

COUNT, A_ROW = 2500, 50
STEP = 0.01
WEST, SOUTH = 10.0, 50.0
BOX = (WEST, SOUTH, WEST + A_ROW * STEP, SOUTH + COUNT // A_ROW * STEP)


def write_parks(path: Path) -> Path:
    """2,500 triangles, higher than wide, each with a name, a number and a note with letters of several scripts."""
    features = []
    for number in range(COUNT):
        west, south = WEST + number % A_ROW * STEP, SOUTH + number // A_ROW * STEP
        ring = [[west, south], [west + STEP / 2, south], [west, south + STEP * 0.9], [west, south]]
        places = [[round(x, 6), round(y, 6)] for x, y in ring]
        properties = {"number": number, "name": f"park {number}", "note": "Grün & 公园" if number % 7 else None}
        geometry = {"type": "Polygon", "coordinates": [places]}
        features.append({"type": "Feature", "id": number, "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    path.chmod(0o644)
    return path
