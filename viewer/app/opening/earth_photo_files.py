"""Reads the photos of a file of Google Earth and keeps them as chips, and measures pictures beside it, in a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from layers.document.chip import Chip
from layers.errors import GeoloupeError, NotReadable
from layers.phrase import Phrase
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from layers.requests.earth_file import EarthFile, EarthPicture, ReadEarthPicture
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from viewer.app.case.chip_pictures import finished, keep_chip
from viewer.app.case.session import KeepBlob
from viewer.commands.filing.earth_photos import photo_chip
from viewer.commands.filing.earth_places import EarthPhoto
from viewer.support.jobs import JobContext


def kept_photos(
    pool: ReaderPool, path: Path, photos: Sequence[EarthPhoto], keep: KeepBlob, job: JobContext
) -> tuple[list[Chip], list[str]]:
    """The chips of photos, whose bytes are kept by then; and a sentence for each that cannot be one.

    A photo that several sites show is read once and kept for each. Raises SaveFailed where there is no room.
    """
    chips: list[Chip] = []
    left_out: list[str] = []
    answers: dict[str, Answer | str] = {}
    for done, photo in enumerate(sorted(photos, key=lambda photo: photo.part)):
        job.check()
        job.progress(done / len(photos), "")
        if photo.part not in answers:
            answers = {photo.part: _read(pool, path, photo.part)}  # only the last one: they are large
        answer = answers[photo.part]
        if isinstance(answer, str):
            left_out.append(answer)
            continue
        facts: EarthPicture = answer.facts
        data, small = answer.arrays
        row = photo_chip(photo, path.name, facts.content_type, facts.width, facts.height)
        rows, columns, _bands = small.shape
        pixels = small.tobytes()
        picture = QImage(pixels, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        chip_bytes = finished(row, picture, data.tobytes())
        keep_chip(keep, chip_bytes)
        chips.append(chip_bytes.chip)
    return chips, left_out


def sizes_beside(pool: ReaderPool, path: Path, file: EarthFile, job: JobContext) -> Mapping[str, tuple[int, int]]:
    """Width and height of the overlays' pictures that lie beside a KML, by their part; one that cannot be read has
    none.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for overlay in file.overlays:
        job.check()
        if not overlay.is_beside:
            continue
        try:
            facts: Probed = pool.ask(Probe(str(path.parent.joinpath(*overlay.part.split("/"))))).facts
        except GeoloupeError:
            continue
        if facts.raster is not None:
            sizes[overlay.part] = facts.raster.width, facts.raster.height
    return sizes


def _read(pool: ReaderPool, path: Path, part: str) -> Answer | str:
    """The reader's answer, or a sentence on why the photo is left out. Raises NotReadable for arrays of no photo."""
    try:
        beside = path.parent.joinpath(*part.split("/"))
        is_beside = path.suffix.lower() == ".kml"
        question = ReadEarthPicture(str(beside)) if is_beside else ReadEarthPicture(str(path), part=part)
        answer = pool.ask(question)
    except GeoloupeError as error:
        return Phrase("A photo is left out. {why}", why=error.sentence)
    if len(answer.arrays) != 2 or answer.arrays[1].ndim != 3 or answer.arrays[1].shape[2] != 3:
        raise NotReadable("The reader sent a photo that is none: try again.")
    return answer
