"""An image's acquisition, from the tags inside its own file: NITF header and TREs, TIFF tags, IMAGERY metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.photograph import Photograph, photograph_in
from layers.raster.sensor_bands import platform_in
from layers.readers.sidecars.sidecar_values import angle, azimuth, number, percent, text, utc

_INCH_M = 0.0254
_DAY = 8
_LONGEST_NOTE = 200


def nitf_acquisition(tags: Mapping[str, str]) -> Acquisition:
    """The facts in a NITF's tags, as GDAL names them (NITF_IDATIM, NITF_USE00A_SUN_EL...).

    Its obliquity angle is neither surely off-nadir nor surely incidence: it becomes a note. GSDs are in inches there.
    """
    at = _nitf_time(tags.get("NITF_IDATIM", ""))
    obliquity = angle(_any(tags, "NITF_USE00A_OBL_ANG", "NITF_CSEXRA_OBLIQUITY_ANGLE"))
    gsd = number(_any(tags, "NITF_USE00A_MEAN_GSD", "NITF_PIAIMC_MEANGSD"), 0.01, 99_998)
    notes = (
        []
        if obliquity is None
        else [Phrase("Obliquity angle {obliquity}°, as the NITF calls it.", obliquity=f"{obliquity:.1f}")]
    )
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=text(_any(tags, "NITF_STDIDC_MISSION", "NITF_ISORCE")),
        sensor=text(_any(tags, "NITF_CSEXRA_SENSOR", "NITF_PIAIMC_SENSNAME")),
        collected_gsd_m=None if gsd is None else gsd * _INCH_M,
        sun_azimuth_deg=azimuth(_any(tags, "NITF_USE00A_SUN_AZ", "NITF_CSEXRA_SUN_AZIMUTH")),
        sun_elevation_deg=number(_any(tags, "NITF_USE00A_SUN_EL", "NITF_CSEXRA_SUN_ELEVATION"), -90, 90),
        cloud_percent=percent(tags.get("NITF_PIAIMC_CLOUDCVR")),
        product_id=text(_any(tags, "NITF_IID2", "NITF_FTITLE")),
        notes=tuple(notes),
    )


def imagery_acquisition(tags: Mapping[str, str]) -> Acquisition:
    """The facts in GDAL's IMAGERY domain, which drivers fill for several vendors."""
    at = utc(tags.get("ACQUISITIONDATETIME", ""))
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=text(tags.get("SATELLITEID")),
        cloud_percent=percent(tags.get("CLOUDCOVER")),
    )


def tiff_acquisition(tags: Mapping[str, str]) -> Acquisition:
    """Acquisition by plain tags: copyright, and dates under names that mean the acquisition.

    TIFFTAG_DATETIME is ignored: it is mostly the time of processing.
    """
    if photograph := photograph_in(tags):
        return _of_photograph(photograph)
    upper = {key.upper(): value for key, value in tags.items()}
    at = utc(_any(upper, "ACQUISITIONDATETIME", "ACQUISITION_DATETIME", "ACQUISITION_DATE", "DATE_ACQUIRED"))
    product = _any(upper, "PRODUCT_ID", "LANDSAT_PRODUCT_ID", "PRODUCT_URI", "SCENE_ID", "LANDSAT_SCENE_ID", "SCENE")
    named = platform_in(product) or platform_in(upper.get("TIFFTAG_IMAGEDESCRIPTION", ""))
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=text(_any(upper, "SATELLITE", "SATELLITEID", "PLATFORM", "SPACECRAFT_ID")) or named,
        sensor=text(_any(upper, "SENSOR", "INSTRUMENT", "SENSOR_ID")),
        sun_azimuth_deg=azimuth(_any(upper, "SUN_AZIMUTH")),
        sun_elevation_deg=number(_any(upper, "SUN_ELEVATION"), -90, 90),
        cloud_percent=percent(_any(upper, "CLOUD_COVER", "CLOUDCOVER")),
        product_id=text(product),
        licence=text(_any(upper, "LICENSE", "LICENCE")),
        credit=text(tags.get("TIFFTAG_COPYRIGHT")),
        notes=tuple(_tiff_notes(upper, is_dated=bool(at))),
    )


def _of_photograph(photograph: Photograph) -> Acquisition:
    """Facts from a photograph's tags; a camera's clock without a zone is no time in UTC, and becomes a note."""
    at = utc(photograph.taken) if photograph.taken.endswith("Z") else ""
    notes = [Phrase("The photograph was {words}.", words=photograph.words)]
    if photograph.direction_deg is not None:
        notes.append(
            Phrase(
                "The camera looked towards {direction_deg}°, as it says itself.",
                direction_deg=f"{photograph.direction_deg:.0f}",
            )
        )
    return Acquisition(at=at, date_kind="instant" if at else "unknown", sensor=photograph.camera, notes=tuple(notes))


def _tiff_notes(upper: Mapping[str, str], *, is_dated: bool) -> Iterator[str]:
    """Notes from TIFF's own tags that are no facts of the acquisition."""
    description, written = text(upper.get("TIFFTAG_IMAGEDESCRIPTION")), text(upper.get("TIFFTAG_DATETIME"))
    if description and len(description) <= _LONGEST_NOTE:
        yield Phrase("Described in the file as “{description}”.", description=description)
    if written and not is_dated:
        yield Phrase(
            "The file is stamped {written}: mostly when it was written, not when the image was taken.", written=written
        )


def _nitf_time(value: str) -> str:
    """CCYYMMDDhhmmss, or only the day where the rest is filled with hyphens."""
    value = value.strip()
    day = value[:_DAY]
    if value[_DAY:].strip("-") == "" and day.isdigit() and len(day) == _DAY:
        return utc(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    return utc(value)


def _any(tags: Mapping[str, str], *names: str) -> str:
    return next((tags[name].strip() for name in names if tags.get(name, "").strip()), "")
