"""Deliveries as they are sold: Landsat as TAR, Sentinel-1 and Sentinel-2 as ZIP, Sentinel-2 of before 2016."""

from __future__ import annotations

import re
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy as np
import rasterio
from rasterio.control import GroundControlPoint

from tests.support.readers import tiny_deliveries as tiny

S1_NAME = "S1A_IW_GRDH_1SDV_20180716T003501_20180716T003526_022813_02793A_1B2C"
S1_SIDE = 64
"""Pixels a side."""
S1_WEST, S1_NORTH, S1_STEP = 75.0, 11.0, 0.001


def tar_of(folder: Path, path: Path, *, prefix: str = "") -> Path:
    """The files right in a folder as a TAR."""
    with tarfile.open(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, prefix + file.name)
    return path


def zip_of(folder: Path, path: Path) -> Path:
    """A folder with all in it as a ZIP."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def s1_place(col: float, row: float) -> tuple[float, float]:
    """The longitude and latitude of a pixel of the radar image, which is turned by the track."""
    return S1_WEST + S1_STEP * (col - 0.2 * row), S1_NORTH - S1_STEP * (row + 0.2 * col)


def _s1_image(path: Path, value: int) -> None:
    values = (value + np.add.outer(np.arange(S1_SIDE), 2 * np.arange(S1_SIDE)))[None].astype(np.uint16)
    values[:, :, :2] = 0
    steps = np.linspace(0, S1_SIDE, 5)
    points = [GroundControlPoint(row, col, *s1_place(col, row), 0.0) for row in steps for col in steps]
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(
            path, "w", "GTiff", S1_SIDE, S1_SIDE, 1, dtype="uint16", gcps=points, crs="EPSG:4326"
        ) as file:
            file.write(values)
            file.update_tags(TIFFTAG_IMAGEDESCRIPTION="Sentinel-1A IW GRD HR L1")


_S1_ANNOTATION = """<?xml version="1.0" encoding="UTF-8"?><product><adsHeader><missionId>S1A</missionId></adsHeader>
<generalAnnotation><productInformation><pass>Descending</pass><platformHeading>-167.9</platformHeading>
</productInformation></generalAnnotation><imageAnnotation><imageInformation>
<rangePixelSpacing>1.000000e+01</rangePixelSpacing><azimuthPixelSpacing>1.000000e+01</azimuthPixelSpacing>
<incidenceAngleMidSwath>3.8914e+01</incidenceAngleMidSwath></imageInformation></imageAnnotation></product>"""

_S1_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1" xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
 xmlns:s1="http://www.esa.int/safe/sentinel-1.0/sentinel-1" xmlns:s1sarl1="http://www.esa.int/safe/sentinel-1.0/sar">
<metadataSection>
<metadataObject ID="acquisitionPeriod"><safe:acquisitionPeriod>
<safe:startTime>2018-07-16T00:35:01.512345</safe:startTime>
<safe:stopTime>2018-07-16T00:35:26.511122</safe:stopTime></safe:acquisitionPeriod></metadataObject>
<metadataObject ID="platform"><safe:platform><safe:familyName>SENTINEL-1</safe:familyName><safe:number>A</safe:number>
<safe:instrument><safe:familyName abbreviation="SAR">Synthetic Aperture Radar</safe:familyName><safe:extension>
<s1sarl1:instrumentMode><s1sarl1:mode>IW</s1sarl1:mode></s1sarl1:instrumentMode></safe:extension></safe:instrument>
</safe:platform></metadataObject>
<metadataObject ID="measurementOrbitReference"><safe:orbitReference><safe:relativeOrbitNumber type="start">63
</safe:relativeOrbitNumber><safe:extension><s1:orbitProperties><s1:pass>DESCENDING</s1:pass></s1:orbitProperties>
</safe:extension></safe:orbitReference></metadataObject>
<metadataObject ID="generalProductInformation"><s1sarl1:standAloneProductInformation>
<s1sarl1:productType>{kind}</s1sarl1:productType>
<s1sarl1:transmitterReceiverPolarisation>VV</s1sarl1:transmitterReceiverPolarisation>
<s1sarl1:transmitterReceiverPolarisation>VH</s1sarl1:transmitterReceiverPolarisation>
</s1sarl1:standAloneProductInformation></metadataObject></metadataSection>
<dataObjectSection>{files}</dataObjectSection></xfdu:XFDU>"""


