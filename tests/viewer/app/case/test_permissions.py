"""F40, F79: hosts and folders outside a case wait for a permission, in one panel, and it can be taken back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from layers.pool.pool import ReaderPool
from layers.project.opening.intake import read_case
from tests.support.cases.foreign_cases import badges, foreign_case, missing, paused, points_file, scene_file, shown
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.panels.shell.permission_dialog import NAME, STATE, PermissionDialog
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.settings import Settings

HOST = "https://tiles.example.org/{z}/{x}/{y}.png"


def open_case(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    opened(window, path, qtbot)


def save(window: MainWindow, qtbot: QtBot, answers: Answers, path: Path | None = None) -> None:
    answers.path = path
    window.action_table["save_as" if path else "save"].trigger()
    settle(window, qtbot)


@contextmanager
def dialog_of(window: MainWindow) -> Iterator[PermissionDialog]:
    """The panel, by the File menu; closed at the end."""
    window.action_table["permissions"].trigger()
    dialog = window.access.dialog
    assert dialog is not None
    assert dialog.isVisible()
    yield dialog
    dialog.close_button.click()
    assert window.access.dialog is None


def rows(dialog: PermissionDialog) -> dict[str, QTreeWidgetItem]:
    """The rows by what they name, with that of their groups before it."""
    found = {}
    for number in range(dialog.tree.topLevelItemCount()):
        group = dialog.tree.topLevelItem(number)
        assert group is not None
        found |= {f"{group.text(0)}: {item.text(NAME)}": item for item in map(group.child, range(group.childCount()))}
    return found


def states(dialog: PermissionDialog) -> dict[str, str]:
    return {name: item.text(STATE) for name, item in rows(dialog).items()}


def tick(dialog: PermissionDialog, end: str, on: bool) -> None:
    """Click the box of the row whose name ends so."""
    item = next(item for name, item in rows(dialog).items() if name.endswith(end))
    assert (item.checkState(NAME) is Qt.CheckState.Checked) != on
    dialog.tree.setCurrentItem(item)
    dialog.tree.setFocus()
    QTest.keyClick(dialog.tree, Qt.Key.Key_Space)
    QApplication.processEvents()


# -- before anything is allowed -----------------------------------------------------------------------------------


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that anything of Python's looked at, or a reader was asked for."""
    found: list[str] = []

    def noting(call: Callable[..., object], name: str) -> Callable[..., object]:
        def noted(path: object = ".", *args: object, **kwargs: object) -> object:
            if isinstance(path, str | bytes | os.PathLike):
                found.append(os.fsdecode(path))
            return call(path, *args, **kwargs)

        return noted

    for name in ("stat", "lstat", "open", "scandir", "listdir", "access", "readlink"):
        monkeypatch.setattr(os, name, noting(getattr(os, name), name))
    submit = ReaderPool.submit

    def submitting(pool: ReaderPool, request: object) -> object:
        found.append(str(request.params.get("path", "")))  # type: ignore[attr-defined]
        return submit(pool, request)  # type: ignore[arg-type]

    monkeypatch.setattr(ReaderPool, "submit", submitting)
    return found


