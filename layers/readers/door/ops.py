"""The operations of a reader: one function per op, params in, (header, arrays) out.

Imagery and features each have their libraries, loaded when they are first asked for: most readers need one of the two.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from layers.decoding import encoded
from layers.disk.content_mark import KEY, mark_of
from layers.errors import UnsupportedFormat
from layers.readers.bare_environment import TEST_OPS_VARIABLE
from layers.readers.deliveries.scene_files import leads_to_scene
from layers.readers.deliveries.scene_listing import list_scenes
from layers.readers.environment import Profile, current_profile
from layers.readers.file_state import file_state
from layers.readers.files import RASTERS, Content, content_of, regular_file
from layers.readers.guards.geodatabase import geodatabase_of
from layers.readers.guards.tile_audit import tiles_in
from layers.requests.addresses import is_address
from layers.requests.earth_file import ReadEarthFile, ReadEarthPicture
from layers.requests.features import (
    ExportRows,
    Measure,
    OfLayer,
    ReadAttributes,
    ReadColumns,
    ReadFeatures,
    ReadRows,
    ReadSheets,
    WriteWorkbook,
)
from layers.requests.imagery import (
    BuildOverviews,
    HashPicture,
    ReadAcquisition,
    ReadArea,
    ReadChip,
    ReadStatistics,
    ReadTile,
    ReadVersions,
)
from layers.requests.kept_document import ReadDocument
from layers.requests.pictures import EncodePicture, RecodePicture, WritePixels, WriteStrip
from layers.requests.probe import Probe
from layers.requests.question import Question
from layers.requests.registering import Register
from layers.requests.scenes import DescribeScene, ListScenes

Result = tuple[dict[str, Any], tuple[Any, ...]]

_OF_IMAGERY = (
    *(ReadTile, ReadChip, ReadArea, BuildOverviews, ReadStatistics, ReadAcquisition, HashPicture),
    *(Register, DescribeScene),
)
_OF_FEATURES = (ReadFeatures, ReadAttributes, ReadRows, ReadColumns, Measure, ExportRows)
_OF_PICTURES = (WriteStrip, WritePixels, EncodePicture, RecodePicture)
_KINDS: tuple[type[Question], ...] = (
    Probe,
    ReadVersions,
    ListScenes,
    ReadSheets,
    ReadEarthFile,
    ReadEarthPicture,
    ReadDocument,
    WriteWorkbook,
    *_OF_IMAGERY,
    *_OF_FEATURES,
    *_OF_PICTURES,
)
_QUESTIONS = {kind.op: kind for kind in _KINDS}


def run(op: str, params: dict[str, Any]) -> Result:
    """Answer the question that has this name and these parameters. Raises GeoloupeError, or what a library raises."""
    if kind := _QUESTIONS.get(op):
        return answer(kind.of(params))
    if op.startswith("_") and os.environ.get(TEST_OPS_VARIABLE) == "1":
        return _run_test_op(op, params)
    raise UnsupportedFormat("This reader does not know the request {op}.", op=repr(op))


def answer(question: Question) -> Result:
    """Answer one question. Raises GeoloupeError, or whatever a library raises."""
    if isinstance(question, Probe):
        return _probe_or_unchanged(question)
    if isinstance(question, ListScenes):
        return list_scenes(question)
    if isinstance(question, WriteStrip | EncodePicture | RecodePicture):
        return _of_picture(question)
    if isinstance(question, WriteWorkbook):
        from layers.readers.export import workbook  # only where a case is written as a spreadsheet

        return workbook.write_workbook(question)
    if isinstance(question, ReadSheets):
        from layers.readers.tables import sheet_cells  # only where a spreadsheet of observations comes in

        return sheet_cells.read_sheets(question)
    if isinstance(question, ReadDocument):
        from layers.readers.documents import document_words  # only where the words of kept copies are read

        return document_words.read_document(question)
    if isinstance(question, ReadEarthFile):
        from layers.readers.kml_gpx import earth_tree  # only where a file of Google Earth comes in

        return earth_tree.read_earth_file(question)
    if isinstance(question, ReadEarthPicture):
        from layers.readers.kml_gpx import earth_pictures  # only where photos of Google Earth come in

        return earth_pictures.read_earth_picture(question)
    if isinstance(question, _OF_IMAGERY):
        from layers.readers.door import raster_ops  # a reader of features never needs them

        return raster_ops.run(question)
    return _of_layer(question) if isinstance(question, OfLayer) else (_versions(), ())


def _of_picture(question: WriteStrip | EncodePicture | RecodePicture) -> Result:
    if isinstance(question, RecodePicture):
        from layers.readers.export import recoded_picture  # only where a product shows pictures of others

        return recoded_picture.recode_picture(question)
    from layers.readers.export import written_picture  # only where a product is written

    if isinstance(question, WritePixels):
        return written_picture.write_pixels(question)
    if isinstance(question, WriteStrip):
        return written_picture.write_strip(question)
    return written_picture.encode_picture(question)


def _versions() -> dict[str, str]:
    """The versions of the libraries that a reader of imagery carries."""
    import rasterio  # a reader of features never needs it

    return {"GDAL": rasterio.__gdal_version__, "PROJ": rasterio.__proj_version__, "GEOS": rasterio.__geos_version__}


def _probe_or_unchanged(question: Probe) -> Result:
    """The file's probe, with its state; {"unchanged": True} where it is in the state that is known."""
    state = _state_at(question.path) if is_address(question.path) else file_state(question.path)
    if state is not None and question.known == tuple(state):
        return {"unchanged": True}, ()
    header, arrays = _probe(question)
    if "profile" not in header:
        header |= _content(question) | {"file_state": state}
    return header, arrays


