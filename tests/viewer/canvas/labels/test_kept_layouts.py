"""Labels of layers are found in a job: what is shown meanwhile, and what of it is thrown away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from layers.grid.tile_grid import TileGrid, View
from layers.vector.labels.label_layout import Anchor, LabelRequest, Rank
from viewer.canvas.labelling import kept_layouts
from viewer.canvas.labelling.kept_layouts import LabelKey, LabelLayouts
from viewer.canvas.labelling.map_labels import LabelTask
from viewer.rendering.context import RenderContext

VIEW = View(TileGrid("EPSG:3857", 10.0, 0.0, 0.0), 0, 0, 400, 300)
LABELLED = (("layer", None),)


class Told:
    """Makes tasks of one label, named by the view; counts the changes it is told of."""

    def __init__(self, context: RenderContext) -> None:
        self.changes = 0
        self.uuid, self.count = "a", 1
        self.made: list[LabelKey] = []
        self.layouts = LabelLayouts(context.jobs, self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def task(self, key: LabelKey) -> Callable[[], LabelTask]:
        def make() -> LabelTask:
            self.made.append(key)
            wish = LabelRequest(
                self.uuid, f"{key.view.left}", Rank.SETTING, 40, 12, (Anchor(200 - key.view.left, 150, 5),)
            )
            return LabelTask(key.view, [], [wish] * self.count, ())

        return make

    def shown(self, key: LabelKey, *, settled: bool = True) -> list[str]:
        return [label.text for label in self.layouts.shown(key, self.task(key), settled=settled)]


@pytest.fixture
def told(context: RenderContext) -> Told:
    return Told(context)


def key_of(left: int = 0, labelled: object = LABELLED, **fields: object) -> LabelKey:
    view = replace(VIEW, left=left)
    return LabelKey(view, frozenset(), "", labelled)._replace(**fields)


def test_without_names_of_layers_they_are_there_at_once(told: Told) -> None:
    assert told.shown(key_of(labelled=())) == ["0"]
    assert not told.layouts.is_awaited
    assert told.changes == 0


def test_names_of_layers_come_later_and_the_old_ones_go_with_the_map(told: Told, qtbot: QtBot) -> None:
    assert told.shown(key_of()) == []
    assert told.layouts.is_awaited
    qtbot.waitUntil(lambda: told.changes == 1)
    assert not told.layouts.is_awaited
    assert told.shown(key_of()) == ["0"]
    assert told.shown(key_of(30), settled=False) == ["0"], "while one drags nothing is placed"
    assert not told.layouts.is_awaited
    (moved,) = told.layouts.shown(key_of(30), told.task(key_of(30)), settled=True)
    (before,) = told.layouts.exact(key_of(), told.task(key_of())).placed
    assert (moved.text, moved.px) == ("0", before.px - 30)
    assert told.layouts.is_awaited
    qtbot.waitUntil(lambda: told.changes == 2)
    assert told.shown(key_of(30)) == ["30"]


def test_one_job_at_a_time_and_the_newest_is_found_in_the_end(told: Told, qtbot: QtBot) -> None:
    for left in (0, 10, 20):
        told.shown(key_of(left))
    assert [key.view.left for key in told.made] == [0]
    qtbot.waitUntil(lambda: told.changes == 1)
    assert told.shown(key_of(20)) == ["0"]
    qtbot.waitUntil(lambda: told.changes == 2)
    assert told.shown(key_of(20)) == ["20"]
    assert [key.view.left for key in told.made] == [0, 20]


def test_the_frame_of_an_edit_does_not_wait_for_labels(told: Told, qtbot: QtBot) -> None:
    told.shown(key_of())
    qtbot.waitUntil(lambda: told.changes == 1)
    told.layouts.outdate()
    assert told.shown(key_of()) == ["0"]
    assert len(told.made) == 1, "what the layout is made from is gathered after the frame"
    assert told.layouts.is_awaited
    qtbot.waitUntil(lambda: told.changes == 2)
    assert len(told.made) == 2


def test_what_was_found_of_other_sites_is_found_again(told: Told, qtbot: QtBot) -> None:
    told.shown(key_of())
    told.layouts.outdate()
    qtbot.waitUntil(lambda: told.changes == 1)
    assert told.shown(key_of()) == ["0"], "better than nothing"
    assert told.layouts.is_awaited
    qtbot.waitUntil(lambda: told.changes == 2)
    told.layouts.outdate()
    assert told.shown(key_of(), settled=False) == ["0"]
    assert not told.layouts.is_awaited


def test_another_selection_is_not_kept_waiting_by_a_gesture(told: Told, qtbot: QtBot) -> None:
    told.shown(key_of())
    qtbot.waitUntil(lambda: told.changes == 1)
    told.shown(key_of(selection=frozenset({"a"})), settled=False)
    assert told.layouts.is_awaited


def test_labels_of_another_crs_or_document_are_not_shown(told: Told, qtbot: QtBot) -> None:
    told.shown(key_of())
    qtbot.waitUntil(lambda: told.changes == 1)
    polar = key_of(view=replace(VIEW, grid=replace(VIEW.grid, crs="EPSG:3576")))
    assert told.shown(polar) == []
    qtbot.waitUntil(lambda: told.changes == 2)
    told.layouts.forget()
    assert told.shown(polar) == []


@pytest.mark.parametrize(("uuid", "stays"), [("site", True), ("layer/7", True), ("hidden/7", False)])
def test_the_labels_of_a_layer_go_with_it_at_once(told: Told, qtbot: QtBot, uuid: str, *, stays: bool) -> None:
    told.uuid = uuid
    both = (*LABELLED, ("hidden", None))
    told.shown(key_of(labelled=both))
    qtbot.waitUntil(lambda: told.changes == 1)
    assert told.shown(key_of(labelled=both)) == ["0"]
    assert told.shown(key_of(10)) == (["0"] if stays else []), "the other layer's names are being found"


def test_labels_that_are_found_after_their_document_has_gone_are_not_shown(told: Told, qtbot: QtBot) -> None:
    told.shown(key_of())
    told.layouts.forget()
    assert told.shown(key_of(10)) == []
    qtbot.waitUntil(lambda: told.changes == 1)
    assert told.shown(key_of(10)) == [], "those are another document's"
    qtbot.waitUntil(lambda: told.changes == 2)
    assert told.shown(key_of(10)) == ["10"]


def test_an_error_in_a_job_is_heard_and_nothing_is_awaited_for_ever(
    told: Told, context: RenderContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabelTask, "layout", lambda *_: 1 / 0)
    with qtbot.waitSignal(context.jobs.unheard), qtbot.captureExceptions():
        told.shown(key_of())
    assert not told.layouts.is_awaited


def test_what_is_found_after_the_end_is_told_nobody(told: Told, context: RenderContext) -> None:
    told.shown(key_of())
    told.layouts.close()
    assert context.jobs.wait()
    assert told.changes == 0


def test_labels_of_many_sites_are_found_in_a_job_after_the_first_time(
    told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_layouts, "AT_ONCE_S", 0.0)
    assert told.shown(key_of(labelled=())) == ["0"]
    assert not told.layouts.is_awaited
    told.uuid = "b"
    told.layouts.outdate()
    assert told.shown(key_of(labelled=())) == ["0"], "the old ones stand until then"
    assert told.layouts.is_awaited
    qtbot.waitUntil(lambda: told.changes == 1)
    assert [label.uuid for label in told.layouts.exact(key_of(labelled=()), told.task(key_of())).placed] == ["b"]


def test_labels_of_many_new_sites_are_found_in_a_job_however_quick_the_last_were(
    told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_layouts, "AT_ONCE_S", 60.0)

    def shown_of(uuid: str, count: int) -> set[str]:
        told.uuid, told.count = uuid, count
        told.layouts.outdate()
        return {label.uuid for label in told.layouts.shown(key, told.task(key), settled=True)}

    key = key_of(labelled=())
    assert shown_of("a", 1) == {"a"}
    assert shown_of("b", 1 + kept_layouts.MANY_MORE) == {"b"}, "few more are laid out at once"
    assert shown_of("c", 2 + 2 * kept_layouts.MANY_MORE) == {"b"}, "the old ones stand until then"
    assert told.layouts.is_awaited
    made = len(told.made)
    told.shown(key)
    assert len(told.made) == made, "a frame before that asks for no other"
    qtbot.waitUntil(lambda: told.changes == 1)
    assert told.shown(key)[0] == "0"
    assert {label.uuid for label in told.layouts.exact(key, told.task(key)).placed} == {"c"}
