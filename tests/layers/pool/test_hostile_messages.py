"""Messages of readers that were taken over: each becomes a value of the type that was asked for, or is refused."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import shapely

from layers.decoding import encoded
from layers.errors import GeoloupeError, InvalidValue, NotReadable
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.pool.attribute_columns import chunk_from_answer
from layers.pool.feature_rows import read_rows
from layers.pool.features import table_from_answer
from layers.pool.known_probes import KnownProbes
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, BadReply, Request, read_holds, read_reply
from layers.readers.confinement.holds import Holds
from layers.requests.features import ExportRows, Measure, ReadAttributes, ReadColumns, ReadFeatures, ReadRows, RowFacts
from layers.requests.imagery import (
    BuildOverviews,
    OverviewsBuilt,
    ReadAcquisition,
    ReadArea,
    ReadChip,
    ReadStatistics,
    ReadTile,
    ReadVersions,
)
from layers.requests.pictures import RecodedFacts, RecodePicture
from layers.requests.probe import Probe
from layers.requests.question import Question
from layers.requests.registering import Register
from layers.requests.scenes import DescribeScene, ListScenes
from tests.support.cases.spoiled_json import hostile
from tests.support.readers import tiny_deliveries
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.support.readers.vector_files import ogr

BOX = Bounds(500_000.0, 5_700_000.0, 500_640.0, 5_700_640.0)
BLOCK = memoryview(bytearray(1 << 16))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[type[Question] | str, tuple[Question, Answer]]:
    """A sound answer to each question, from small files; a probe's for each kind of file."""
    folder = tmp_path_factory.mktemp("files")
    image = str(write_raster(folder / "a.tif", surface(2, 64).astype(np.uint8), "EPSG:32632", BOX))
    points, names = [shapely.Point(10, 50), shapely.Point(11, 51)], np.array(["a", "b"])
    rows = str(ogr(folder / "a.gpkg", points, "GPKG", name=names))
    scene = str(tiny_deliveries.planet(folder / "scene"))
    affine = Affine(10.0, 0.0, BOX.left, 0.0, -10.0, BOX.top)
    grid: dict[str, Any] = {"crs": "EPSG:32632", "affine": affine, "width": 64, "height": 64}
    tile = ReadTile(image, bands=(1,), **grid)
    asked: dict[type[Question] | str, Question] = {
        "raster": Probe(image),
        "scene": Probe(scene),
        "vector": Probe(rows),
        ReadVersions: ReadVersions(),
        ListScenes: ListScenes(str(folder)),
        DescribeScene: DescribeScene(image),
        ReadTile: tile,
        ReadChip: ReadChip(image, bands=(1,), **grid),
        ReadArea: ReadArea(image, bands=(1,), **grid, rings=(((1.0, 1.0), (60.0, 1.0), (1.0, 60.0)),)),
        ReadStatistics: ReadStatistics(image, bands=(1, 2)),
        ReadAcquisition: ReadAcquisition(image),
        Register: Register(image, tile, tile),
        ReadFeatures: ReadFeatures(rows, crs="EPSG:3857", columns=("name",)),
        ReadAttributes: ReadAttributes(rows),
        ReadRows: ReadRows(rows),
        ReadColumns: ReadColumns(rows),
        Measure: Measure(rows),
        ExportRows: ExportRows(rows, out=str(folder / "b.csv"), format="CSV"),
    }
    pool = ReaderPool(inline=True)
    found = {key: (question, pool.ask(question)) for key, question in asked.items()}
    built, recoded = OverviewsBuilt("/a.ovr", 1, 0.5, False), RecodedFacts("image/png", 4, 3)
    found[BuildOverviews] = BuildOverviews(image), Answer(encoded(built), facts=built)
    found[RecodePicture] = RecodePicture(), Answer(encoded(recoded), facts=recoded)
    return found


def heard(question: Question, header: Any, sound: Answer) -> Answer | GeoloupeError | BadReply:
    """What comes of a header on its way from a pipe to who asked."""
    message = json.dumps({"number": 1, "header": header, "arrays": []}).encode()
    try:
        found = read_reply(message, 1, BLOCK)
    except BadReply as refused:
        return refused
    assert isinstance(found, Answer)
    answer = Answer(found.header, sound.arrays).to(question)
    if isinstance(answer, Answer):
        try:
            if isinstance(question, ReadFeatures):
                assert len(table_from_answer(answer)) <= 2
            if isinstance(question, ReadColumns):
                assert len(chunk_from_answer(answer).fids) == 2
        except GeoloupeError as refused:
            return refused
    return answer


def judge(answers: dict[type[Question] | str, tuple[Question, Answer]], count: int) -> None:
    for key, (question, sound) in answers.items():
        strange, itself, *others = (heard(question, header, sound) for header in hostile(sound.header, count))
        if key is not ReadVersions:  # in whose answer any name is one
            assert isinstance(strange, Answer)
            assert strange.facts == sound.facts
        assert isinstance(itself, Answer)
        assert itself.facts == sound.facts
        refused = [one for one in others if not isinstance(one, Answer)]
        assert len(refused) > len(others) // 8
        assert all(isinstance(one, BadReply | InvalidValue | NotReadable) for one in refused)
        kind = dict if key is ReadVersions else question.facts_kind()
        assert all(isinstance(one.facts, kind) for one in others if isinstance(one, Answer))