def _state_at(address: str) -> list[int]:
    from layers.readers.raster.ranged_files import state_at  # a reader of features never needs it

    return list(state_at(address))


def _content_at(address: str) -> Content:
    from layers.readers.raster.ranged_layout import content_by_ranges  # a reader of features never needs it

    return content_by_ranges(address)


def _probe(question: Probe) -> Result:
    """Probe a file or scene. A reader of features answers for other files with the profile to ask: {"profile":
    "local"}.
    """
    if is_address(question.path):
        return _probe_imagery(_content_at(question.path), question)
    if folder := geodatabase_of(question.path):
        from layers.readers.features import vector_probe as tables  # a reader of imagery never needs it

        return tables.probe_vector(Content.GEODATABASE, replace(question, path=folder))
    if leads_to_scene(question.path):
        return _probe_imagery(None, question)
    path = regular_file(question.path)
    content = content_of(path)
    tiles = tiles_in(path) if content is Content.SQLITE else None
    if tiles is not None and (question.part or not tiles.has_features):
        content = tiles.content
    if content in RASTERS or (content is Content.KMZ and question.part):
        return _probe_imagery(content, question)
    from layers.readers.features import vector_probe  # a reader of imagery never needs it

    header, arrays = vector_probe.probe_vector(content, replace(question, path=path))
    parts = list(tiles.tables) if tiles is not None else []
    if content is Content.KMZ:
        from layers.readers.kml_gpx.ground_overlays import overlays_in  # for these alone

        parts = list(overlays_in(path))
        header = {**header, "layers": [_without_drawn(layer, parts) for layer in header["layers"]]}
    return {**header, "parts": parts}, arrays


