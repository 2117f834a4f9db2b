"""pyproj without what it loads to download grids, which PROJ_NETWORK=OFF forbids: http, TLS, certificates.

They cost every process 5 MB and 27 ms. Where a later pyproj is made differently, it is imported whole.
"""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType
from typing import Any

from layers.errors import NotAllowed


def _never_download(*_: Any, **__: Any) -> None:
    raise NotAllowed("PROJ's grids are not downloaded: Geoloupe contacts no host for them.")


def _import_lean() -> None:
    sync, certifi = ModuleType("pyproj.sync"), ModuleType("certifi")
    sync._download_resource_file = _never_download  # type: ignore[attr-defined]
    certifi.where = str  # type: ignore[attr-defined]
    absent = {module.__name__: module for module in (sync, certifi) if module.__name__ not in sys.modules}
    sys.modules |= absent
    try:
        with contextlib.suppress(ImportError):
            import pyproj.network
            import pyproj.transformer  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]


if "pyproj" not in sys.modules:
    _import_lean()

import pyproj  # noqa: E402 - after what is not to be loaded with it
import pyproj.network  # noqa: E402

__all__ = ["pyproj"]