@pytest.mark.bounded
def test_hostile_answers(answers: dict[type[Question] | str, tuple[Question, Answer]]) -> None:
    judge(answers, 60)


@pytest.mark.bounded
def test_three_hundred_hostile_answers_to_each_question(
    answers: dict[type[Question] | str, tuple[Question, Answer]],
) -> None:
    judge(answers, 300)


WHOLE = {"number": 1, "header": {"a": 1}, "arrays": [{"dtype": "<f8", "shape": [2, 3], "offset": 64}]}
FAILED = {
    "number": 1,
    "error": "NotReadable",
    "sentence": "No.",
    "phrase": Phrase("No {what}.", what=Phrase.counting(2, "2", "{count} row", "{count} rows")).parts(),
}


@pytest.mark.parametrize("sound", [WHOLE, FAILED])
@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_hostile_replies(sound: dict[str, Any], count: int) -> None:
    for reply in hostile(sound, count):
        try:
            found = read_reply(json.dumps(reply).encode(), 1, BLOCK)
        except BadReply:
            continue
        if isinstance(found, Answer):
            assert all(array.nbytes <= len(BLOCK) for array in found.arrays)
        else:
            noun, sentence = found
            assert (type(noun), type(sentence)) == (str, Phrase)


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_hostile_words_on_walls(count: int) -> None:
    sound = {"number": 1, "holds": encoded(Holds(files=True, lacks=("None.",)))}
    refused = 0
    for told in hostile(json.loads(json.dumps(sound)), count):
        try:
            assert isinstance(read_holds(json.dumps(told).encode(), 1), Holds)
        except BadReply:
            refused += 1
    assert refused > count // 2


@pytest.mark.parametrize("message", [b"[" * 100_000, b"\xff{}", b'{"number": 1, "header": {"a": %s}}' % (b"9" * 5000)])
def test_what_is_no_json(message: bytes) -> None:
    with pytest.raises(BadReply):
        read_reply(message, 1, BLOCK)
    with pytest.raises(BadReply):
        read_holds(message, 1)


def test_half_a_character_in_the_name_of_a_member_is_refused() -> None:
    assert isinstance(Answer({"kind": "vector", "\ud800": 1}).to(Probe()), InvalidValue)


def test_a_name_that_is_no_utf8_crosses() -> None:
    name = b"caf\xe9.gpkg".decode("utf-8", "surrogateescape")
    header = {"kind": "vector", "parts": [name]}
    answer = read_reply(json.dumps({"number": 1, "header": header, "arrays": []}).encode(), 1, BLOCK)
    assert isinstance(answer, Answer)
    known = answer.to(Probe(name))
    assert isinstance(known, Answer)
    assert known.facts.parts == (name,)


def test_a_reader_that_gives_the_same_rows_again_and_again_is_given_up() -> None:
    facts = RowFacts([7], {}, 7)
    answer = Answer(encoded(facts), (np.zeros(0, np.uint8), np.zeros(2, np.int64)), facts=facts)
    with pytest.raises(NotReadable, match="does not get on"):
        list(islice(read_rows(cast(ReaderPool, SimpleNamespace(ask=lambda _: answer)), Path("/a.gpkg")), 100))


def test_rows_that_do_not_fit_together_are_refused() -> None:
    facts = RowFacts([7, 8], {}, None)
    answer = Answer(encoded(facts), (np.zeros(0, np.uint8), np.zeros(2, np.int64)), facts=facts)
    with pytest.raises(NotReadable, match="do not fit together"):
        list(read_rows(cast(ReaderPool, SimpleNamespace(ask=lambda _: answer)), Path("/a.gpkg")))
    assert isinstance(Answer({"fids": [7], "columns": {"a": []}, "next_fid": None}).to(ReadRows()), InvalidValue)


def test_unchanged_says_nothing_where_no_state_was_told() -> None:
    request = Request(Probe("/a.tif", canvas_crs=""), lambda _: None)
    same = Answer({"unchanged": True}).to(Probe())
    assert KnownProbes().heard(request, request.question, same) is same, "else it would be asked for ever"


def test_rows_may_have_any_number_that_int64_holds() -> None:
    last = 2**63 - 1
    rows = Answer({"fids": [last], "columns": {}, "next_fid": last + 1}).to(ReadRows())
    assert isinstance(rows, Answer)
    form = {"kind": 1, "single": 1, "fid": last}
    header = {"crs": "EPSG:3857", "origin": [0, 0], "step": 1, "form": form}
    for count in (1, 2):
        answer = Answer(header, (np.zeros((count, 2), np.int32),)).to(ReadFeatures())
        assert isinstance(answer, Answer)
        if count == 1:
            assert table_from_answer(answer).fid.tolist() == [last]
        else:
            with pytest.raises(NotReadable):
                table_from_answer(answer)