def _without_drawn(layer: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    """The layer without sentences about overlays that are not followed: these are drawn as pictures of the file."""
    drawn = tuple(f"leads to GroundOverlay {part}:" for part in parts)
    return {
        **layer,
        "problems": [problem for problem in layer["problems"] if not any(words in problem for words in drawn)],
    }


def _content(question: Probe) -> dict[str, Any]:
    """Marks by which a file is recognised after it moves, for those who add it: a drawing needs none."""
    if question.canvas_crs is not None or question.preview or is_address(question.path):
        return {}
    mark = mark_of(question.path)
    return {} if mark is None else {KEY: encoded(mark)}


def _probe_imagery(content: Content | None, question: Probe) -> Result:
    if current_profile() is Profile.FEATURES:
        return {"profile": str(Profile.LOCAL)}, ()
    from layers.readers.door import raster_ops  # a reader of features never needs them

    return raster_ops.probe_imagery(content, question)


def _of_layer(question: OfLayer) -> Result:
    from layers.readers.features import canvas_features, exact_rows  # a reader of imagery never needs them
    from layers.readers.features import whole_columns as columns  # a reader of imagery never needs them

    match question:
        case ReadFeatures():
            return canvas_features.read_features(question)
        case ReadAttributes():
            return canvas_features.read_attributes(question)
        case ReadColumns():
            return columns.read_columns(question)
        case ReadRows():
            return exact_rows.read_exact_rows(question)
        case Measure():
            from layers.readers.features import measures  # only where an expression asks

            return measures.read_measures(question)
        case ExportRows():
            from layers.readers.export import vector_export  # only where a layer is saved

            return vector_export.export_rows(question)
    raise UnsupportedFormat("This reader does not know the request {op}.", op=repr(question.op))


def _run_test_op(op: str, params: dict[str, Any]) -> Result:
    """Faults on demand, for the tests of the pool."""
    if op == "_crash":
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGABRT)
    if op == "_hang":
        time.sleep(float(params.get("seconds", 3600)))
    if op == "_eat":
        return {"bytes": len(bytearray(int(params["bytes"])))}, ()
    if op == "_reach":
        return {"refused": [refusal(*attempt) for attempt in params["attempts"]]}, ()
    return _describe_process(), ()


def refusal(what: str, where: str, more: Any = None) -> str:
    """The error with which the system refuses to do `what` with a path or a host; empty where it does it."""
    import socket  # only the tests of the walls reach for anything

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"x", (where, int(more)))

    def talk() -> None:
        if sys.platform == "win32":
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT), where)
        with socket.socket(socket.AF_UNIX) as unix:
            unix.connect(where)

    attempts: dict[str, Callable[[], object]] = {
        "read": lambda: Path(where).read_bytes(),
        "list": lambda: os.listdir(where),
        "write": lambda: Path(where).write_bytes(b""),
        "empty": lambda: os.truncate(where, 0),
        "remove": lambda: os.remove(where),
        "rename": lambda: os.rename(where, f"{where}.renamed"),
        "folder": lambda: os.mkdir(where),
        "link": lambda: os.symlink(os.devnull, where),
        "mode": lambda: os.chmod(where, 0o777),
        "run": lambda: os.execv(where, [where]),
        "connect": lambda: socket.create_connection((where, int(more)), timeout=5).close(),
        "send": send,
        "talk": talk,
    }
    try:
        attempts[what]()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return ""


def _describe_process() -> dict[str, Any]:
    modules = sorted(name for name, module in sys.modules.items() if module is not None)
    import rasterio  # the tests ask what it may open

    with rasterio.Env() as env:
        drivers = sorted(env.drivers())
    return {
        "pid": os.getpid(),
        "drivers": drivers,
        "modules": modules,
        "environment": dict(os.environ),
        **_describe_bounds(),
    }


def _describe_bounds() -> dict[str, Any]:
    """The user, the niceness and the limits of this process; nothing on Windows."""
    if sys.platform == "win32":
        return {}
    import resource  # absent on Windows

    limits = {"files": resource.RLIMIT_NOFILE, "core": resource.RLIMIT_CORE, "written": resource.RLIMIT_FSIZE}
    return {
        "user": os.getuid(),
        "nice": os.nice(0),
        "limits": {name: resource.getrlimit(kind)[0] for name, kind in limits.items()},
    }