def sentinel1(folder: Path, kind: str = "GRD") -> Path:
    """A SAFE folder of two polarisations, with the map overlay that is in each."""
    safe = folder / f"{S1_NAME}.SAFE"
    files = []
    for number, polarisation in enumerate(("vh", "vv"), 1):
        stem = f"s1a-iw-grd-{polarisation}-20180716t003501-20180716t003526-022813-02793a-00{number}"
        _s1_image(safe / "measurement" / f"{stem}.tiff", 100 * number)
        (safe / "annotation" / "calibration").mkdir(parents=True, exist_ok=True)
        (safe / "annotation" / f"{stem}.xml").write_text(_S1_ANNOTATION)
        files.append(
            f'<dataObject ID="{stem}"><byteStream><fileLocation href="./measurement/{stem}.tiff"/></byteStream>'
            "</dataObject>"
        )
    (safe / "preview").mkdir()
    (safe / "preview" / "map-overlay.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><GroundOverlay><Icon><href>quick-look.png</href></Icon>'
        "<LatLonBox><north>1</north><south>0</south><east>1</east><west>0</west></LatLonBox></GroundOverlay></kml>"
    )
    (safe / "manifest.safe").write_text(_S1_MANIFEST.format(kind=kind, files="".join(files)))
    return safe


def old_sentinel2(folder: Path) -> Path:
    """A Level-1C product of 2015: long names, two granules, images named without their folders."""
    safe = folder / "S2A_OPER_PRD_MSIL1C_PDMC_20151230T202002_R008_V20151230T105153_20151230T105153.SAFE"
    granules, images = [], []
    for number, tile in enumerate(("T52UDC", "T52UEC")):
        granule = f"S2A_OPER_MSI_L1C_TL_SGS__20151230T162137_A002736_{tile}_N02.01"
        base = granule.removesuffix("_N02.01")
        moved = tiny.BOUNDS.__class__(
            *(value + (tiny.SIDE_M * number if at % 2 == 0 else 0) for at, value in enumerate(tiny.BOUNDS))
        )
        ids = []
        for band, (gsd, _) in tiny.SENTINEL2_BANDS.items():
            file = safe / "GRANULE" / granule / "IMG_DATA" / f"{base}_{band}.jp2"
            tiny.write_jp2(file, tiny.flat(1000.0 + 500 * number, gsd), moved)
            ids.append(f"<IMAGE_ID>{file.stem}</IMAGE_ID>")
        about = safe / "GRANULE" / granule / f"{base.replace('_MSI_', '_MTD_')}.xml"
        about.write_text(
            "<n1:Level-1C_Tile_ID xmlns:n1='x'><n1:General_Info><SENSING_TIME>2015-12-30T10:51:53.000Z</SENSING_TIME>"
            "</n1:General_Info><n1:Geometric_Info><Tile_Angles><Mean_Sun_Angle><ZENITH_ANGLE>71.5</ZENITH_ANGLE>"
            "<AZIMUTH_ANGLE>166</AZIMUTH_ANGLE></Mean_Sun_Angle></Tile_Angles></n1:Geometric_Info></n1:Level-1C_Tile_ID>"
        )
        granules.append(
            f'<Granule_List><Granules granuleIdentifier="{granule}">{"".join(ids)}</Granules></Granule_List>'
        )
        images += ids
    whole = tiny.sentinel2(folder / "new", "1C") / "MTD_MSIL1C.xml"
    text = re.sub(r"<Granule_List>.*?</Granule_List>", lambda _: "".join(granules), whole.read_text(), flags=re.DOTALL)
    text = re.sub(r"<Offset_List>.*?</Offset_List>", "", text)  # there was none
    name = "S2A_OPER_MTD_SAFL1C_PDMC_20151230T202002_R008_V20151230T105153_20151230T105153.xml"
    (safe / name).write_text(text.replace("Sentinel-2B", "Sentinel-2A"))
    (safe / "manifest.safe").write_text("<x/>")
    return safe
