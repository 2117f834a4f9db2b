"""Warms up libraries while the window is being built."""

from __future__ import annotations

import numpy as np

from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points, utm_crs
from layers.readers.environment import Profile

_SIDE_PX = 64


def warm_up(profile: Profile) -> None:
    """Load the libraries of a reader of this profile, and use them once."""
    if profile is Profile.DOCUMENTS:
        # a reader of anything else never needs it
        from layers.readers.documents import document_words  # noqa: F401
    elif profile is Profile.FEATURES:
        # a reader of imagery never needs them
        from layers.readers.features import canvas_features, vector_probe  # noqa: F401

        canvas_features.warm_up()
    else:
        _read_a_picture()


def _read_a_picture() -> None:
    """Open, read, transform and resample a picture of nothing; about 30 ms."""
    from rasterio.io import MemoryFile  # a reader of features never needs it
    from rasterio.transform import from_origin

    from layers.readers.door import raster_ops  # noqa: F401
    from layers.readers.raster.resampling import resample

    crs = utm_crs(128.3, 51.9)
    profile = {"driver": "GTiff", "width": _SIDE_PX, "height": _SIDE_PX, "count": 3, "dtype": "uint8", "crs": crs}
    with MemoryFile() as memory:
        transform = from_origin(400_000, 5_760_000, 1, 1)
        with memory.open(**profile, transform=transform, compress="JPEG", photometric="YCBCR") as new:
            new.write(np.zeros((3, _SIDE_PX, _SIDE_PX), np.uint8))
        with memory.open() as dataset:
            bands, mask = dataset.read(), dataset.dataset_mask() > 0
    nodes = np.array([400_000.0, 400_064.0])
    transform_points(crs, WEB_MERCATOR, nodes, nodes + 5_359_936)
    transform_points(WEB_MERCATOR, crs, *transform_points(WGS84, WEB_MERCATOR, nodes * 0 + 128.3, nodes * 0 + 51.9))
    x, y = np.meshgrid(np.arange(_SIDE_PX, dtype=np.float32), np.arange(_SIDE_PX, dtype=np.float32))
    resample(bands, mask, x, y, "bilinear")
