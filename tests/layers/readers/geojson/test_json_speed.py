"""Clean GeoJSON costs one look: what looks for faults goes through it in blocks, and finds what whole patterns find."""

import json
import re
from pathlib import Path

import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.pool.pool import ReaderPool
from layers.readers.geojson import json_dates, json_repair
from layers.readers.geojson.json_dates import may_have_odd_dates
from layers.time.dates import is_exact
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
ALIKE = re.compile(rb'"\s*([-+]?\d{1,4}(?:\\?/|-|:)\d\d?(?:[^\d"][^"]{0,60})?)"')
TEXTS = st.one_of(
    st.dates().map(str),
    st.datetimes().map(lambda time: time.isoformat()),
    st.times().map(str),
    st.from_regex(r"\s?[-+]?[0-9]{1,5}(\\/|/|-|:)[0-9]{1,3}([T .:-][0-9a-z:.]{0,9})?", fullmatch=True),
    st.sampled_from(["2024-02-30", "2023-02-29T10:00:00Z", "2024-13-01", "24:00:00", "2024/05/01", "a", "12", "8-800"]),
    st.text("0123456789-:/ a\\", max_size=12),
)


def collection(path: Path, *texts: str) -> Path:
    point = {"type": "Point", "coordinates": [1, 2]}
    features = [{"type": "Feature", "properties": {"when": text}, "geometry": point} for text in texts]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


@pytest.mark.bounded
@given(texts=st.lists(TEXTS, max_size=6), gap=st.sampled_from(["", ",", ":", ", ", "\n    ", '": "']))
@pytest.mark.parametrize("block", [7, 64, 2**20])
def test_odd_dates_are_found_in_blocks_as_a_pattern_finds_them(block, texts, gap):
    data = f'"x{gap}' + gap.join(f'"{text}"' for text in texts) + f'{gap}"'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_dates, "BLOCK_BYTES", block)
        found = may_have_odd_dates(data.encode())
    expected = [match[1].decode().replace("\\/", "/") for match in ALIKE.finditer(data.encode())]
    assert found == (not all(map(is_exact, expected)))


@pytest.mark.parametrize("at", range(20))
@pytest.mark.parametrize("text", ["9007199254740993000", "1e400", "1E+400", "-Infinity"])
def test_numbers_that_cannot_be_kept_are_found_over_the_edge_of_a_block(monkeypatch, at, text):
    monkeypatch.setattr(json_repair, "BLOCK_BYTES", 32)
    assert json_repair.may_hold_large_numbers(f'{"x" * at}{{"n": {text}, "s": "{"y" * 40}"}}'.encode())
    assert not json_repair.may_hold_large_numbers(f'{"x" * at}{{"n": 900719925474099300, "s": "1e+4 é"}}'.encode())


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_characters_may_lie_over_the_edge_of_a_block(monkeypatch, cut):
    monkeypatch.setattr(json_repair, "BLOCK_BYTES", cut)
    assert json_repair.is_utf8("酒泉 é a 𠜎".encode())
    assert not json_repair.is_utf8("酒泉".encode()[:-1])
    assert not json_repair.is_utf8("Восточный".encode("cp1251"))


def test_ogr_is_asked_once_about_a_clean_file(tmp_path, monkeypatch):
    asked = []
    read_info = pyogrio.read_info
    monkeypatch.setattr(pyogrio, "read_info", lambda *args, **how: asked.append(args) or read_info(*args, **how))
    POOL.ask(raw("probe", {"path": str(collection(tmp_path / "a.geojson", "2024-05-01", "2024-05-02"))}))
    assert len(asked) == 1
