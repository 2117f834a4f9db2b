"""pyproj without what it loads to download grids, which PROJ_NETWORK=OFF forbids: http, TLS and mail parsers.

They cost every process 4 MB and 16 ms. Where a later pyproj is made differently, it is imported whole.
"""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType
from typing import Any

from layers.errors import NotAllowed

_SYNC = "pyproj.sync"


def _never_download(*_: Any, **__: Any) -> None:
    raise NotAllowed("PROJ's grids are not downloaded: Geoloupe contacts no host for them.")


def _import_lean() -> None:
    stand_in = ModuleType(_SYNC)
    stand_in._download_resource_file = _never_download  # type: ignore[attr-defined]
    sys.modules[_SYNC] = stand_in
    try:
        with contextlib.suppress(ImportError):
            import pyproj.network
            import pyproj.transformer  # noqa: F401
    finally:
        del sys.modules[_SYNC]


if "pyproj" not in sys.modules:
    _import_lean()

import pyproj  # noqa: E402 - after what is not to be loaded with it
import pyproj.network  # noqa: E402

__all__ = ["pyproj"]