@pytest.mark.bounded
def test_f79_nothing_outside_the_case_is_looked_at_before_consent(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, looked_at: list[str]
) -> None:
    outside = scene_file(tmp_path / "outside" / "a.tif")
    os.mkfifo(tmp_path / "outside" / "pipe.tif")
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "link.tif").symlink_to(outside)
    case = foreign_case(
        tmp_path / "case" / "c.gpkg",
        absolute=str(outside),
        up="../outside/b.tif",
        link="link.tif",
        pipe=str(tmp_path / "outside" / "pipe.tif"),
        vectors=str(tmp_path / "outside" / "v.geojson"),
        unc="\\\\srv\\share\\x.tif",
        net="/net/srv/x.tif",
        device="/dev/zero",
        vsi="/vsicurl/http://srv/x.tif",
        both={"combined": [{"path": str(outside), "name": "x", "bands": 1}]},
        shipped={"shipped": "../../x"},
        windows="C:\\Users\\x\\a.tif",
    )
    looked_at.clear()
    open_case(window, qtbot, case)
    menu = window.docks.layer_tree.menu_for("absolute")
    tips = [
        window.docks.layer_tree.model.index(row).data(Qt.ItemDataRole.ToolTipRole)
        for row in range(1, window.docks.layer_tree.model.rowCount())
    ]
    window.panel_context.layer_verbs.ask_reading.emit("vectors")
    window.panel_context.layer_verbs.save.emit("vectors")
    window.upkeep.look_again()
    with dialog_of(window):
        pass
    settle(window, qtbot)
    forbidden = ("/outside/", "srv", "/net", "/dev/zero", "vsicurl", "Users")
    assert [path for path in looked_at if any(part in f"{path}/" for part in forbidden)] == []
    assert paused(window) == {"absolute", "up", "link", "pipe", "vectors", "net", "both"}
    assert missing(window) == {"unc", "device", "vsi", "shipped", "windows"}
    assert {"Permissions…", "Relink…"} <= {action.text() for action in menu.actions()}
    assert sum("until you allow that" in tip for tip in tips) == 7
    assert badges(window)["absolute"] == "paused"
    assert badges(window)["windows"] == "missing"
    line = window.messages.line("consent")
    assert line is not None
    assert line.text.startswith("7 layers wait for your permission (")


@pytest.mark.bounded
def test_f79_what_lies_beside_a_case_needs_no_permission(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    scene_file(tmp_path / "scenes" / "a.tif")
    points_file(tmp_path / "b.geojson")
    os.mkfifo(tmp_path / "pipe.tif")
    os.mkfifo(tmp_path / "pipe_metadata.json")
    case = foreign_case(
        tmp_path / "c.gpkg",
        scene="scenes/a.tif",
        points="./b.geojson",
        windows="scenes\\a.tif",
        pipe="pipe.tif",
        whole=str(tmp_path / "scenes" / "a.tif"),
        delivery={"path": "pipe_metadata.json"},
    )
    open_case(window, qtbot, case)
    assert shown(window) == {"scene", "points", "windows", "whole"}
    assert "pipe" in window.scene.stack.problems()["pipe"]
    assert "pipe" in window.scene.stack.problems()["delivery"]
    assert paused(window) == set()
    assert window.messages.line("consent") is None


@pytest.mark.bounded
@pytest.mark.parametrize("there", ["scenes with spaces", "новая папка 数据", "Szenen (Kopie) #2 %20"])
def test_a_case_with_scenes_beside_it_opens_with_all_of_them_wherever_it_is_moved(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, there: str
) -> None:
    here = tmp_path / "here"
    files = [scene_file(here / "scenes" / "a.tif"), scene_file(here / "scenes" / "день 1" / "图像 b.tif")]
    files.append(points_file(here / "points.geojson"))
    window = make_window()
    for file in files:
        opened(window, file, qtbot)
    save(window, qtbot, answers, here / "c.gpkg")
    assert len(shown(window)) == 3
    shutil.move(here, tmp_path / there)
    again = make_window()
    open_case(again, qtbot, tmp_path / there / "c.gpkg")
    assert len(shown(again)) == 3
    assert again.scene.stack.problems() == {}
    assert again.messages.lines() == []


# -- allowing -----------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_f40_hosts_and_folders_stand_in_one_panel_each_with_its_layers(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    case = foreign_case(
        tmp_path / "c.gpkg",
        tiles={"template": HOST},
        idn={"template": "https://xn--e1afmkfd.example/{z}/{x}/{y}.png"},
        local={"template": "http://192.168.1.5:8080/{z}/{x}/{y}.png"},
        one="/data/scenes/a.tif",
        two="/data/scenes/b.tif",
        other="/data/other/c.tif",
        share="/mnt/nas/d.tif",
        unc="\\\\srv\\share\\e.tif",
    )
    open_case(window, qtbot, case)
    line = window.messages.line("consent")
    assert line is not None
    assert line.text.startswith("7 layers wait for your permission (")
    assert line.action is not None
    line.action.run()
    dialog = window.access.dialog
    assert dialog is not None
    assert states(dialog) == {
        "Hosts on the network: tiles.example.org": "waits",
        "Hosts on the network: xn--e1afmkfd.example (пример.example)": "waits",
        "This computer and the local network: 192.168.1.5:8080": "waits",
        "Folders outside the case: /data/scenes": "waits",
        "Folders outside the case: /data/other": "waits",
        "Network shares and mounted drives: /mnt/nas": "waits",
        "Network shares and mounted drives: \\\\srv\\share": "not on this computer",
    }
    assert rows(dialog)["Folders outside the case: /data/scenes"].text(1) == "two, one"
    dialog.close_button.click()


