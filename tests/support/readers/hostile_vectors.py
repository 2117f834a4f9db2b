"""Vector files that lead to a server, and two ways to read them; see hostile_child.

Imports stand within functions: GDAL as it comes must meet none of our defences.
"""

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.readers.raw import raw

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool


def corpus(folder: Path, url: str) -> list[Path]:
    """Hostile vector files that lead to `url`."""
    link = {"type": "link", "properties": {"href": f"{url}/crs.wkt", "type": "ogcwkt"}}
    features = [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]
    collection = json.dumps({"type": "FeatureCollection", "crs": link, "features": features})
    kml = (
        f"<kml><NetworkLink><Link><href>{url}/n.kml</href></Link></NetworkLink><GroundOverlay><Icon><href>{url}/g.png"
        "</href></Icon><LatLonBox><north>2</north><south>1</south><east>4</east><west>3</west></LatLonBox></GroundOverlay>"
        f'<Placemark><description>&lt;img src="{url}/d.png"&gt;</description><styleUrl>{url}/s.kml#a</styleUrl>'
        f"<Style><IconStyle><Icon><href>{url}/i.png</href></Icon></IconStyle></Style>"
        "<Point><coordinates>1,2</coordinates></Point></Placemark></kml>"
    )
    inside = f"<OGRVRTLayer name='a'><SrcDataSource>{url}/a.json</SrcDataSource></OGRVRTLayer>"
    vrt = f"<OGRVRTDataSource>{inside}</OGRVRTDataSource>"
    texts = {
        "link.geojson": collection,
        "link.json": collection,
        "lines.geojsonl": json.dumps({**features[0], "crs": link}) + "\n" + json.dumps(features[0]) + "\n",
        "text.geojson": json.dumps(f"{url}/a.geojson"),
        "vrt.geojson": vrt,
        "vrt.kml": vrt,
        "vrt.shp": vrt,
        "vrt.csv": vrt,
        "service.geojson": json.dumps(
            {"type": "FeatureCollection", "features": [], "exceededTransferLimit": True, "next": f"{url}/next"}
        ),
        "stac.json": json.dumps(
            {
                "type": "FeatureCollection",
                "stac_version": "1.0.0",
                "links": [{"rel": "next", "href": f"{url}/next"}],
                "features": features,
            }
        ),
        "links.kml": kml,
        "dtd.kml": f'<!DOCTYPE kml SYSTEM "{url}/dtd">' + kml,
        "entity.gpx": f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "{url}/x">]>'
        '<gpx><wpt lat="1" lon="2"><name>&x;</name></wpt></gpx>',
        "schema.gpx": f'<gpx xmlns:xsi="x" xsi:schemaLocation="{url}/a {url}/b"><wpt lat="1" lon="2"/></gpx>',
        "links.csv": f"lat,lon,link\n1,2,{url}/a\n",
        "wkt.csv": f'wkt,x\nhttp:{url},1\n"POINT (1 2)",2\n',
    }
    made = []
    for name, text in texts.items():
        (folder / name).write_text(text)
        made.append(folder / name)
    with zipfile.ZipFile(folder / "links.kmz", "w") as archive:
        archive.writestr("doc.kml", kml)
    return [*made, folder / "links.kmz", _shapefile(folder, url)]


def _shapefile(folder: Path, url: str) -> Path:
    import numpy as np
    import pyogrio.raw
    import shapely

    path = folder / "prj.shp"
    wkb = shapely.to_wkb(np.array([shapely.Point(1, 2)], object))
    pyogrio.raw.write(
        path, wkb, [np.array([1])], ["n"], driver="ESRI Shapefile", geometry_type="Point", crs="EPSG:4326"
    )
    path.with_suffix(".prj").write_text(f"{url}/crs.wkt")
    return path


def name_of(path: Path) -> str:
    return path.name


def read(pool: ReaderPool, path: Path) -> None:
    """All that the window asks of a vector file."""
    pool.ask(raw("probe", {"path": str(path)}))
    pool.ask(raw("features", {"path": str(path), "crs": "EPSG:3857", "source_crs": "EPSG:4326"}))
    pool.ask(raw("attributes", {"path": str(path)}))


def open_unguarded(folder: Path) -> None:
    """OGR as it comes: what a program does that opens whatever it is given."""
    import pyogrio

    for name in ("link.geojson", "vrt.geojson"):
        with contextlib.suppress(Exception):
            pyogrio.read_info(folder / name)
