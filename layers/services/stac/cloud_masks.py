"""Assets that are masks of cloud: which one of an item tells it best, and what its values mean. Pure values.

Masks of well-known products are read by their own rules, others by the classes that the asset states, or as a plain
mask of nothing but 0 and 1 (or 255). A mask that fits none of these is no mask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.errors import UnsupportedFormat
from layers.scenes.scene_cloud import CLEAR, CLOUD, NO_DATA, OUTSIDE, SHADOW, SeenGround
from layers.services.stac.assets import StacAsset, StacClass

if TYPE_CHECKING:
    from layers.services.stac.item import StacItem

type MaskBands = NDArray[Any]
"""(n, h, w): the bands that a mask is read of."""

_SCL = {0: NO_DATA, 1: NO_DATA, 3: SHADOW, 8: CLOUD, 9: CLOUD, 10: CLOUD}
_QA_BITS = ((1 << 4, SHADOW), (1 << 1 | 1 << 2 | 1 << 3, CLOUD), (1 << 0, NO_DATA))
"""Landsat's QA_PIXEL, the later ones count: shadow; dilated cloud, cirrus and cloud; fill."""
_FMASK_BITS = ((1 << 3, SHADOW), (1 << 0 | 1 << 1 | 1 << 2, CLOUD))
"""HLS: shadow; cirrus, cloud, and what is next to cloud or shadow."""
_FMASK_FILL = 255
_UDM2_BANDS = (3, 5, 6, 8)
"""Planet's shadow, heavy haze, cloud, and the older mask, whose lowest bit is no data."""
_SHADOWY = re.compile(r"shadow")
_CLOUDY = re.compile(r"cloud|cirrus")
_NOT_CLOUDY = re.compile(r"\b(?:no|not|non|without|low|clear|free)\b")
_LACKING = re.compile(r"\b(?:no ?data|fill|saturated|defective|missing)\b")
_CLOUD_KEY = re.compile(r"(?:^|[^a-z])clouds?(?:[-_ ]?mask)?(?:$|[^a-z])")
_KINDS_READ = ("tif", "")
"""Kinds of files that are read by ranges."""


class CloudMask(Struct, frozen=True):
    """A mask of an item: its name for people, the asset, the bands to read, and the classes that it states."""

    name: str
    asset: StacAsset
    bands: tuple[int, ...] = (1,)
    classes: tuple[StacClass, ...] = ()

    def seen(self, values: MaskBands, valid: NDArray[np.bool_], inside: NDArray[np.bool_]) -> SeenGround:
        """The codes of the ground's pixels. Raises UnsupportedFormat for values that fit no rule."""
        if values.dtype.kind == "f":
            values = np.nan_to_num(values)
        rule = _RULES.get(self.name)
        if rule is not None:
            codes = rule(values)
        elif self.classes:
            codes = _by_classes(values[0], self.classes)
        else:
            codes = _plain(values[0], valid & inside, self.asset.key)
        if rule is None and codes[values[0] == 0].max(initial=0) == CLEAR and _may_lack(values[0], valid, inside):
            raise UnsupportedFormat(
                "“{name}” calls its 0 no data, where it may mean clear ground: nothing is known by it.",
                name=self.asset.key[:40],
            )
        codes[~valid] = NO_DATA
        codes[~inside] = OUTSIDE
        return codes


def _may_lack(values: NDArray[Any], valid: NDArray[np.bool_], inside: NDArray[np.bool_]) -> bool:
    """True where some ground is without data, and none of the rest is 0: a file may have declared its 0 as no data."""
    return bool((inside & ~valid).any()) and not bool((values[inside & valid] == 0).any())


def mask_of(item: StacItem) -> CloudMask | None:
    """The mask that tells most of an item's clouds; None where none of its files within reach is one."""
    if item.is_radar:
        return None
    masks = [mask for asset in item.assets if (mask := _mask(asset)) is not None]
    return min(masks, key=lambda mask: _ORDER.index(mask.name) if mask.name in _ORDER else len(_ORDER), default=None)


def _mask(asset: StacAsset) -> CloudMask | None:
    if not asset.web or asset.file_kind not in _KINDS_READ:
        return None
    key = asset.key.lower().replace("-", "_")
    known = next((name for pattern, name in _KEYS if pattern.fullmatch(key)), "")
    if known:
        return CloudMask(known, asset, _UDM2_BANDS if known == UDM2 else (1,))
    if any(_code(known_class.name) == CLOUD for known_class in asset.classes):
        return CloudMask(asset.key[:40], asset, classes=asset.classes)
    is_of_cloud = "cloud" in asset.roles or _CLOUD_KEY.search(key) is not None
    is_probability = "prob" in f"{key} {asset.title} {' '.join(asset.roles)}".lower()
    return CloudMask(asset.key[:40], asset) if is_of_cloud and not is_probability and len(asset.bands) <= 1 else None


