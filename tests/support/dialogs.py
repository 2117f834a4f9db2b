"""Dialogs of the window, and how each comes up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from shapely import box

from layers.decoding import encoded
from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.product.factcheck.coming_home import Homecoming
from layers.product.factcheck.ticked_file import TickedSheet
from layers.product.spec import ProductSpec
from layers.scenes.found_scene import FoundScene
from layers.services.stac.question import StacQuestion
from layers.services.tile_service import TileService
from tests.support.drawn_rasters import write_raster
from tests.support.windows import opened, settle
from viewer.app.desktop.dialog_fit import FRAME
from viewer.app.opening.folder_files import FolderFiles
from viewer.app.opening.folder_picker import FolderPicker
from viewer.app.products.factcheck.ticks_dialog import TicksDialog
from viewer.app.products.state_question import StateQuestion
from viewer.app.window import MainWindow
from viewer.commands.imagery.catalogue_layers import record_catalogue_search
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.panels.comments.comments_dialog import CommentsDialog
from viewer.panels.custody.custody_dialog import show_custody
from viewer.panels.layers.table_picker import TablePicker
from viewer.panels.logins.sign_in import open_sign_in
from viewer.panels.packs.pack_dialog import PackDialog
from viewer.panels.packs.scene_pack_dialog import ScenePackDialog
from viewer.panels.raster_style.area_statistics_dialog import AreaStatisticsDialog
from viewer.panels.reviewing.review_dialog import ReviewDialog
from viewer.panels.searches.scene_walk import SceneWalkDialog
from viewer.panels.sites.chip_dialog import open_chip
from viewer.panels.time_strip.folder_dialog import FolderDialog

SCREENS = {"1024x700": QSize(1024, 700), "1366x768 at 1.5": QSize(911, 512) - QSize(*FRAME)}
"""Room for a dialog on the smallest screens, in Qt's own pixels."""
DIALOGS = {
    "export_product": "ProductWindow",
    "export_batch": "BatchDialog",
    "permissions": "PermissionDialog",
    "select_class": "TickDialog",
    "go_to": "GoToDialog",
    "open_view": "OpenViewDialog",
    "add_imagery": "AddImageryDialog",
    "select_expression": "SelectByDialog",
    "combine_bands": "CombineDialog",
    "mark_as": "MarkAsDialog",
    "edit_templates": "TemplateDialog",
    "palette": "CommandPalette",
    "shortcuts": "ShortcutSheet",
    "about": "AboutDialog",
    "case_chips": "CaseChips",
    "georeference": "GeoreferencingDialog",
    "search_area": "SearchDialog",
}
"""By the action that opens each."""
MORE = {
    "guide": "GuideWindow",
    "export_data": "DataDialog",
    "register_layer": "RegisterDialog",
    "match_plate": "MatchPlateDialog",
    "search_archives": "ArchiveDialog",
    "what_is_new": "NewsDialog",
    "logins": "LoginsDialog",
    "your_name": "NameDialog",
}
"""More of them, which have no part in the walk of the keyboard."""
_ABOUT_IMAGES = ("combine_bands", "georeference", "register_layer", "match_plate")
"""Actions on the current layer where it is an image; the others work on one of features, if on any."""


def open_now(window: MainWindow) -> dict[str, QDialog]:
    """The dialogs of a window that are open, by the names of their classes."""
    return {type(one).__name__: one for one in window.findChildren(QDialog) if one.isVisible()}


def look_at_each(window: MainWindow, qtbot: QtBot, actions: Iterable[str], look: Callable[[QDialog], None]) -> None:
    """Open each dialog by its action, look at it and close it: some of them block until then."""
    seen = list[QDialog]()

    def look_now() -> None:
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                look(top)
                seen.append(top)
                top.close()

    for action in actions:
        kind = "raster" if action in _ABOUT_IMAGES else "vector"
        layers = window.session.document.layers.values()
        window.panel_context.show_layer(next(one.uuid for one in layers if one.kind == kind))
        before = len(seen)
        looking = QTimer(window, interval=50)
        looking.timeout.connect(look_now)
        looking.start()
        window.action_table[action].trigger()
        qtbot.waitUntil(lambda before=before: len(seen) > before, timeout=20_000)
        looking.stop()


