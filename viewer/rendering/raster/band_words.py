"""Words on what bands see, and on the picture that they make."""

from __future__ import annotations

from layers.raster.info import RasterInfo
from layers.raster.scene import SceneInfo
from layers.raster.seen_bands import Colours, colours_of, seen_by
from layers.raster.style import RasterStyle
from viewer.support.language.translation import translate


def band_words() -> dict[str, str]:
    """Words for common names of bands."""
    return {
        "red": translate("BandWords", "red"),
        "green": translate("BandWords", "green"),
        "blue": translate("BandWords", "blue"),
        "nir": translate("BandWords", "near infrared"),
        "rededge": translate("BandWords", "red edge"),
        "coastal": translate("BandWords", "coastal blue"),
        "yellow": translate("BandWords", "yellow"),
        "swir16": translate("BandWords", "short-wave infrared 1"),
        "swir22": translate("BandWords", "short-wave infrared 2"),
        "pan": translate("BandWords", "panchromatic"),
    }


def seen_words(bands: tuple[int, ...], image: SceneInfo | RasterInfo) -> str:
    """Words for what bands see, in their order; the number of one that is not named."""
    words, seen = band_words(), seen_by(image)
    return ", ".join(words.get(seen.get(number, ""), seen.get(number, str(number))) for number in bands)


def picture_words(style: RasterStyle, image: SceneInfo | RasterInfo) -> str:
    """The sentence on what a picture of three bands is; empty for one band and for band maths."""
    colours = None if style.expression else colours_of(style.bands, image)
    if colours is None:
        return ""
    if colours is Colours.NATURAL:
        return translate("BandWords", "Natural colours: red, green and blue are shown as they are seen.")
    if colours is Colours.FALSE:
        return false_colour_words(style, image)
    return translate("BandWords", "Nobody says what these bands see: the colours may be natural or false.")


def false_colour_words(style: RasterStyle | None, image: SceneInfo | RasterInfo | None) -> str:
    """The sentence on a picture in other colours than those of the eye; empty for any other picture."""
    if style is None or image is None or style.expression or colours_of(style.bands, image) is not Colours.FALSE:
        return ""
    return translate("BandWords", "False colour: {0} shown as red, green, blue.").format(seen_words(style.bands, image))