def mask_in_file(name: str) -> CloudMask:
    """The mask in a file that an analyst gives: of a well-known product where a part of its name is that of one."""
    stem = name.rpartition(".")[0] or name
    parts = re.split(r"[^a-z0-9]+", stem.lower())
    named = (*parts, *(f"{first}_{second}" for first, second in pairwise(parts)))
    known = next((mask for pattern, mask in _KEYS for part in named if pattern.fullmatch(part)), "")
    asset = StacAsset(key=stem, href=name)
    return CloudMask(known or stem[:40], asset, _UDM2_BANDS if known == UDM2 else (1,))


SCL, QA_PIXEL, FMASK, UDM2 = "SCL", "QA_PIXEL", "Fmask", "UDM2"
_ORDER = (SCL, QA_PIXEL, FMASK, UDM2)
_KEYS = (
    (re.compile(r"scl(?:_20m|_60m)?"), SCL),
    (re.compile(r"qa_pixel"), QA_PIXEL),
    (re.compile(r"fmask"), FMASK),
    (re.compile(r"(?:.*_)?udm2"), UDM2),
)


def _by_scl(values: MaskBands) -> SeenGround:
    codes = np.full(values.shape[1:], CLEAR, np.uint8)
    for value, code in _SCL.items():
        codes[values[0] == value] = code
    return codes


def _by_qa_pixel(values: MaskBands) -> SeenGround:
    return _by_bits(values[0], _QA_BITS)


def _by_fmask(values: MaskBands) -> SeenGround:
    codes = _by_bits(values[0], _FMASK_BITS)
    codes[values[0] == _FMASK_FILL] = NO_DATA
    return codes


def _by_udm2(values: MaskBands) -> SeenGround:
    shadow, haze, cloud, older = values
    codes = np.full(cloud.shape, CLEAR, np.uint8)
    codes[shadow == 1] = SHADOW
    codes[(haze == 1) | (cloud == 1)] = CLOUD
    codes[(older.astype(np.int64) & 1) == 1] = NO_DATA
    return codes


def _by_bits(values: MaskBands, rules: tuple[tuple[int, int], ...]) -> SeenGround:
    codes = np.full(values.shape, CLEAR, np.uint8)
    whole = values.astype(np.int64)
    for bits, code in rules:
        codes[(whole & bits) != 0] = code
    return codes


def _by_classes(values: MaskBands, classes: tuple[StacClass, ...]) -> SeenGround:
    """Codes by the names of the classes; where several hold for a pixel, no data outweighs cloud, and that shadow."""
    codes = np.full(values.shape, CLEAR, np.uint8)
    whole = values.astype(np.int64)
    for code in (SHADOW, CLOUD, NO_DATA):
        for known in classes:
            if _code(known.name) == code:
                bits = whole >> known.first & ((1 << known.length) - 1) if known.length else whole
                codes[bits == known.value] = code
    return codes


def _plain(values: MaskBands, counted: NDArray[np.bool_], name: str) -> SeenGround:
    numbers = set(np.unique(values[counted]).tolist())
    if not (numbers <= {0, 1} or numbers <= {0, 255}):
        raise UnsupportedFormat(
            "The values of “{name}” are not only cloud or none, and nothing says what they mean.",
            name=name[:40],
        )
    return np.where(values != 0, CLOUD, CLEAR).astype(np.uint8)


def _code(name: str) -> int:
    """The code of a class by its name."""
    words = re.sub(r"[^a-z]+", " ", name.lower())
    if _LACKING.search(words):
        return NO_DATA
    if _NOT_CLOUDY.search(words):
        return CLEAR
    if _CLOUDY.search(words):
        return SHADOW if _SHADOWY.search(words) else CLOUD
    return CLEAR


_RULES: dict[str, Callable[[MaskBands], SeenGround]] = {
    SCL: _by_scl,
    QA_PIXEL: _by_qa_pixel,
    FMASK: _by_fmask,
    UDM2: _by_udm2,
}
_PARTS_OF_UDM2 = ("udm2_shadow", "udm2_heavy_haze", "udm2_cloud", "udm2_udm1")
"""Names of the bands of a delivery that are `_UDM2_BANDS`."""


def cloud_in_bands(names: Sequence[str], values: MaskBands) -> SeenGround | None:
    """The codes of pixels (h, w) by the mask among the bands (n, h, w) of an image, which have these names; None where
    no band is a mask of cloud by a rule of ours.
    """
    plain = [name.strip().lower().replace("-", "_") for name in names][: len(values)]
    if set(_PARTS_OF_UDM2) <= set(plain):
        return _by_udm2(np.stack([values[plain.index(name)] for name in _PARTS_OF_UDM2]))
    for at, name in enumerate(plain):
        rule = _RULES.get(next((mask for pattern, mask in _KEYS if pattern.fullmatch(name)), ""))
        if rule is not None and rule is not _by_udm2:
            return rule(np.nan_to_num(values[at : at + 1]))
    return None
