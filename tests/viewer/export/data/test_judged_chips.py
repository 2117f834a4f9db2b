"""Chips that leave the house are decoded by a reader and encoded anew: a page or an archive shows no byte of them."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.errors import GeoloupeError, NotReadable, ReaderCrashed, ReaderTimeout
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.pictures import RecodePicture
from tests.support import hostile_pictures as hostile
from tests.support.hostile_pictures import PAGE, SECRET
from tests.support.readers.real_reader import real_reader
from tests.viewer.export.data.conftest import png_of, with_pictures
from viewer.commands.imagery.late_facts import evidence_without, state_on_evidence
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.shown_chips import with_shown_chips

HARMLESS: dict[str, tuple[Callable[[], bytes], str]] = {
    "png": (hostile.picture, "image/png"),
    "jpeg": (lambda: hostile.picture("JPEG"), "image/jpeg"),
    "webp": (lambda: hostile.picture("WEBP"), "image/png"),
    "texts and a script after a png": (hostile.told_in_chunks, "image/png"),
    "exif and a script after a jpeg": (hostile.told_in_segments, "image/jpeg"),
    "a script in the pixels of a png": (hostile.hidden_in_rows, "image/png"),
}
LEFT_OUT: dict[str, Callable[[], bytes]] = {
    "a page": lambda: PAGE,
    "a bomb": hostile.bomb,
    "nothing": lambda: b"",
    **{f"a {kind} that ends early": partial(hostile.with_broken_pixels, kind) for kind in ("PNG", "JPEG", "WEBP")},
}


def told_with(case: Document, data: bytes, suffix: str, content_type: str = "image/png") -> DataExport:
    """The case's chip has these bytes, and says that it is of that type and has another hash."""
    chip = next(iter(case.chips.values()))
    new = replace(chip, content_type=content_type, sha256="f" * 64)
    case.apply(Edit("chip", (Change("chips", chip, new),)))
    return data_export(case, suffix, lambda uuids: {chip.uuid: data})


def pictures_in(path: Path) -> list[bytes]:
    """The chips that a page or an archive shows."""
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path) as archive:
            return [archive.read(name) for name in archive.namelist() if name.startswith("chips/")]
    return [b64decode(data) for data in re.findall(r'src="data:image/\w+;base64,([^"]*)"', path.read_text())]


def text_of(path: Path) -> str:
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path) as archive:
            return archive.read("doc.kml").decode()
    return path.read_text()


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    """A real reader behind its walls."""
    with real_reader() as pool:
        yield pool


@pytest.mark.bounded
@pytest.mark.sampled(5)
@pytest.mark.parametrize("suffix", [".kmz", ".html"])
@pytest.mark.parametrize("name", HARMLESS)
def test_pixels_leave_and_nothing_else(
    case: Document, readers: ReaderPool, tmp_path: Path, name: str, suffix: str
) -> None:
    make, content_type = HARMLESS[name]
    data = make()
    made, left_out = with_shown_chips(told_with(case, data, suffix, "image/webp"), readers)
    assert not left_out
    path = tmp_path / f"a{suffix}"
    write_data(made, path, readers)
    (shown,) = pictures_in(path)
    assert {picture.content_type for picture in made.chip_pictures} == {content_type}
    assert not any(word in shown for word in (b"script", b"GPS", b"secret", b"Exif", b"tEXt"))
    assert SECRET not in path.read_bytes()
    assert shown not in data
    before, after = QImage.fromData(data), QImage.fromData(shown)
    assert (after.width(), after.height()) == (before.width(), before.height()) == (40, 30)
    off = [abs(a - b) for x in (4, 35) for a, b in zip(*(rgb(image, x) for image in (before, after)), strict=True)]
    assert max(off) <= (0 if content_type == "image/png" else 12)
    assert f"SHA-256 of the original {hashlib.sha256(data).hexdigest()}" in text_of(path), "not what its row says"


