"""Miniatures of deliveries for tests: the folders and metadata of the real ones, images of a few pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import write_raster

UTM = "EPSG:32652"
SIDE_M = 1920.0
BOUNDS = Bounds(399_960.0, 5_750_000.0, 399_960.0 + SIDE_M, 5_750_000.0 + SIDE_M)


def flat(value: float, gsd_m: float, bands: int = 1, dtype: str = "uint16") -> NDArray[Any]:
    """(bands, h, w): the first band holds `value`, each further one 10 more; at 1 % of it a slope."""
    size = round(SIDE_M / gsd_m)
    slope = np.linspace(0, 0.01 * value, size)[None, None, :]
    return (value + 10 * np.arange(bands)[:, None, None] + slope + np.zeros((1, size, 1))).astype(dtype)


def write_jp2(path: Path, values: NDArray[Any], bounds: Bounds = BOUNDS, crs: str = UTM) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_raster(path, values, crs, bounds, driver="JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES")


def write_tif(path: Path, values: NDArray[Any], bounds: Bounds = BOUNDS, crs: str = UTM) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_raster(path, values, crs, bounds)


SENTINEL2_BANDS = {
    "B01": (60, 442.7),
    "B02": (10, 492.7),
    "B03": (10, 559.8),
    "B04": (10, 664.6),
    "B05": (20, 704.1),
    "B06": (20, 740.5),
    "B07": (20, 782.8),
    "B08": (10, 832.8),
    "B8A": (20, 864.7),
    "B09": (60, 945.1),
    "B10": (60, 1373.5),
    "B11": (20, 1613.7),
    "B12": (20, 2202.4),
}

GRANULE = "L{level}_T52UDC_A022321_20210711T022553"


def sentinel2(folder: Path, level: str = "2A", bands: dict[str, float] | None = None, left_out: str = "") -> Path:
    """A SAFE folder. Level-2A has each band at its own resolution and at 60 m; `bands` are their values."""
    name = f"S2B_MSIL{level}_20210711T022549_N0500_R046_T52UDC_20230131T081526"
    safe, granule = folder / f"{name}.SAFE", GRANULE.format(level=level)
    values = bands or {band: 1500.0 + 100 * number for number, band in enumerate(SENTINEL2_BANDS)}
    files = []
    for band, value in values.items():
        gsd = SENTINEL2_BANDS[band][0]
        for resolution in {gsd, 60} if level == "2A" else {gsd}:
            at = f"R{resolution}m/" if level == "2A" else ""
            ending = f"_{resolution}m" if level == "2A" else ""
            file = f"GRANULE/{granule}/IMG_DATA/{at}T52UDC_20210711T022549_{band}{ending}"
            files.append(file)
            if band != left_out:
                stored = flat(value, resolution)
                stored[:, : round(120 / resolution)] = 0  # the edge of the swath: nodata
                write_jp2(safe / f"{file}.jp2", stored)
    if level == "2A":
        files.append(f"GRANULE/{granule}/IMG_DATA/R20m/T52UDC_20210711T022549_SCL_20m")
        write_jp2(safe / f"{files[-1]}.jp2", np.full((1, 96, 96), 4, np.uint8))
    (safe / f"MTD_MSIL{level}.xml").write_text(_sentinel2_product(name, level, granule, files))
    (safe / "GRANULE" / granule / "MTD_TL.xml").write_text(_SENTINEL2_TILE.format(level=level))
    (safe / "manifest.safe").write_text("<x/>")
    return safe


def _sentinel2_product(name: str, level: str, granule: str, files: list[str]) -> str:
    images = "".join(f"<IMAGE_FILE>{file}</IMAGE_FILE>" for file in files)
    spectral = "".join(
        f'<Spectral_Information bandId="{number}" physicalBand="{band.replace("B0", "B")}">'
        f'<RESOLUTION>{gsd}</RESOLUTION><Wavelength><CENTRAL unit="nm">{centre}</CENTRAL></Wavelength>'
        "</Spectral_Information>"
        for number, (band, (gsd, centre)) in enumerate(SENTINEL2_BANDS.items())
    )
    tag = "BOA_ADD_OFFSET" if level == "2A" else "RADIO_ADD_OFFSET"
    offsets = "".join(f'<{tag} band_id="{number}">-1000</{tag}>' for number in range(13))
    quantification = (
        '<QUANTIFICATION_VALUES_LIST><BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE>'
        "</QUANTIFICATION_VALUES_LIST>"
        if level == "2A"
        else '<QUANTIFICATION_VALUE unit="none">10000</QUANTIFICATION_VALUE>'
    )
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<n1:Level-{level}_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-{level}.xsd">
  <n1:General_Info>
    <Product_Info>
      <PRODUCT_START_TIME>2021-07-11T02:25:49.024Z</PRODUCT_START_TIME>
      <PRODUCT_STOP_TIME>2021-07-11T02:25:49.024Z</PRODUCT_STOP_TIME>
      <PRODUCT_URI>{name}.SAFE</PRODUCT_URI>
      <PROCESSING_LEVEL>Level-{level}</PROCESSING_LEVEL>
      <PROCESSING_BASELINE>05.00</PROCESSING_BASELINE>
      <Datatake datatakeIdentifier="GS2B"><SPACECRAFT_NAME>Sentinel-2B</SPACECRAFT_NAME></Datatake>
      <Product_Organisation><Granule_List>
        <Granule granuleIdentifier="{granule}" imageFormat="JPEG2000">{images}</Granule>
      </Granule_List></Product_Organisation>
    </Product_Info>
    <Product_Image_Characteristics>
      <Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>
        <SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>
      {quantification}<Offset_List>{offsets}</Offset_List>
      <Spectral_Information_List>{spectral}</Spectral_Information_List>
    </Product_Image_Characteristics>
  </n1:General_Info>
  <n1:Quality_Indicators_Info>
    <Cloud_Coverage_Assessment>7.25</Cloud_Coverage_Assessment>
  </n1:Quality_Indicators_Info>
</n1:Level-{level}_User_Product>
"""


