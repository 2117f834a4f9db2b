"""Run in a process of its own: what GDAL makes of a VRT itself, and of what we write from it.

python -m tests.support.readers.vrt_twins PATH...
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

from layers.readers.environment import Profile, enter


def told(dataset: Any) -> dict[str, Any]:
    """All that readers look at, as plain values; pixels and masks as sums over places."""
    import numpy as np

    def numbers(values: Any) -> list[Any]:
        flat = np.nan_to_num(np.asarray(values, np.float64)).ravel()
        return [list(np.shape(values)), float((flat * (1 + np.arange(flat.size) % 97)).sum())]

    found: dict[str, Any] = {
        "size": [dataset.width, dataset.height, dataset.count],
        "types": dataset.dtypes,
        "crs": str(dataset.crs),
        "transform": list(dataset.transform),
        "nodata": repr(dataset.nodatavals),
        "bands": dataset.descriptions,
        "units": dataset.units,
        "scales": dataset.scales,
        "offsets": dataset.offsets,
        "blocks": dataset.block_shapes,
        "colours": [one.name for one in dataset.colorinterp],
        "interleaving": str(dataset.interleaving),
        "flags": [[flag.name for flag in flags] for flags in dataset.mask_flag_enums],
        "points": [[p.col, p.row, p.x, p.y, p.z] for p in dataset.gcps[0]],
        "points in": str(dataset.gcps[1]),
        "rpcs": None if dataset.rpcs is None else dataset.rpcs.to_gdal(),
        "tags": {ns: dataset.tags(ns=ns) for ns in ("IMAGERY", "RPC")} | {"": dataset.tags()},
        "band tags": [[dataset.tags(i), dataset.tags(i, ns="IMAGE_STRUCTURE")] for i in dataset.indexes],
        "overviews": [dataset.overviews(i) for i in dataset.indexes],
        "pixels": [numbers(dataset.read(i)) for i in dataset.indexes],
        "masks": [numbers(dataset.read_masks(i)) for i in dataset.indexes],
        "smaller": [numbers(dataset.read(i, out_shape=(9, 17))) for i in dataset.indexes],
        "smaller masks": [numbers(dataset.read_masks(i, out_shape=(9, 17))) for i in dataset.indexes],
    }
    if "palette" in found["colours"]:
        found["colormap"] = {str(key): value for key, value in dataset.colormap(1).items()}
    return found


def main() -> None:
    enter(Profile.VRT, own_process=True)
    warnings.simplefilter("ignore")
    import rasterio  # after the environment is set

    from layers.readers.files import Content
    from layers.readers.raster.datasets import open_raster, sound_sidecars

    for path in sys.argv[1:]:
        listing = "TRUE" if sound_sidecars(path) else "EMPTY_DIR"
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN=listing), rasterio.open(path, driver="VRT") as theirs:
            before = told(theirs)
        with open_raster(path, Content.VRT) as ours:
            after = told(ours)
        print(json.dumps([before, after], default=repr))


if __name__ == "__main__":
    main()
