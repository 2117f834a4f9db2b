"""Opens the view of the map in a web map with the system's browser, after showing the data sent and the receiver."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QListWidget, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.coordinates import Datum, Notation, format_coordinate
from layers.geo.crs import WGS84, transform_bounds
from layers.geo.datum import from_wgs84
from layers.geo.measure import circle_bounds, distance_m
from layers.services.view_links import BD09_METRES, ShownView, ViewAddress, ViewLink
from layers.text.counted import metres
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.widget import MapCanvas
from viewer.export.made_on import today
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.support.language.text import breakable
from viewer.support.plain_label import plain_label

WIDTH_PX, FRAME_PX = 520, 60


def shown_view(canvas: MapCanvas, views: MapViews) -> ShownView | None:
    """The place that the map shows now; None where it shows no place on the Earth."""
    lon, lat = views.map_centre()
    metres_per_px = views.metres_per_pixel()
    if views.is_off_earth or not (math.isfinite(lon) and math.isfinite(lat) and metres_per_px > 0):
        return None
    view = canvas.viewport.view()
    try:
        bounds = transform_bounds(view.grid.crs, WGS84, view.world_bounds())
    except CannotBePlaced:
        bounds = circle_bounds(lon, lat, metres_per_px * max(view.width, view.height) / view.ratio / 2)
    return ShownView(lon, lat, bounds, metres_per_px, _day(canvas, bounds))


def _day(canvas: MapCanvas, bounds: Bounds) -> date:
    """Date of the topmost image in view that has one, else today."""
    scene = canvas.own_scene
    for layer in reversed(scene.document.layers_in_order()):
        extent = scene.stack.bounds_of(layer.uuid)
        day = _day_of(layer) if layer.visible and (extent is None or extent.intersects(bounds)) else None
        if day is not None:
            return day
    return date.fromisoformat(today())


def _day_of(layer: Layer) -> date | None:
    date_text = layer.acquired_at if layer.date_kind == "instant" else str(layer.source.get("time", ""))
    try:
        return date.fromisoformat(date_text[:10])
    except ValueError:
        return None


class OpenViewDialog(QDialog):
    """Offers web maps and shows what each would be sent, then opens one or copies its address. Sends nothing before."""

    def __init__(
        self,
        view: ShownView,
        links: Sequence[ViewLink],
        open_address: Callable[[str], bool],
        own_list: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`open_address` passes an address to the system's browser; it returns False where there is none. `own_list`:
        path of the file in which the analyst adds web maps.
        """
        super().__init__(parent)
        role = QDialogButtonBox.ButtonRole
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open This View in a Web Map"))
        self._view, self._links, self._open = view, list(links), open_address
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Web maps"))
        self.list.addItems([link.title for link in self._links])
        self.list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self.host, self.place, self.address, self.note = wrapped(""), wrapped(""), wrapped(""), muted()
        facts = QGridLayout()
        facts.setColumnStretch(1, 1)
        rows = ((self.tr("Contacted"), self.host), (self.tr("Sent"), self.place), (self.tr("Address"), self.address))
        for at, (title, label) in enumerate(rows):
            label.setAccessibleName(title)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            facts.addWidget(plain_label(title), at, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(label, at, 1)
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton(self.tr("&Open in Browser"), role.AcceptRole)
        self.copy_button = buttons.addButton(self.tr("&Copy Address"), role.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.open_button.setDefault(True)
        buttons.accepted.connect(self.open_chosen)
        buttons.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self.copy_address)
        self.says = muted(
            self.tr("Your browser contacts the host and sends what is listed below. Nothing else of the case is sent.")
        )
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.says)
        layout.addLayout(facts)
        layout.addWidget(self.note)
        if own_list:
            self.own = muted(self.tr("Web maps of your own stand in {0}.").format(breakable(own_list)))
            layout.addWidget(self.own)
        layout.addWidget(buttons)
        self.setMinimumWidth(WIDTH_PX)
        for label in (self.place, self.address):
            label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())  # the dialog does not jump from map to map
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(self.open_chosen)
        self.list.setCurrentRow(0)
        self.list.setFocus()
        room = self.screen().availableGeometry().height() - FRAME_PX
        lines = 2 * self.note.fontMetrics().lineSpacing()  # for the notes of other maps
        self.resize(WIDTH_PX, min(layout.totalHeightForWidth(WIDTH_PX) + lines, room))

    def chosen(self) -> ViewAddress:
        """Address of the chosen web map."""
        return self._links[self.list.currentRow()].address(self._view)

    def open_chosen(self, *_: object) -> None:
        if self._open(self.chosen().address):
            self.accept()
        else:
            self.note.setText(self.tr("No browser could be started: copy the address instead."))

    def copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self.chosen().address)
        self.note.setText(self.tr("The address is on the clipboard; no server was contacted."))

    def _show(self, row: int) -> None:
        link = self._links[row]
        view_address = link.address(self._view)
        self.host.setText(view_address.host)
        self.place.setText(self._sentence(link, view_address))
        self.address.setText(breakable(view_address.address))
        self.note.setText(link.note)

    def _sentence(self, link: ViewLink, view_address: ViewAddress) -> str:
        view = self._view
        place = format_coordinate(view.lon, view.lat, Notation.DD, view.metres_per_px)
        sentence = self.tr("The middle of the view, {0}, and its zoom").format(place)
        if "{date" in link.template:
            sentence = self.tr("{0}, and the day {1}").format(sentence, view.day.isoformat())
        if view_address.datum == Datum.WGS84:
            return sentence + self.tr("; in WGS 84.")
        datum = Datum.BD09 if view_address.datum == BD09_METRES else Datum(view_address.datum)
        moved = from_wgs84(view.lon, view.lat, datum)
        shift = distance_m(view.lon, view.lat, moved.lon, moved.lat)
        if not shift and moved.error_m:
            return sentence + self.tr("; in WGS 84, as {0} is not known to differ there. It may, by {1}.").format(
                datum, metres(moved.error_m)
            )
        if not shift:
            return sentence + self.tr("; in WGS 84, from which {0} does not differ there.").format(datum)
        return sentence + self.tr("; converted to {0}, {1} away, good to {2}.").format(
            datum, metres(shift), metres(moved.error_m)
        )


def in_browser(address: str) -> bool:
    """Hand an address to the system's browser; False where there is none."""
    return QDesktopServices.openUrl(QUrl(address))
