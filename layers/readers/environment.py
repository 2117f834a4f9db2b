"""The environment and the limits of a reader process, by profile.

Only the standard library here: the window process imports this module, and `enter` must run before GDAL is loaded.
"""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum

from layers.readers.bare_environment import PROXIES, kept_variables

ANSWER_BYTES = 32 * 2**20
"""Size of a shared block: arrays of one answer must fit."""

MEMORY_OVER_START_BYTES = 2 * 2**30


class Profile(StrEnum):
    """Files and hosts with which a reader process is trusted."""

    LOCAL = "local"
    """Imagery in regular files on this machine, and files not yet known to hold features; no network."""
    FEATURES = "features"
    """Features in regular files on this machine: without the libraries of imagery, which take as much memory again."""
    REMOTE = "remote"
    """Imagery on hosts that the analyst has agreed to: the window fetches its bytes. No network, and no file."""
    VRT = "vrt"
    """VRT files our own adapter has judged, no network."""
    WRITER = "writer"
    """Writes overviews and products into a folder of its own; opens no foreign path."""
    DOCUMENTS = "documents"
    """Words of kept documents in regular files: neither GDAL nor a network."""
    CASE = "case"
    """One case: SQLite and geometry, no GDAL. Recovers it on a private copy, in a folder of its own."""


WRITERS = (Profile.WRITER, Profile.CASE)
"""Profiles that may write files."""
_NO_NETWORK = "http://127.0.0.1:1"
_SKIPPED_DRIVERS = (
    "VRT", "OGR_VRT", "WMS", "WMTS", "WCS", "HTTP", "DERIVED", "STACTA", "STACIT", "PLMOSAIC", "EEDA", "EEDAI",
    "DAAS", "GTI", "GDALG",
)  # fmt: skip
PROFILE_VARIABLE = "GEOLOUPE_READER"
_COMMON = {
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": "8",  # MB here, bytes where `Datasets` makes room for larger blocks
    "GDAL_HTTP_CONNECTTIMEOUT": "3",
    "GDAL_HTTP_TIMEOUT": "10",
    "GDAL_HTTP_MAX_RETRY": "0",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
    "GDAL_NUM_THREADS": "1",
    # Read through the page cache itself: a third less work. A file cut short meanwhile costs a reader, which it may.
    "OGR_SQLITE_PRAGMA": f"mmap_size={2**29}",
    "GDAL_MAX_DATASET_POOL_SIZE": "16",
    "CPL_VSIL_CURL_HEADER_FILE_KVP_ENABLED": "NO",
    "PROJ_NETWORK": "OFF",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "HDF5_PLUGIN_PRELOAD": "::",  # no filters from elsewhere: they are code
    "HDF5_USE_FILE_LOCKING": "FALSE",
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(2**24),  # of one tile of an MBTiles file
}
_UNSET = ("GDAL_VRT_ENABLE_PYTHON", "GDAL_DRIVER_PATH", "OGR_DRIVER_PATH", "GDAL_HTTP_HEADER_FILE")
_UNSET_PREFIXES = ("AWS_", "GS_", "AZURE_")
_SCRATCH = ("TMPDIR", "SQLITE_TMPDIR", "CPL_TMPDIR")


def variables(profile: Profile) -> dict[str, str]:
    """The environment variables that `profile` asks for, proxies of other libraries excepted."""
    skipped = [name for name in _SKIPPED_DRIVERS if not (profile is Profile.VRT and name == "VRT")]
    settings = {**_COMMON, "GDAL_SKIP": " ".join(skipped), PROFILE_VARIABLE: str(profile)}
    if profile is Profile.VRT:
        settings["GDAL_VRT_ENABLE_RAWRASTERBAND"] = "NO"
        settings["GDAL_VRT_RAWRASTERBAND_ALLOWED_SOURCE"] = "NONE"
        settings["GDAL_DISABLE_READDIR_ON_OPEN"] = "EMPTY_DIR"  # sources are opened late: none may look around
    return {**settings, "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "GDAL_HTTP_PROXY": _NO_NETWORK}


def current_profile() -> Profile:
    """The profile that this process has entered last."""
    return Profile(os.environ.get(PROFILE_VARIABLE, Profile.LOCAL))


def enter(profile: Profile, *, own_process: bool, scratch: str = "") -> None:
    """Set the environment of `profile` in this process, before GDAL is loaded.

    A process of the reader's own loses its other variables. In another process (``inline=True``) they stay, and so do
    the proxies that other libraries obey. `scratch` is the folder for temporary files of SQLite and GDAL.
    """
    if own_process:
        for name in os.environ.keys() - kept_variables(os.environ):
            del os.environ[name]
    for name in list(os.environ):
        if name in _UNSET or name.startswith(_UNSET_PREFIXES):
            del os.environ[name]
    os.environ.update(variables(profile))
    if scratch:
        os.environ.update(dict.fromkeys(_SCRATCH, scratch))
    if own_process:
        os.environ.update(dict.fromkeys(PROXIES, _NO_NETWORK))


def tie_to_parent(parent_pid: int) -> None:
    """End this process with the window (Linux; elsewhere the closed pipe ends an idle reader), at a lower priority,
    without core dumps.
    """
    if hasattr(os, "nice"):
        os.nice(10)
    if sys.platform == "linux":
        import ctypes  # for start-up time on other systems

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent_pid:
            os._exit(0)


def give_back_memory() -> None:
    """Return freed memory to the system (Linux): a reader keeps it otherwise, and may not need it again for long."""
    if sys.platform == "linux":
        import ctypes  # for start-up time on other systems

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)


def limit_process(profile: Profile) -> None:
    """Bound memory, files and written bytes; to be called when the libraries are loaded. Nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource  # absent on Windows

    wanted = {resource.RLIMIT_NOFILE: 256, resource.RLIMIT_CORE: 0}
    if profile not in WRITERS:
        wanted[resource.RLIMIT_FSIZE] = 0
    if sys.platform == "linux":
        with open("/proc/self/statm") as statm:
            pages = int(statm.read().split()[0])
        wanted[resource.RLIMIT_AS] = pages * resource.getpagesize() + MEMORY_OVER_START_BYTES
    for kind, soft in wanted.items():
        hard = resource.getrlimit(kind)[1]
        bound = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(kind, (bound, bound))