@pytest.mark.bounded_after(6)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", [".kmz", ".html"])
@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_no_picture_or_does_not_decode_is_left_out_and_said(
    case: Document, readers: ReaderPool, tmp_path: Path, name: str, suffix: str
) -> None:
    data = LEFT_OUT[name]()
    made, left_out = with_shown_chips(told_with(case, data, suffix), readers)
    assert "left out" in left_out
    assert left_out in made.content.caveats
    path = tmp_path / f"a{suffix}"
    write_data(made, path, readers)
    assert pictures_in(path) == []
    assert left_out in text_of(path)
    assert not data or data not in path.read_bytes()


def test_the_bomb_is_one() -> None:
    data = hostile.bomb()
    assert data[16:24] == (60_000).to_bytes(4) * 2
    assert len(data) < 40_000


@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_what_no_reader_encoded_is_not_shown(case: Document, tmp_path: Path, pool: ReaderPool, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_data(told_with(case, png_of(), suffix), path, pool)
    assert pictures_in(path) == []


def test_a_case_keeps_the_bytes_that_were_taken(case: Document) -> None:
    """Evidence is handed on as it is: its hash is of these bytes."""
    assert set(told_with(case, PAGE, ".gpkg").chips.values()) == {PAGE}


@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_a_chip_keeps_its_stamp_and_says_what_was_stated_later(case: Document, suffix: str) -> None:
    chip, (image,) = case.chips["chip"], case.images.values()
    undated = replace(chip, acquired_at="", date_kind="unknown", image_uuid=image.uuid)
    case.apply(Edit("chip", (Change("chips", chip, undated),)))
    told = with_pictures(data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, png_of())))
    (words,) = (shown.words for shown in told.chip_pictures if shown.uuid == "chip")
    assert "date unknown · stated later: 12 April 2024, 08:00 UTC (from metadata)" in words
    credited = replace(image, acquired_at="", credit="© Another")
    case.apply(Edit("image", (Change("images", image, credited),)))
    told = with_pictures(data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, png_of())))
    (words,) = (shown.words for shown in told.chip_pictures if shown.uuid == "chip")
    assert "© A Provider · stated later: © Another" in words
    case.apply(Edit("image", (Change("images", credited, replace(image, acquired_at="", credit="© A Provider")),)))
    told = with_pictures(data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, png_of())))
    assert not any("stated later" in shown.words for shown in told.chip_pictures)


def test_pixels_that_are_no_picture_are_not_missed_where_their_view_is_shown(case: Document) -> None:
    chip = next(iter(case.chips.values()))
    view = replace(chip, uuid="view", kind="view", pair_uuid=chip.uuid)
    exact = replace(chip, kind="pixels", pair_uuid="view", content_type="image/tiff")
    case.apply(Edit("chip", (Change("chips", chip, exact), Change("chips", None, view))))
    told = data_export(case, ".kmz", lambda uuids: {"view": png_of(), chip.uuid: b"II*\0"})
    made = with_pictures(told)
    assert [picture.uuid for picture in made.chip_pictures] == ["view"]
    assert not any("left out" in caveat for caveat in made.content.caveats)


def rgb(image: QImage, x: int) -> tuple[int, int, int]:
    color = image.pixelColor(x, 15)
    return color.red(), color.green(), color.blue()


# -- readers that die, hang, lie, or are not waited for ---------------------------------------------------------------


class Answers(ReaderPool):
    """A pool whose readers answer what they are told to, or never."""

    def __init__(self, *answers: Answer | GeoloupeError | None) -> None:
        super().__init__(inline=True)
        self.waiting = list(answers)
        self.asked: list[Request] = []
        self.given_up: list[Request] = []

    def submit(self, request: Request) -> None:
        self.asked.append(request)
        if (answer := self.waiting.pop(0)) is not None:
            request.done(answer)

    def give_up(self, request: Request) -> None:
        self.given_up.append(request)


def many(case: Document, count: int) -> DataExport:
    chip = next(iter(case.chips.values()))
    more = [replace(chip, uuid=f"c{n}") for n in range(count - 1)]
    case.apply(Edit("chips", tuple(Change("chips", None, one) for one in more)))
    return data_export(case, ".kmz", lambda uuids: {one.uuid: png_of() for one in (chip, *more)})


def sent(data: bytes) -> Answer:
    return Answer({}, (np.frombuffer(data, np.uint8),))


