"""A Sentinel-1 SAFE product of detected radar (GRD): one scene, a band a polarisation, placed by control points."""

from __future__ import annotations

import os
import re
from xml.etree.ElementTree import Element

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.deliveries.scene_files import Delivery
from layers.readers.sidecars.sidecar_text import read_xml
from layers.readers.sidecars.sidecar_values import MAX_LISTED, angle, azimuth, metres, text, utc, words

_IMAGE = re.compile(
    r"(?:\./)?measurement/(?P<stem>(?P<head>[\w-]+?)-(?P<polarisation>vv|vh|hh|hv)-[\w-]+)\.tiff?", re.I
)
_NODATA = 0.0
"""Value of pixels beside the strip; the files do not name it."""
_CURES = {
    "SLC": Phrase("single-look complex (SLC), whose bursts are not put together here: open the GRD of the same pass"),
    "RAW": Phrase("raw signals, of which no picture is made here: open the GRD of the same pass"),
    "OCN": Phrase("wind and waves (OCN): open the netCDF files in its measurement folder"),
}
NOT_CORRECTED = Phrase("not terrain-corrected; heights displaced")


def describe_sentinel1(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of a manifest.safe. Raises what reading it raises, UnsupportedFormat for what is no GRD or is empty."""
    manifest = read_xml(*delivery.described_in)
    name = os.path.basename((delivery.folder or delivery.archive).rstrip("/"))
    kind = _first_text(manifest, "productType")
    if kind in _CURES:
        raise UnsupportedFormat("{name} holds {cures}.", name=name, cures=_CURES[kind])
    problems: list[str] = []
    bands, annotation = _bands(manifest, delivery, problems)
    if not bands:
        raise UnsupportedFormat("{name} names no image that is there: the SAFE folder is incomplete.", name=name)
    product_id = name.removesuffix(".SAFE").removesuffix(".zip").removesuffix(".ZIP")
    acquisition = sentinel1_acquisition(manifest, annotation, product_id)
    return SceneInfo(path, delivery.place, delivery.kind, product_id, tuple(bands), acquisition, tuple(problems))


def _bands(manifest: Element, delivery: Delivery, problems: list[str]) -> tuple[list[SceneBand], Element | None]:
    """The images, those of equal polarisation of sending and receiving first, and statements about the first image."""
    bands: dict[str, SceneBand] = {}
    annotation: Element | None = None
    hrefs = [text(location.get("href")) for location in list(manifest.iter("fileLocation"))[:MAX_LISTED]]
    images = [match for match in map(_IMAGE.fullmatch, hrefs) if match is not None]
    for match in sorted(images, key=lambda match: (_is_crossed(match["polarisation"]), match["stem"])):
        file = delivery.find(match[0])
        name = match["polarisation"].upper()
        if file is None:
            problems.append(
                Phrase("{match} is named in the product's manifest but is not there.", match=os.path.basename(match[0]))
            )
            continue
        about = _annotation(delivery, match["stem"], problems)
        annotation = annotation if annotation is not None else about
        gsd = metres(words(about, "imageAnnotation/imageInformation/rangePixelSpacing"))
        bands.setdefault(name, SceneBand(name, "", (file.path,), 1, gsd, nodata=_NODATA, part=file.member))
    return list(bands.values()), annotation


def _is_crossed(polarisation: str) -> bool:
    return polarisation[0].lower() != polarisation[1].lower()


def _annotation(delivery: Delivery, stem: str, problems: list[str]) -> Element | None:
    file = delivery.find(f"annotation/{stem}.xml")
    if file is None:
        problems.append(Phrase("annotation/{stem}.xml is not there: the angle of incidence is unknown.", stem=stem))
        return None
    try:
        return read_xml(*file)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return None


def sentinel1_acquisition(manifest: Element, annotation: Element | None, product_id: str = "") -> Acquisition:
    """The facts of a product; those of the annotation of one image where there is one."""
    start, stop = utc(_first_text(manifest, "startTime")), utc(_first_text(manifest, "stopTime"))
    mode = _first_text(manifest, "mode")
    polarisations = sorted({text(element.text) for element in manifest.iter("transmitterReceiverPolarisation")} - {""})
    about = "generalAnnotation/productInformation/"
    heading = azimuth(words(annotation, about + "platformHeading"))
    direction = (_first_text(manifest, "pass") or words(annotation, about + "pass")).lower()
    notes = [
        Phrase(
            "Radar, C band, {mode} mode, polarisations {polarisations}.",
            mode=mode,
            polarisations=", ".join(polarisations),
        )
        if polarisations
        else "Radar, C band."
    ]
    level = _first_text(manifest, "productType")
    notes.append(
        Phrase(
            "Level 1, {level}: detected, in ground range, amplitudes that are not calibrated.",
            level=level or Phrase("GRD"),
        )
    )
    if direction:
        side = "east" if direction.startswith("asc") else "west"
        looks = "" if heading is None else Phrase(", looking towards {heading}°", heading=f"{(heading + 90) % 360:.0f}")
        notes.append(
            Phrase(
                "{direction} pass{looks}.",
                direction=direction.capitalize(),
                looks=looks or Phrase(", looking to the right (about {side})", side=side),
            )
        )
    orbit = _first_text(manifest, "relativeOrbitNumber")
    if orbit:
        notes.append(Phrase("Relative orbit {orbit}.", orbit=orbit))
    if start and stop:
        notes.append(Phrase("Recorded from {start} to {stop}, line by line.", start=start, stop=stop))
    notes.append(Phrase("It is {not_corrected}.", not_corrected=NOT_CORRECTED))
    return Acquisition(
        at=start,
        date_kind="instant" if start else "unknown",
        platform=_platform(manifest),
        sensor=f"C-SAR {mode}".strip(),
        product_gsd_m=metres(words(annotation, "imageAnnotation/imageInformation/rangePixelSpacing")),
        incidence_deg=angle(words(annotation, "imageAnnotation/imageInformation/incidenceAngleMidSwath")),
        product_id=product_id,
        credit=f"Contains modified Copernicus Sentinel data {start[:4]}" if start else "",
        notes=tuple(notes),
    )


def _platform(manifest: Element) -> str:
    """Sentinel-1A of <familyName>SENTINEL-1</familyName><number>A</number>."""
    platform = next(manifest.iter("platform"), None)
    family = words(platform, "familyName")
    return f"{family.capitalize()}{words(platform, 'number')}" if family else "Sentinel-1"


def _first_text(root: Element, tag: str) -> str:
    """The text of the first element of that name, wherever it stands."""
    element = next(root.iter(tag), None)
    return "" if element is None else text(element.text)