def open_by_hand(window: MainWindow) -> None:
    """Open those that take more than a file or an action to come up; the case has a layer."""
    document, context = window.session.document, window.panel_context
    window.session.push(add_site(document, box(0, 0, 1, 1), actor="me", uuid="area"))
    layer = next(iter(document.layers))
    for dialog in (
        FolderPicker("many", FolderFiles((), False), window),
        StateQuestion(ProductSpec(), asks_names=True, parent=window),
        AreaStatisticsDialog(context, document.sites["area"], layer, window),
        FolderDialog(window.scenes.folders, lambda: None, window),
        TablePicker("many.gpkg", [], window),
        ReviewDialog(context, ["area"], window),
        CommentsDialog(context, "sites", "area", window),
        TicksDialog(context, TickedSheet("Example places", "", "", "name"), Homecoming(), window),
    ):
        dialog.show()
    service = TileService("Tiles", "https://tiles.example.org/{z}/{x}/{y}.png", may_prefetch=True)
    window.session.push(add_layer(document, "tiles", "Tiles", encoded(service), actor="me", uuid="tiles"))
    open_sign_in(context, window, service.hosts)
    PackDialog(context, document.layers["tiles"], service, lambda: None, window).show()
    picture = {"address": "https://files.example.org/a.tif"}
    window.session.push(add_layer(document, "raster", "Tiles", picture, actor="me", uuid="scene"))
    measure, held = lambda _: (9000, 8000, 3), lambda _: "Example places.tif"
    ScenePackDialog(context, document.layers["scene"], measure, held, lambda: None, window).show()
    scene = FoundScene("s1", "Example places, many tiles, name", acquired="2024-04-12", date_kind="instant")
    answer = ("https://archive.example.org/v1", "Archive", StacQuestion(), 1, None)
    kept = record_catalogue_search(document, *answer, is_complete=True, scenes=[scene], actor="me")
    window.session.push(kept)
    SceneWalkDialog(window.bars.searches, kept.changes[0].row.uuid, window).show()


def open_about_files(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """Open those that a file, a chip or selected features bring up."""
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(tmp_path / "photo.png"))
    (tmp_path / "table.csv").write_text("name,a,b\nx,51.5,128.25\n", "utf-8")
    point = {"type": "Feature", "properties": {"name": "a"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    places = {"type": "FeatureCollection", "features": [point]}
    (tmp_path / "places.geojson").write_text(json.dumps(places), "utf-8")
    window.file_menu.new_case()
    document = window.session.document
    opened(window, tmp_path / "places.geojson", qtbot)
    (layer,) = document.layers
    window.session.push(add_layer(document, "vector", "gone", {"path": str(tmp_path / "gone.geojson")}, actor="me"))
    chip = Chip(uuid="chip", content_type="image/png", width=10, height=10)
    window.session.push(Edit("chip", (Change("chips", None, chip),)))
    settle(window, qtbot)
    window.canvas.features.set(layer, np.array([0]))
    window.panel_context.show_layer(layer)
    open_chip(window.panel_context, "chip", window)
    show_custody(window.panel_context, "chips", "chip", window)
    window.relinking.show()
    for name in ("photo.png", "table.csv"):
        window.opener.open([str(tmp_path / name)])
    write_raster(tmp_path / "PIER_20240412.tif", np.zeros((1, 8, 8), np.uint8), "EPSG:4326", 9.0, 50.0, 0.01)
    opened(window, tmp_path / "PIER_20240412.tif", qtbot)
    window.panel_context.show_layer(layer)
    for action in ("select_near", "make_sites", "date_layers"):
        window.action_table[action].trigger()
    wanted = {"ChipDialog", "RelinkDialog", "PlaceDialog", "TableDialog", "SelectNearDialog", "MakeSitesDialog"}
    wanted |= {"LayerDatesDialog", "CustodyDialog"}
    qtbot.waitUntil(lambda: open_now(window).keys() >= wanted, timeout=10_000)


def out_of_reach(dialog: QDialog, room: QSize) -> list[str]:
    """What is wrong with the size of a dialog."""
    QApplication.processEvents()
    wrong = [] if dialog.size().boundedTo(room) == dialog.size() else [f"is {dialog.size()}"]
    layout = dialog.layout()
    if layout is not None and layout.totalMinimumSize().boundedTo(room) != layout.totalMinimumSize():
        wrong.append(f"needs {layout.totalMinimumSize()}")
    for button in dialog.findChildren(QAbstractButton):
        if not button.isVisible() or button.window() is not dialog or _scrolls(button):
            continue
        if not dialog.rect().contains(QRect(button.mapTo(dialog, QPoint()), button.size())):
            wrong.append(f"{button.text() or button.accessibleName()} is out of reach")
    return wrong


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent is not None
