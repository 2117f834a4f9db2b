"""Comparisons are added, changed, renamed, moved and deleted by edits, each of which its inverse takes back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.comparison import ComparisonSpec, Frame, read_spec, spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import Comparison
from layers.errors import InvalidValue
from viewer.commands.comparisons import (
    add_comparison,
    change_comparison,
    comparisons_in_order,
    delete_comparisons,
    lost_frames,
    move_comparison,
    rename_comparison,
)
from viewer.commands.history import History
from viewer.commands.layers import remove_layers

TWO = spec_of(("old",), ("new",))


class Written:
    """Journals nothing."""

    def append(self, edit: object, actor: str) -> None:
        pass


@pytest.fixture
def document() -> Document:
    names = ("old", "new", "third")
    return Document(
        {"layers": [Layer(uuid=n, kind="raster", name=n.title(), order_key=float(i)) for i, n in enumerate(names)]}
    )


def names(document: Document) -> list[str]:
    return [row.name for row in comparisons_in_order(document)]


def test_each_command_is_taken_back_whole(document: Document) -> None:
    history = History(document, Written(), "Li")
    before = [dict(document.table("comparisons"))]
    one = add_comparison(document, TWO, actor="Li", uuid="one")
    edits = [lambda: one, lambda: add_comparison(document, TWO, actor="Li", uuid="two")]
    edits += [lambda: rename_comparison(document, "one", "  Pier  in two years ", actor="Li")]
    edits += [lambda: move_comparison(document, "two", 0, actor="Li")]
    edits += [lambda: change_comparison(document, "one", replace(TWO, mode="blink"), actor="Li")]
    edits += [lambda: delete_comparisons(document, ["one", "two"], actor="Li")]
    for make in edits:
        history.push(make())
        before.append(dict(document.table("comparisons")))
    assert names(document) == []
    for rows in reversed(before[:-1]):
        history.undo()
        assert dict(document.table("comparisons")) == rows
    for rows in before[1:]:
        history.redo()
        assert dict(document.table("comparisons")) == rows
    history.undo()
    assert names(document) == ["Old / New (2)", "Pier in two years"]


def test_a_bar_moved_by_keys_is_one_step(document: Document) -> None:
    history = History(document, Written(), "Li")
    history.push(add_comparison(document, TWO, actor="Li", uuid="one"))
    for step in range(1, 6):
        moved = replace(TWO, position=0.5 + step / 100)
        history.push(change_comparison(document, "one", moved, actor="Li", what="Move bar of", series="bar"))
    assert read_spec(document.comparisons["one"].spec_json) == replace(TWO, position=0.55)
    assert history.undo_text() == "Move bar of comparison “Old / New”"
    history.undo()
    assert read_spec(document.comparisons["one"].spec_json) == TWO
    history.undo()
    assert not document.comparisons


@pytest.mark.parametrize(
    "spec",
    [
        spec_of(("old",)),
        spec_of(("old",), ("new",), ("third",), ("old",), ("new",)),
        spec_of(("old",), ("gone",)),
        spec_of(("old",), ()),
        replace(TWO, mode="melt"),
        replace(TWO, position=float("nan")),
        replace(TWO, rate_hz=60.0),
        TWO.with_frame(0, Frame(("old",), styles={"old": {"bands": {1}}})),
        TWO.with_frame(0, Frame(("old",), styles={"new": {"bands": [1]}})),
    ],
)
def test_what_is_no_comparison_is_refused(document: Document, spec: ComparisonSpec) -> None:
    with pytest.raises(InvalidValue):
        add_comparison(document, spec, actor="Li")
    with pytest.raises(InvalidValue):
        rename_comparison(document, "none", "x", actor="Li")


def test_a_comparison_outlives_its_layers(document: Document) -> None:
    document.apply(add_comparison(document, TWO, actor="Li", uuid="one"))
    document.apply(remove_layers(document, ["new"], actor="Li"))
    assert lost_frames(document, TWO) == [1]
    document.apply(change_comparison(document, "one", replace(TWO, mode="fade"), actor="Li"))
    with pytest.raises(InvalidValue):
        add_comparison(document, TWO, actor="Li")


def test_rows_of_a_case_without_order_keep_theirs() -> None:
    rows = [Comparison(uuid=u, name=u, order_key=float("nan"), spec_json="{}") for u in "ab"]
    document = Document({"comparisons": rows, "layers": [Layer(uuid=u, kind="raster", name=u) for u in ("old", "new")]})
    document.apply(add_comparison(document, TWO, actor="Li"))
    document.apply(move_comparison(document, "b", 0, actor="Li"))
    assert names(document)[0] == "b"