@pytest.mark.bounded
def test_a_folder_is_allowed_alone_and_remembered_for_this_case(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    one, two = scene_file(tmp_path / "one" / "a.tif"), scene_file(tmp_path / "two" / "b.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", one=str(one), two=str(two), deeper=str(tmp_path / "one/x/y.tif"))
    window = make_window()
    open_case(window, qtbot, case)
    with dialog_of(window) as dialog:
        tick(dialog, str(tmp_path / "one"), on=True)
        settle(window, qtbot)
        assert states(dialog)[f"Folders outside the case: {tmp_path / 'one'}"] == "allowed"
    assert (shown(window), paused(window)) == ({"one"}, {"two", "deeper"})
    again = make_window()
    open_case(again, qtbot, case)
    assert (shown(again), paused(again)) == ({"one"}, {"two", "deeper"})
    # the same file elsewhere, and another case in its place, are others
    (tmp_path / "moved").mkdir()
    shutil.copy(case, tmp_path / "moved" / "c.gpkg")
    open_case(again, qtbot, tmp_path / "moved" / "c.gpkg")
    assert paused(again) == {"one", "two", "deeper"}
    case.unlink()
    foreign_case(case, one=str(one))
    open_case(again, qtbot, case)
    assert paused(again) == {"one"}


@pytest.mark.bounded
def test_all_of_a_case_are_allowed_at_once(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    one, two = scene_file(tmp_path / "one" / "a.tif"), scene_file(tmp_path / "two" / "b.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", one=str(one), two=str(two), tiles={"template": HOST})
    open_case(window, qtbot, case)
    with dialog_of(window) as dialog:
        assert dialog.says.text() == "3 layers wait for your permission."
        dialog.allow_button.click()
        settle(window, qtbot)
        assert set(states(dialog).values()) == {"allowed"}
        assert dialog.says.text() == "Nothing waits for your permission."
    assert (shown(window), paused(window)) == ({"one", "two", "tiles"}, set())
    assert window.messages.line("consent") is None
    assert window.settings.get("allowed_hosts") == ["tiles.example.org"]


@pytest.mark.bounded
def test_private_hosts_are_allowed_for_one_case_only(make_window: MakeWindow, qtbot: QtBot, tmp_path: Path) -> None:
    template = {"template": "http://127.0.0.1:9/{z}/{x}/{y}.png"}
    mine, theirs = foreign_case(tmp_path / "a.gpkg", t=template), foreign_case(tmp_path / "b.gpkg", t=template)
    window = make_window()
    open_case(window, qtbot, mine)
    with dialog_of(window) as dialog:
        dialog.allow_button.click()
    assert paused(window) == set()
    open_case(window, qtbot, theirs)
    assert paused(window) == {"t"}
    assert not window.permissions.consent.permits("127.0.0.1:9")
    open_case(window, qtbot, mine)
    assert paused(window) == set()
    assert Settings.of_user().get("allowed_hosts") == []


@pytest.mark.bounded
def test_a_link_out_of_the_case_waits_for_the_folder_that_it_leads_to(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    scene_file(tmp_path / "outside" / "a.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", link="scenes/a.tif")
    (tmp_path / "case" / "scenes").symlink_to(tmp_path / "outside")
    open_case(window, qtbot, case)
    assert paused(window) == {"link"}
    with dialog_of(window) as dialog:
        tick(dialog, str(tmp_path / "outside"), on=True)
        settle(window, qtbot)
    assert shown(window) == {"link"}


# -- taking back --------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_what_is_taken_back_is_paused_dropped_and_watched_no_more(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, looked_at: list[str]
) -> None:
    outside = scene_file(tmp_path / "outside" / "a.tif")
    beside = scene_file(tmp_path / "case" / "b.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", outside=str(outside), beside="b.tif", tiles={"template": HOST})
    open_case(window, qtbot, case)
    with dialog_of(window) as dialog:
        dialog.allow_button.click()
        settle(window, qtbot)
        window.upkeep.look_again()
        drawing = window.scene.drawings["outside"]
        kept = window.scene.drawings["beside"]
        assert isinstance(drawing, RasterDrawing)
        assert set(window.upkeep.findChild(QFileSystemWatcher).files()) == {str(outside), str(beside)}
        assert window.context.tiles.raw.nbytes
        tick(dialog, str(tmp_path / "outside"), on=False)
        tick(dialog, "tiles.example.org", on=False)
        settle(window, qtbot)
        assert paused(window) == {"outside", "tiles"}
        assert window.upkeep.findChild(QFileSystemWatcher).files() == [str(beside)]
        assert not [name for name in window.context.tiles.raw if name.layer_uuid == "outside"]
        assert window.scene.drawings["beside"] is kept, "nobody else is disturbed"
        looked_at.clear()
        window.canvas.motion.zoom_in()
        settle(window, qtbot)
        assert not [path for path in looked_at if "/outside" in path]
    assert window.settings.get("allowed_hosts") == []
    line = window.messages.line("consent")
    assert line is not None
    assert line.text.startswith("2 layers wait")


def test_a_host_that_was_allowed_earlier_can_be_taken_back_in_any_case(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.permissions.allow("tiles.example.org")
    open_case(window, qtbot, foreign_case(tmp_path / "c.gpkg"))
    with dialog_of(window) as dialog:
        assert states(dialog) == {"Hosts on the network: tiles.example.org": "allowed"}
        tick(dialog, "tiles.example.org", on=False)
        assert states(dialog) == {}
    assert not window.permissions.consent.permits("tiles.example.org")
    assert Settings.of_user().get("allowed_hosts") == []


# -- by what the analyst does -------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_what_the_analyst_adds_and_saves_is_trusted(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    outside = scene_file(tmp_path / "outside" / "a.tif")
    window = make_window()
    opened(window, outside, qtbot)
    assert len(shown(window)) == 1
    (tmp_path / "case").mkdir()
    save(window, qtbot, answers, tmp_path / "case" / "c.gpkg")
    again = make_window()
    open_case(again, qtbot, tmp_path / "case" / "c.gpkg")
    assert (len(shown(again)), paused(again)) == (1, set())


@pytest.mark.bounded
def test_saving_a_case_is_no_consent_for_what_still_waits(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    outside, mine = scene_file(tmp_path / "outside" / "a.tif"), scene_file(tmp_path / "mine" / "b.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", theirs=str(outside))
    window = make_window()
    open_case(window, qtbot, case)
    opened(window, mine, qtbot)
    assert paused(window) == {"theirs"}
    save(window, qtbot, answers)
    again = make_window()
    open_case(again, qtbot, case)
    assert paused(again) == {"theirs"}
    assert len(shown(again)) == 1
    assert read_case(case).document.layers["theirs"].source == {"path": str(outside)}, "nothing is dropped on save"


@pytest.mark.bounded
def test_f78_what_cannot_be_found_is_saved_as_it_stood(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    odd = {
        "windows": {"path": "C:\\Users\\x\\a.tif"},
        "unc": {"path": "\\\\srv\\s\\a.tif"},
        "gone": {"path": "gone.tif"},
        "vsi": {"path": "/vsicurl/http://srv/x.tif"},
        "shipped": {"shipped": ["x"]},
        "tiles": {"template": HOST},
    }
    case = foreign_case(tmp_path / "c.gpkg", **odd)
    open_case(window, qtbot, case)
    window.session.push_or_say(update_layer(window.session.document, "gone", actor="me", name="renamed"))
    save(window, qtbot, answers)
    assert {uuid: layer.source for uuid, layer in read_case(case).document.layers.items()} == odd


@pytest.mark.bounded
def test_what_the_analyst_added_is_trusted_in_a_recovered_session(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    mine, theirs = scene_file(tmp_path / "mine" / "a.tif"), scene_file(tmp_path / "theirs" / "b.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", theirs=str(theirs))
    folders = []
    for begin in (lambda window: None, lambda window: open_case(window, qtbot, case)):
        window = make_window()
        begin(window)
        opened(window, mine, qtbot)
        folders.append(window.session.working_copy.folder)
        window.session.shutdown(keep=True)
    again = make_window()
    again.cases.recover(str(folders[0]))
    settle(again, qtbot)
    assert (len(shown(again)), paused(again)) == (1, set())
    again.cases.recover(str(folders[1]))
    settle(again, qtbot)
    assert (len(shown(again)), paused(again)) == (1, {"theirs"})


@pytest.mark.bounded
def test_saving_elsewhere_keeps_every_layer_and_undo_right(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    scene_file(tmp_path / "old" / "scenes" / "a.tif")
    scene_file(tmp_path / "new" / "b.tif")
    case = foreign_case(tmp_path / "old" / "c.gpkg", a="scenes/a.tif")
    window = make_window()
    open_case(window, qtbot, case)
    opened(window, tmp_path / "new" / "b.tif", qtbot)
    save(window, qtbot, answers, tmp_path / "new" / "c.gpkg")
    sources = {layer.name: layer.source["path"] for layer in read_case(window.session.target).document.layers.values()}
    assert sources == {"a": str(tmp_path / "old" / "scenes" / "a.tif"), "b": "b.tif"}
    assert len(shown(window)) == 2
    window.panel_context.show_layer("a")
    window.layer_menu.remove_layer()
    settle(window, qtbot)
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    window.action_table["redo"].trigger()
    settle(window, qtbot)
    assert (len(shown(window)), window.scene.stack.problems()) == (2, {})
    save(window, qtbot, answers)
    again = make_window()
    open_case(again, qtbot, tmp_path / "new" / "c.gpkg")
    assert (len(shown(again)), paused(again)) == (2, set())


@pytest.mark.bounded
def test_safe_mode_asks_once_the_layers_are_shown(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.set_safe_mode(True)
    open_case(window, qtbot, foreign_case(tmp_path / "c.gpkg", t={"template": HOST}, gone="gone.tif"))
    assert {line.key for line in window.messages.lines()} == {"safe mode"}
    window.set_safe_mode(False)
    settle(window, qtbot)
    assert {"consent", "files"} <= {line.key for line in window.messages.lines()}


@pytest.mark.bounded
def test_the_panel_is_for_the_keyboard_and_has_names(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_case(window, qtbot, foreign_case(tmp_path / "c.gpkg", t={"template": HOST}))
    with dialog_of(window) as dialog:
        assert dialog.tree.accessibleName()
        dialog.tree.setFocus()
        QTest.keyClick(dialog.tree, Qt.Key.Key_Space)
        QApplication.processEvents()
        assert set(states(dialog).values()) == {"allowed"}
