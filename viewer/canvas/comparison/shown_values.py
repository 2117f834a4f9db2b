"""Values of compared images as reflectance: Sentinel-2's are shifted or not, and only what is known counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.decoding import decoded_or_none
from layers.document.layer import Layer
from layers.raster.info import BandInfo
from layers.raster.reflectance import (
    FileValues,
    Reflectance,
    StatedValues,
    judged_reflectance,
    names_sentinel2,
    product_facts,
)
from layers.raster.scene import COMBINED, SceneBand
from layers.raster.style import Stretch
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.translation import in_language, translate


def catalogue_values(layer: Layer) -> StatedValues | None:
    """The statements of an archive on the values of a layer of Sentinel-2; None where it has made none."""
    catalogue = layer.source.get("catalogue")
    values = catalogue.get("values") if isinstance(catalogue, dict) else None
    return None if values is None else decoded_or_none(values, StatedValues)


def reflectance_shown(drawing: RasterDrawing) -> Reflectance | None:
    """The way from the values that an image of Sentinel-2 shows to reflectance; None for images of others."""
    if drawing.info is None or drawing.style is None:
        return None
    stated = catalogue_values(drawing.layer) or _own_values(drawing)
    return None if stated is None else judged_reflectance(stated, _file_values(drawing))


def are_reflectance(first: Reflectance | None, other: Reflectance | None) -> bool:
    """True where the values of both images can be brought to reflectance."""
    return first is not None and other is not None and first.established and other.established


def why_not_reflectance(drawings: Sequence[RasterDrawing]) -> list[str]:
    """Sentences on why the values of two images, of which one is of Sentinel-2, are not alike; none where they are."""
    known = [reflectance_shown(drawing) for drawing in drawings]
    if not any(known):
        return []
    reasons = list(
        dict.fromkeys(in_language(each.words) for each in known if each is not None and not each.established)
    )
    if not reasons and any(drawing.style is not None and drawing.style.expression for drawing in drawings):
        ways = {(each.scale, each.offset) for each in known if each is not None}
        if len(ways) > 1:
            reasons.append(
                translate("comparison", "The expression is of stored values, which are shifted in one of them.")
            )
    return reasons


def brought_to_reflectance(values: NDArray[Any], known: Reflectance) -> NDArray[np.float32]:
    """Values of bands as reflectance; `known` must be established."""
    assert known.scale is not None
    assert known.offset is not None
    return values.astype(np.float32) * np.float32(known.scale) + np.float32(known.offset)


def stretches_as(stretches: Sequence[Stretch], of: Reflectance, other: Reflectance) -> tuple[Stretch, ...]:
    """Stretches of one image's values as those of another image's, at the same reflectance; both established."""
    assert of.scale is not None
    assert of.offset is not None
    assert other.scale is not None
    assert other.offset is not None
    gain, shift = of.scale / other.scale, (of.offset - other.offset) / other.scale
    if (gain, shift) == (1.0, 0.0):
        return tuple(stretches)
    return tuple(Stretch(s.low * gain + shift, s.high * gain + shift, s.gamma) for s in stretches)


def reflectance_sentences(drawings: Sequence[RasterDrawing | None], names: Sequence[str]) -> list[str]:
    """Sentences on what was done with the values of compared images, where any is of Sentinel-2."""
    known = [None if drawing is None else reflectance_shown(drawing) for drawing in drawings]
    if not any(known):
        return []
    each = [
        f"{name}: {in_language(value.words)}" for name, value in zip(names, known, strict=True) if value is not None
    ]
    if len(each) == len(known) and all(value is not None and value.established for value in known):
        return [translate("comparison", "The values are brought to reflectance."), *each]
    return [translate("comparison", "The values are not brought to reflectance."), *each]


def _own_values(drawing: RasterDrawing) -> StatedValues | None:
    """Statements of a file or a delivery on itself; None where it is not of Sentinel-2."""
    known, scene = drawing.acquisition, drawing.source.scene
    bands = _scene_bands(drawing)
    paths = [path for band in bands for path in band.paths] if bands else [drawing.source.place]
    names = [known.product_id, *(path.replace("\\", "/").rpartition("/")[2] for path in paths)]
    if not names_sentinel2(known.platform, known.sensor, *names):
        return None
    facts = [product_facts(text) for text in (known.product_id, *paths)]
    level, in_name = next((fact for fact in facts if fact[1]), ("", ""))
    is_delivery = scene is not None and scene.kind != COMBINED
    scales = {band.scale for band in bands if band.scale is not None}
    offsets = {band.offset for band in bands if band.offset is not None}
    is_original = is_delivery or all(".SAFE/" in path and path.lower().endswith(".jp2") for path in paths)
    return StatedValues(
        level=level,
        baseline=known.baseline,
        baseline_in_name=in_name,
        scale=scales.pop() if len(scales) == 1 else None,
        offset=offsets.pop() if len(offsets) == 1 else None,
        has_several_offsets=len(offsets) > 1,
        is_original=is_original,
        is_named_only=not is_original,
    )


def _scene_bands(drawing: RasterDrawing) -> list[SceneBand]:
    scene, style = drawing.source.scene, drawing.style
    if scene is None or style is None:
        return []
    return [scene.bands[number - 1] for number in style.bands]


def _file_values(drawing: RasterDrawing) -> FileValues:
    """The values of the bands that are shown, as their file has them."""
    assert drawing.info is not None
    assert drawing.style is not None
    bands = [drawing.info.bands[number - 1] for number in drawing.style.bands]
    tagged = [(band.scale, band.offset) for band in bands if (band.scale, band.offset) != (1.0, 0.0)]
    lows = [band.low for band in bands if _is_low_known(band)]
    return FileValues(
        is_byte=bands[0].dtype == "uint8",
        is_float=bands[0].dtype.startswith("float"),
        unit=bands[0].unit or _tag(drawing.info.tags, "UNITS"),
        scale=tagged[0][0] if tagged else None,
        offset=tagged[0][1] if tagged else None,
        has_several_offsets=bool(tagged) and (len(set(tagged)) > 1 or len(tagged) < len(bands)),
        low=min((low for low in lows if low is not None), default=None),
    )


def _is_low_known(band: BandInfo) -> bool:
    """False where nothing sets pixels without data apart, which would be the darkest."""
    return band.low is not None and band.nodata is not None


def _tag(tags: dict[str, str], name: str) -> str:
    return next((value.strip() for key, value in tags.items() if key.upper() == name), "")