_SENTINEL2_TILE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<n1:Level-{level}_Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/S2_PDI_Level-{level}_Tile_Metadata.xsd">
  <n1:General_Info><SENSING_TIME metadataLevel="Standard">2021-07-11T02:31:24.161338Z</SENSING_TIME></n1:General_Info>
  <n1:Geometric_Info><Tile_Angles>
    <Mean_Sun_Angle>
      <ZENITH_ANGLE unit="deg">31.5</ZENITH_ANGLE><AZIMUTH_ANGLE unit="deg">152.25</AZIMUTH_ANGLE>
    </Mean_Sun_Angle>
    <Mean_Viewing_Incidence_Angle_List>
      <Mean_Viewing_Incidence_Angle bandId="0">
        <ZENITH_ANGLE unit="deg">8.0</ZENITH_ANGLE></Mean_Viewing_Incidence_Angle>
      <Mean_Viewing_Incidence_Angle bandId="1">
        <ZENITH_ANGLE unit="deg">9.0</ZENITH_ANGLE></Mean_Viewing_Incidence_Angle>
    </Mean_Viewing_Incidence_Angle_List>
  </Tile_Angles></n1:Geometric_Info>
</n1:Level-{level}_Tile_ID>
"""


def landsat(folder: Path, level: int = 2, mtl: str = "txt") -> Path:
    """A Collection 2 folder of Landsat 8."""
    product = f"LC08_L{level}{'SP' if level == 2 else 'TP'}_119024_20200904_20200918_02_T1"
    root = folder / product
    contents = {
        "LANDSAT_PRODUCT_ID": product,
        "PROCESSING_LEVEL": f"L{level}{'SP' if level == 2 else 'TP'}",
        "ORIGIN": "Image courtesy of the U.S. Geological Survey",
        "DIGITAL_OBJECT_IDENTIFIER": "https://doi.org/10.5066/P9OGBGM6",
    }
    numbers = range(1, 8) if level == 2 else range(1, 12)
    for number in numbers:
        contents[f"FILE_NAME_BAND_{number}"] = f"{product}_{'SR_' if level == 2 else ''}B{number}.TIF"
    if level == 2:
        contents["FILE_NAME_BAND_ST_B10"] = f"{product}_ST_B10.TIF"
        contents["FILE_NAME_METADATA_ODL"] = f"{product}_MTL.txt"
    contents["FILE_NAME_QUALITY_L1_PIXEL"] = f"{product}_QA_PIXEL.TIF"
    for number, name in enumerate(value for key, value in contents.items() if value.endswith(".TIF")):
        write_tif(root / name, flat(8000.0 + 500 * number, 15 if name.endswith("B8.TIF") else 30))
    image = {
        "SPACECRAFT_ID": "LANDSAT_8",
        "SENSOR_ID": "OLI_TIRS",
        "DATE_ACQUIRED": "2020-09-04",
        "SCENE_CENTER_TIME": "02:17:33.1930730Z",
        "CLOUD_COVER": "12.50",
        "SUN_AZIMUTH": "158.07402468",
        "SUN_ELEVATION": "43.96183577",
        "NADIR_OFFNADIR": "NADIR",
        "ROLL_ANGLE": "-0.001",
    }
    projection = {"GRID_CELL_SIZE_REFLECTIVE": "30.00", "GRID_CELL_SIZE_THERMAL": "30.00"}
    if level == 1:
        projection["GRID_CELL_SIZE_PANCHROMATIC"] = "15.00"
    groups = {"PRODUCT_CONTENTS": contents, "IMAGE_ATTRIBUTES": image, "PROJECTION_ATTRIBUTES": projection}
    groups["LEVEL1_RADIOMETRIC_RESCALING"] = _rescaling(range(1, 10), "2.0000E-05", "-0.100000")
    if level == 2:
        groups["LEVEL2_SURFACE_REFLECTANCE_PARAMETERS"] = _rescaling(numbers, "2.75e-05", "-0.2")
        groups["LEVEL2_SURFACE_TEMPERATURE_PARAMETERS"] = {
            "TEMPERATURE_MULT_BAND_ST_B10": "0.00341802",
            "TEMPERATURE_ADD_BAND_ST_B10": "149.0",
        }
        older = product.replace("L2SP", "L1TP")
        groups["LEVEL1_PROCESSING_RECORD"] = {"LANDSAT_PRODUCT_ID": older} | {
            f"FILE_NAME_BAND_{number}": f"{older}_B{number}.TIF" for number in range(1, 12)
        }
    (root / f"{product}_MTL.{mtl}").write_text(_mtl_json(groups) if mtl == "json" else _mtl_text(groups))
    return root


def _rescaling(numbers: range, scale: str, offset: str) -> dict[str, str]:
    scales = {f"REFLECTANCE_MULT_BAND_{number}": scale for number in numbers}
    return scales | {f"REFLECTANCE_ADD_BAND_{number}": offset for number in numbers}


def _mtl_text(groups: dict[str, dict[str, str]]) -> str:
    lines = ["GROUP = LANDSAT_METADATA_FILE"]
    for group, values in groups.items():
        lines += [f"  GROUP = {group}"]
        lines += [
            f"    {k} = {v if v[:1].isdigit() or v[:1] == '-' else chr(34) + v + chr(34)}" for k, v in values.items()
        ]
        lines += [f"  END_GROUP = {group}"]
    return "\n".join([*lines, "END_GROUP = LANDSAT_METADATA_FILE", "END", ""])


def _mtl_json(groups: dict[str, dict[str, str]]) -> str:
    return json.dumps({"LANDSAT_METADATA_FILE": groups}, indent=2)


MAXAR_IMAGE = """BEGIN_GROUP = IMAGE_1
\tsatId = "WV03";
\tmode = "FullSwath";
\tCatId = "1040010042376D00";
\tTLCTime = 2018-10-02T02:50:47.704850Z;
\tTLCList = (
\t(0,  0.000000),
\t(13077,  2.615400)\t);
\tfirstLineTime = 2018-10-02T02:50:{second}.704850Z;
\tmeanCollectedGSD =   {gsd};
\tmeanProductGSD =   1.232;
\tmeanSunAz = 100.4;
\tmeanSunEl =  75.0;
\tmeanSatAz =  21.2;
\tmeanSatEl =  60.5;
\tmeanOffNadirViewAngle =   26.6;
\tcloudCover = 0.008;
END_GROUP = IMAGE_1
"""


def maxar(folder: Path, kind: str = "M", second: int = 47) -> Path:
    """A folder of 8 bands (M) or one (P) in two tiles, side by side, with TIL, IMD, RPB and XML."""
    stem = f"18OCT02025047-{kind}2AS-502541534010_01_P003"
    bands = ("C", "B", "G", "Y", "R", "RE", "N", "N2") if kind == "M" else ("P",)
    gsd = 15.0 if kind == "M" else 7.5
    root = folder / f"502541534010_01_P003_{'MUL' if kind == 'M' else 'PAN'}"
    values = flat(300.0, gsd, len(bands))
    half = values.shape[2] // 2
    tiles = {"R1C1": (values[:, :, :half], BOUNDS.left), "R1C2": (values[:, :, half:], BOUNDS.left + half * gsd)}
    til = [f'bandId = "{"Multi" if kind == "M" else "P"}";', f"numTiles = {len(tiles)};", 'tileUnits = "Pixels";']
    for number, (name, (part, left)) in enumerate(tiles.items(), 1):
        file = stem.replace("2AS-", f"2AS_{name}-") + ".TIF"
        write_tif(root / file, part, Bounds(left, BOUNDS.bottom, left + SIDE_M / 2, BOUNDS.top))
        til += [
            f"BEGIN_GROUP = TILE_{number}",
            f'\tfilename = "{file}";',
            "\tULColOffset = 0;",
            f"END_GROUP = TILE_{number}",
        ]
    (root / f"{stem}.TIL").write_text("\n".join([*til, "END;", ""]))
    groups = "".join(
        f"BEGIN_GROUP = BAND_{b}\n\tULLon =  119.8;\n\tTDILevel = 24;\nEND_GROUP = BAND_{b}\n" for b in bands
    )
    image = MAXAR_IMAGE.format(second=second, gsd="1.234" if kind == "M" else "0.311")
    projected = f"BEGIN_GROUP = MAP_PROJECTED_PRODUCT\n\tproductGSD = {gsd};\nEND_GROUP = MAP_PROJECTED_PRODUCT\n"
    head = 'version = "28.3";\nproductOrderId = "502541534010_01_P003";\nbandId = "Multi";\nproductLevel = "LV2A";\n'
    (root / f"{stem}.IMD").write_text(head + groups + image + projected + "END;\n")
    (root / f"{stem}.RPB").write_text('satId = "WV03";\nEND;\n')
    (root / f"{stem}.XML").write_text("<isd><IMD><VERSION>28.3</VERSION></IMD></isd>")
    return root


def dimap(folder: Path, jp2: bool = True) -> Path:
    """Pléiades MS in two tiles, one below the other."""
    suffix, write = ("JP2", write_jp2) if jp2 else ("TIF", write_tif)
    root = folder / "IMG_PHR1A_MS_002"
    values = flat(400.0, 20.0, 4)
    middle = (BOUNDS.bottom + BOUNDS.top) / 2
    base = "PHR1A_MS_202108201553330_ORT_5888578101-2"
    half = values.shape[1] // 2
    write(root / f"IMG_{base}_R1C1.{suffix}", values[:, :half], Bounds(BOUNDS.left, middle, BOUNDS.right, BOUNDS.top))
    write(
        root / f"IMG_{base}_R2C1.{suffix}", values[:, half:], Bounds(BOUNDS.left, BOUNDS.bottom, BOUNDS.right, middle)
    )
    tiles = "".join(
        f'<Data_File tile_R="{r}" tile_C="1"><DATA_FILE_PATH href="IMG_{base}_R{r}C1.{suffix}"/></Data_File>'
        for r in (2, 1)
    )
    (root / f"DIM_{base}.XML").write_text(DIMAP.format(tiles=tiles, processing="MS"))
    (root / "LINEAGE").mkdir()
    (root / "LINEAGE" / "DIM_LINEAGE.XML").write_text("<Dimap_Document/>")
    return root


DIMAP = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<?xml-stylesheet href="LIBRARY/STYLE.XSL" type="text/xsl"?><Dimap_Document>
  <Metadata_Identification><METADATA_FORMAT version="2.15">DIMAP</METADATA_FORMAT></Metadata_Identification>
  <Dataset_Identification>
    <DATASET_NAME version="1.0">DS_PHR1A_202108201552560_FR1_PX_W075N18_1209_01230</DATASET_NAME>
    <Legal_Constraints><COPYRIGHT>©CNES_2021, distribution AIRBUS DS, France</COPYRIGHT>
      <LICENSE>EULA</LICENSE></Legal_Constraints>
  </Dataset_Identification>
  <Dataset_Content><CLOUD_COVERAGE unit="percent">68.32</CLOUD_COVERAGE></Dataset_Content>
  <Product_Information><Delivery_Identification><JOB_ID>5888578101-2</JOB_ID></Delivery_Identification></Product_Information>
  <Processing_Information><Product_Settings>
    <SPECTRAL_PROCESSING>{processing}</SPECTRAL_PROCESSING>
    <Sampling_Settings><RESAMPLING_SPACING unit="m">2</RESAMPLING_SPACING></Sampling_Settings>
  </Product_Settings></Processing_Information>
  <Raster_Data>
    <Data_Access><Data_Files>{tiles}</Data_Files></Data_Access>
    <Raster_Display>
      <Band_Display_Order>
        <RED_CHANNEL>B2</RED_CHANNEL><GREEN_CHANNEL>B1</GREEN_CHANNEL>
        <BLUE_CHANNEL>B0</BLUE_CHANNEL><ALPHA_CHANNEL>B3</ALPHA_CHANNEL>
      </Band_Display_Order>
      <Special_Value><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT><SPECIAL_VALUE_COUNT>0</SPECIAL_VALUE_COUNT></Special_Value>
    </Raster_Display>
  </Raster_Data>
  <Radiometric_Data><Radiometric_Calibration><Instrument_Calibration><Band_Measurement_List>
    <Band_Spectral_Range><BAND_ID>B2</BAND_ID><MEASURE_UNIT>micrometers</MEASURE_UNIT><MIN>0.59</MIN><MAX>0.71</MAX></Band_Spectral_Range>
  </Band_Measurement_List></Instrument_Calibration></Radiometric_Calibration></Radiometric_Data>
  <Geometric_Data><Use_Area>
    <Located_Geometric_Values><LOCATION_TYPE>Top Center</LOCATION_TYPE><TIME>2021-08-20T15:53:33.156Z</TIME>
      <Acquisition_Angles><VIEWING_ANGLE unit="deg">1.0</VIEWING_ANGLE></Acquisition_Angles></Located_Geometric_Values>
    <Located_Geometric_Values>
      <LOCATION_TYPE>Center</LOCATION_TYPE><TIME>2021-08-20T15:53:34.031Z</TIME>
      <Acquisition_Angles>
        <VIEWING_ANGLE unit="deg">31.20353132744874</VIEWING_ANGLE><INCIDENCE_ANGLE>35.11860443705005</INCIDENCE_ANGLE>
      </Acquisition_Angles>
      <Solar_Incidences>
        <SUN_AZIMUTH unit="deg">108.237106325676</SUN_AZIMUTH>
        <SUN_ELEVATION unit="deg">72.90977891380352</SUN_ELEVATION>
      </Solar_Incidences>
      <Ground_Sample_Distance>
        <GSD_ACROSS_TRACK unit="m">0.8345</GSD_ACROSS_TRACK><GSD_ALONG_TRACK unit="m">1.0151</GSD_ALONG_TRACK>
      </Ground_Sample_Distance>
    </Located_Geometric_Values>
  </Use_Area></Geometric_Data>
  <Dataset_Sources><Source_Identification><Strip_Source>
    <MISSION>PHR</MISSION><MISSION_INDEX>1A</MISSION_INDEX><INSTRUMENT>PHR</INSTRUMENT><INSTRUMENT_INDEX>1A</INSTRUMENT_INDEX>
    <IMAGING_DATE>2021-08-20</IMAGING_DATE><IMAGING_TIME>15:53:33.0Z</IMAGING_TIME>
  </Strip_Source></Source_Identification></Dataset_Sources>
</Dimap_Document>
"""


def planet(folder: Path, bands: int = 8) -> Path:
    """A PSScene with its usable data mask."""
    stem, root = "20220712_014933_12_2440", folder / "PSScene"
    ending = "_8b" if bands == 8 else ""
    write_tif(root / f"{stem}_3B_AnalyticMS_SR{ending}_clip.tif", flat(600.0, 30.0, bands))
    write_tif(root / f"{stem}_3B_udm2_clip.tif", flat(1.0, 30.0, 8, "uint8"))
    (root / f"{stem}_metadata.json").write_text(json.dumps(PLANET_ITEM))
    return root


PLANET_ITEM = {
    "id": "20220712_014933_12_2440",
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": []},
    "properties": {
        "acquired": "2022-07-12T01:49:33.126Z",
        "cloud_cover": 0.04,
        "cloud_percent": 4,
        "gsd": 3.9,
        "pixel_resolution": 3,
        "instrument": "PSB.SD",
        "item_type": "PSScene",
        "provider": "planetscope",
        "satellite_id": "2440",
        "sun_azimuth": 127.5,
        "sun_elevation": 55.4,
        "view_angle": -3.2,
        "satellite_azimuth": 99.9,
    },
}
