"""The environment variables of a reader process: those that it needs. All others are the analyst's own.

Only the standard library: the window process imports this module.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

TEST_OPS_VARIABLE = "GEOLOUPE_TEST_OPS"
"""Set by tests alone, for faults on demand."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")
_STARTED_WITH = {
    # A child imports numpy with the main module, before `enter`: its BLAS threads would spin on both cores (measured:
    # 20 to 100 times slower tiles), and Landlock does not hold threads that run before it is asked for.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # glibc would give each freed tile back to the system and fault its pages in again (a fifth of a tile's time).
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
}
"""Variables that have to be set before a process starts: later is too late."""
_KEPT = frozenset(
    (
        # folders, language and time
        *("HOME", "TMPDIR", "XDG_DATA_HOME", "LANG", "LANGUAGE", "LOCALE_ARCHIVE", "TZ", "TZDIR"),
        # Python, and libraries where it does not find them by itself
        *("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8"),
        *("PYTHONCOERCECLOCALE", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "__PYVENV_LAUNCHER__"),
        *("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("NIX_LD", "NIX_LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_DATA", "PROJ_LIB"),
        *("GLIBC_TUNABLES", "MALLOC_ARENA_MAX", *_STARTED_WITH),
        TEST_OPS_VARIABLE,
    )
)
_KEPT_PREFIX = "LC_"
_KEPT_ON_WINDOWS = frozenset(
    (
        *("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "USERPROFILE", "HOMEDRIVE", "HOMEPATH"),
        *("APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS"),
    )
)
"""Windows finds libraries by its path, and folders by the others."""


def kept_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of `environment` that a reader process needs: no keys or tokens, no names of machines and projects."""
    kept = _KEPT | (_KEPT_ON_WINDOWS if sys.platform == "win32" else frozenset())
    return {name: value for name, value in environment.items() if name in kept or name.startswith(_KEPT_PREFIX)}


def starting_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a reader process is started with."""
    return kept_variables(environment) | _STARTED_WITH
