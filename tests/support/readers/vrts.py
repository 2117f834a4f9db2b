"""Texts of virtual rasters (VRT), for tests."""

from __future__ import annotations

from pathlib import Path

from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import SIZE

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
HEAD = f"""<VRTDataset rasterXSize="{2 * SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:32652</SRS>
<GeoTransform>400000, 10, 0, 5751280, 0, -10</GeoTransform>"""


def source(name: str, left: int = 0, relative: int = 1, kind: str = "SimpleSource", more: str = "") -> str:
    return (
        f'<{kind}><SourceFilename relativeToVRT="{relative}">{name}</SourceFilename><SourceBand>1</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{SIZE}" ySize="{SIZE}"/>'
        f'<DstRect xOff="{left}" yOff="0" xSize="{SIZE}" ySize="{SIZE}"/>{more}</{kind}>'
    )


def vrt(folder: Path, *sources: str, band: str = "", head: str = HEAD, name: str = "a.vrt") -> Path:
    path = folder / name
    path.write_text(
        f'{head}<VRTRasterBand dataType="Byte" band="1" {band}>{"".join(sources)}</VRTRasterBand></VRTDataset>'
    )
    return path