def test_three_pictures_that_stop_their_reader_are_enough(case: Document) -> None:
    pool = Answers(ReaderCrashed("twice"), ReaderTimeout("30 s"), NotReadable("damaged"), ReaderCrashed("twice"))
    made, left_out = with_shown_chips(many(case, 9), pool)
    assert len(pool.asked) == 4
    assert made.chip_pictures == []
    assert left_out.startswith("9 image chips are no pictures that are shown, or cannot be decoded")


@pytest.mark.parametrize(
    "answer",
    [sent(PAGE), sent(b""), Answer({}), sent(hostile.picture("WEBP")), sent(hostile.picture("PNG", 41, 30))],
    ids=["page", "empty", "nothing", "other kind", "other size"],
)
def test_what_a_reader_sends_is_judged_as_well(case: Document, answer: Answer) -> None:
    """It may have been taken over by the picture before."""
    made, left_out = with_shown_chips(told_with(case, hostile.picture(), ".kmz"), Answers(answer))
    assert made.chip_pictures == []
    assert "1 image chip is no picture" in left_out


def test_what_stands_beside_the_pixels_of_an_answer_is_dropped(case: Document) -> None:
    made, _ = with_shown_chips(told_with(case, hostile.picture(), ".kmz"), Answers(sent(hostile.told_in_chunks())))
    (shown,) = made.chip_pictures
    assert b"script" not in shown.data
    assert SECRET not in shown.data


def test_a_cancelled_export_waits_for_no_reader(case: Document) -> None:
    pool = Answers(None)
    looks = iter([None, None])

    def check() -> None:
        if next(looks, "over") == "over":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        with_shown_chips(told_with(case, hostile.picture(), ".kmz"), pool, check)
    assert pool.given_up == pool.asked


@pytest.mark.bounded
def test_a_program_that_ends_writes_no_file_without_its_chips(case: Document) -> None:
    pool = Answers(ReaderCrashed("Geoloupe is closing"))
    pool.close()
    with pytest.raises(ReaderCrashed):
        with_shown_chips(told_with(case, hostile.picture(), ".kmz"), pool)


@pytest.mark.bounded
def test_a_reader_that_was_killed_is_replaced(case: Document, readers: ReaderPool) -> None:
    question = RecodePicture("", "", "image/png", 1, 1)
    with pytest.raises(NotReadable):
        readers.ask(question)
    for pid in readers.pids():
        os.kill(pid, signal.SIGKILL)
    made, left_out = with_shown_chips(told_with(case, hostile.picture(), ".kmz"), readers)
    assert not left_out
    assert len(made.chip_pictures) == 1


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_what_a_layer_states_later_is_in_the_files(
    case: Document, readers: ReaderPool, tmp_path: Path, suffix: str
) -> None:
    """Image, source and chip of what was marked before its layer was dated and credited, after one step."""
    (image,), site = case.images.values(), case.sites["port"]
    bare = replace(image, layer_uuid="late", service="", credit="", sensor="", acquired_at="", date_kind="unknown")
    layer = Layer(
        uuid="late",
        kind="raster",
        name="Scene",
        source_json='{"sensor": "PlanetScope"}',
        credit="© Planet Labs",
        acquired_at="2020-08-31",
        date_kind="instant",
        date_basis="analyst",
    )
    chip = replace(case.chips["chip"], acquired_at="", date_kind="unknown", credit="", image_uuid=image.uuid)
    rows = (
        Change("images", image, bare),
        Change("layers", None, layer),
        Change("chips", case.chips["chip"], chip),
        Change("sites", site, replace(site, image_uuid=image.uuid)),
    )
    case.apply(Edit("bare", rows))
    assert evidence_without(case, ["late"]).facts == ("date", "credit", "sensor")
    case.apply(state_on_evidence(case, ["late"], actor="Li"))
    path = tmp_path / f"a{suffix}"
    write_data(with_shown_chips(told_with(case, png_of(), suffix), readers)[0], path, readers)
    text = text_of(path)
    for words in (
        "PlanetScope",
        "© Planet Labs",
        "31 August 2020",
        "stated later: 31 August 2020",
        "stated later: © Planet",
    ):
        assert words in text
