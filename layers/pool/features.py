"""From a reader's answer to a `FeatureTable`, checked, because the reader is not trusted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.pool.protocol import Answer
from layers.vector.table import FeatureTable

_DTYPES = (np.uint8, np.int64, np.int32, np.int32, np.int32, np.int32)
_DIMENSIONS = (1, 1, 1, 1, 2, 2)


def table_from_answer(answer: Answer) -> FeatureTable:
    """The table of a "features" answer; raises NotReadable when its columns do not fit together."""
    header, arrays = answer.header, answer.arrays
    if len(arrays) != len(_DTYPES) or not _fit_together(arrays):
        raise NotReadable("The reader sent features that do not fit together: reload the layer.")
    kind, fid, part_of, start_of, xy, bounds = arrays
    try:
        origin_x, origin_y = (float(v) for v in header["origin"])
        attributes = {str(name): list(values) for name, values in header["columns"].items()}
        crs, step = str(header["crs"]), float(header["step"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotReadable("The reader sent features without a frame: reload the layer.") from error
    return FeatureTable(crs, origin_x, origin_y, step, kind, fid, part_of, start_of, xy, bounds, attributes)


def _fit_together(arrays: tuple[NDArray[Any], ...]) -> bool:
    kinds = zip(arrays, _DTYPES, _DIMENSIONS, strict=True)
    if not all(array.dtype == dtype and array.ndim == dimensions for array, dtype, dimensions in kinds):
        return False
    kind, fid, part_of, start_of, xy, bounds = arrays
    n = kind.shape[0]
    return (
        fid.shape == (n,)
        and part_of.shape == (n + 1,)
        and bounds.shape == (n, 4)
        and xy.shape[1] == 2
        and _is_ladder(part_of, start_of.shape[0] - 1)
        and _is_ladder(start_of, xy.shape[0])
    )


def _is_ladder(starts: NDArray[Any], end: int) -> bool:
    """Ascending from 0 to `end`."""
    return bool(starts.shape[0] and starts[0] == 0 and starts[-1] == end and (np.diff(starts) >= 0).all())
