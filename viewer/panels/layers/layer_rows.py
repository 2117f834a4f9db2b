"""The layer stack as a Qt model: the sites on top, then the layers, topmost first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QPalette

from layers.document.layer import Layer
from layers.document.vocabulary import LAYER_KINDS
from layers.project.opening.layer_paths import packs_in
from layers.raster.overviews import Lack
from layers.text.counted import grouped
from layers.vector.style.layer_style import VectorStyle
from viewer.commands.imagery.service_times import dated_service
from viewer.commands.layer_filter import filter_of
from viewer.commands.layers import move_layers, update_layer
from viewer.commands.meta import set_sites_visible, sites_visible
from viewer.panels.context import PanelContext
from viewer.panels.layers.class_lines import class_lines, layer_icon, read_of
from viewer.panels.layers.layer_facts import nudge_fact
from viewer.rendering.layer_date import UNDATED, acquisition_of, badge, tiles_acquisition
from viewer.rendering.raster.band_words import false_colour_words
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.service_state import DATE_STATES, StateKind
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.icons import line_icon
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language

SITES_ROW = 0
MIME = "application/x-geoloupe-layers"

type Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
DATE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The date of an image in a few words; empty for other layers."""
BADGE_ROLE = DATE_ROLE + 1
"""A word on an unusual state of the layer: "missing", "offline", "12 of 40, filtered"."""
CLASSES_ROLE = int(Qt.ItemDataRole.UserRole) + 3
"""`class_lines.Lines` below the name of a vector layer."""
SIGN_ROLE = CLASSES_ROLE + 1
"""A character that stands for the badge where its word lacks room."""
DATE_LINKS_ROLE = SIGN_ROLE + 1
"""The roles, of date and badge, that tell of a date which can be chosen: a click on them leads to the dates."""
ALERT, KEPT, COMING = "!", "↓", "…"
"""Signs of what a map lacks, of what is kept on this computer, and of what is on its way."""
PROBLEM_ROLES = [_ROLE.DecorationRole, _ROLE.ToolTipRole, _ROLE.AccessibleDescriptionRole]
"""Roles that change with a layer's problem: all but its name."""


class LayerRows(QAbstractListModel):
    """The model. Row 0 stands for all sites; it can be hidden, not moved."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uuids: list[str] = []
        self._rows: dict[str, int] = {}
        self._problems: dict[str, str] = {}
        self._icons: dict[str, QIcon] = {}
        self._read: frozenset[tuple[str, Any]] = frozenset()
        self._palette = QPalette()
        self._dates: dict[str, str] = {}
        self._badges: dict[str, tuple[str, str]] = {}
        self.read()

    def read(self) -> None:
        """Read the stack anew; the model is reset only where layers were added, removed or moved."""
        uuids = [layer.uuid for layer in reversed(self._context.document.layers_in_order())]
        self._dates, self._badges = self._found_dates(), self._found_badges()
        if uuids == self._uuids:
            self.dataChanged.emit(self.index(0), self.index(len(uuids)))
            return
        self.beginResetModel()
        self._uuids = uuids
        self._rows = {uuid: row for row, uuid in enumerate(uuids, 1)}
        self.endResetModel()

    def set_palette(self, palette: QPalette) -> None:
        """Draw the icons for this palette."""
        self._palette = palette
        self._icons.clear()
        self.dataChanged.emit(self.index(0), self.index(len(self._uuids)))

    def look_again(self) -> None:
        """Update dates and badges, as more may be known of the images."""
        known = self._found_dates(), self._found_badges()
        read = frozenset(
            (uuid, read_of(self._context.layers.drawing_of(uuid)))
            for uuid in self._uuids
            if self._context.layers.info_of(uuid) is not None
        )
        if known != (self._dates, self._badges) or read != self._read:
            self._dates, self._badges = known
            self._read = read
            self.dataChanged.emit(self.index(0), self.index(len(self._uuids)))

    @property
    def undated(self) -> list[str]:
        """The images of files that have no date, the topmost first."""
        unknown, layers = in_language(UNDATED), self._context.document.layers
        return [
            uuid
            for uuid in self._uuids
            if self._dates.get(uuid) == unknown and uuid in layers and layers[uuid].kind == "raster"
        ]

    def _found_dates(self) -> dict[str, str]:
        """Dates of the layers that are images, by uuid."""
        dates = {}
        for layer in self._context.document.layers.values():
            if layer.kind == "tiles":
                dates[layer.uuid] = in_language(badge(tiles_acquisition(layer)))
            elif layer.kind == "raster":
                drawing = self._context.layers.drawing_of(layer.uuid)
                known = drawing.acquisition if drawing is not None else acquisition_of(layer, None, None)
                dates[layer.uuid] = in_language(badge(known))
        return dates

    def _found_badges(self) -> dict[str, tuple[str, str]]:
        """Badges of layers, by uuid: a word, and a sentence that explains it."""
        badges = {}
        for uuid, layer in self._context.document.layers.items():
            drawing = self._context.layers.drawing_of(uuid)
            if drawing is not None and drawing.is_unavailable:
                badges[uuid] = self.tr("unavailable"), drawing.problem
                continue
            if moved := nudge_fact(layer):
                badges[uuid] = self.tr("shifted"), moved
            if isinstance(drawing, VectorDrawing):
                if drawing.is_out_of_scale:
                    badges[uuid] = self.tr("out of scale"), self._scale_sentence(drawing.style)
                elif drawing.remark:
                    badges[uuid] = self.tr("no map") if drawing.plane else self.tr("table only"), drawing.remark
                elif drawing.source.lost.count:
                    lost = drawing.source.lost
                    badges[uuid] = self.tr("{0} not drawn").format(grouped(lost.count)), lost.sentence()
            if filter_of(layer):
                badges[uuid] = self._filter_badge(layer)
            if drawing is not None and (drawing.is_paused or drawing.is_missing):
                badges[uuid] = self.tr("paused") if drawing.is_paused else self.tr("missing"), drawing.problem
            if drawing is not None and (state := drawing.state).badge:
                badges[uuid] = in_language(state.badge), state.sentence
            if uuid not in badges and (packs := _packs_of(layer)):
                badges[uuid] = (
                    self.tr("pack"),
                    self.tr("Shows without a network, from its offline pack: {0}").format(
                        one_line(", ".join(Path(path).name for path in packs), 200)
                    ),
                )
            if not isinstance(drawing, RasterDrawing):
                continue
            if uuid not in badges and (
                sentence := false_colour_words(drawing.style, drawing.source.scene or drawing.info)
            ):
                badges[uuid] = self.tr("false colour"), sentence
            if drawing.is_too_small:
                badges[uuid] = self.tr("too small to see here"), drawing.remark
            elif drawing.remark:
                badges[uuid] = self.tr("no map") if drawing.plane else self.tr("no data"), drawing.remark
            if drawing.is_stale:
                badges[uuid] = self.tr("stale"), drawing.problem
            elif drawing.lack is not Lack.NONE:
                badges[uuid] = self.tr("coarse"), self._coarse_sentence(drawing.lack)
        return badges

    def _scale_sentence(self, style: VectorStyle) -> str:
        limits = [
            words.format(grouped(round(scale)))
            for words, scale in (
                (self.tr("from 1:{0}"), style.visible_from),
                (self.tr("to 1:{0}"), style.visible_to),
            )
            if scale
        ]
        return self.tr("Its style shows it {0} only: this map has another scale.").format(" ".join(limits))

    def _filter_badge(self, layer: Layer) -> tuple[str, str]:
        """The badge of a filter: how many features it shows, once that is known, and a sentence with the filter."""
        access = self._context.layers.features
        counts = access.filters.counts(layer.uuid) if access is not None else None
        if counts is None:
            return self.tr("filtered"), self.tr("Filter: {0}").format(filter_of(layer))
        if not counts[0]:
            sentence = self.tr("Filtered: none of {0} features is shown. {1}").format(
                grouped(counts[1]), filter_of(layer)
            )
            return self.tr("none, filtered"), sentence
        shown, rows = (grouped(count) for count in counts)
        sentence = self.tr("Filtered: {0} of {1} features are shown. {2}").format(shown, rows, filter_of(layer))
        return self.tr("{0} of {1}, filtered").format(shown, rows), sentence

    def _coarse_sentence(self, lack: Lack) -> str:
        sentence = self.tr("The file has too few overviews: zoomed out, a sample of its pixels is shown.")
        if lack is Lack.BEYOND:
            sentence += " " + self.tr("It is too large for overviews of ours: save it as a Cloud Optimized GeoTIFF.")
        return sentence

    def set_problem(self, uuid: str, sentence: str) -> None:
        """Set the problem of a layer as a badge; empty text removes it."""
        if sentence:
            self._problems[uuid] = sentence
        elif not self._problems.pop(uuid, ""):
            return
        row = self.row_of(uuid)
        if row > SITES_ROW:
            self.dataChanged.emit(self.index(row), self.index(row), PROBLEM_ROLES)

    def problem(self, uuid: str) -> str:
        return self._problems.get(uuid, "")

    def uuid_at(self, row: int) -> str:
        """Uuid of a row; empty for the sites."""
        return self._uuids[row - 1] if row > SITES_ROW else ""

    def row_of(self, uuid: str) -> int:
        """Row of a layer; -1 where there is no such layer."""
        return self._rows.get(uuid, -1)

    def _layer(self, index: Index) -> Layer | None:
        return self._context.document.layers.get(self.uuid_at(index.row())) if index.isValid() else None

    def _icon(self, name: str) -> QIcon:
        if name not in self._icons:
            self._icons[name] = line_icon(name, self._palette)
        return self._icons[name]

    # -- Qt's side ----------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._uuids) + 1

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if index.row() == SITES_ROW:
            return self._sites_data(role)
        layer = self._layer(index)
        if layer is None:
            return None
        problem = self.problem(layer.uuid)
        match role:
            case _ROLE.DisplayRole:
                return one_line(layer.name)
            case _ROLE.EditRole:
                return layer.name
            case _ROLE.CheckStateRole:
                return Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked
            case _ROLE.DecorationRole:
                known = layer.kind if layer.kind in LAYER_KINDS and not problem else "warning"
                return (None if problem else layer_icon(layer, self._context)) or self._icon(known)
            case _ if role == CLASSES_ROLE:
                return class_lines(layer, self._context, self.tr("others"), self.tr("and {0} more"))
            case _ROLE.ToolTipRole:
                return tooltip(self._whole(layer, problem))
            case _ if role == DATE_ROLE:
                date = self._dates.get(layer.uuid, "")
                return self.tr("undated") if date == in_language(UNDATED) else date
            case _ if role == BADGE_ROLE:
                return self._badges.get(layer.uuid, ("", ""))[0]
            case _ if role == SIGN_ROLE:
                return self._sign(layer)
            case _ if role == DATE_LINKS_ROLE:
                return self._date_links(layer)
            case _ROLE.ForegroundRole if not layer.visible:
                return QColor(self._palette.color(QPalette.ColorRole.PlaceholderText))
            case _ROLE.AccessibleDescriptionRole:
                sentence = self._badges.get(layer.uuid, ("", ""))[1]
                return problem or in_language(sentence) or self._dates.get(layer.uuid, "")
        return None

    def _sign(self, layer: Layer) -> str:
        """The character that stands for the badge of a layer."""
        if self._badges.get(layer.uuid, ("", ""))[0] == self.tr("pack"):
            return KEPT
        drawing = self._context.layers.drawing_of(layer.uuid)
        return COMING if drawing is not None and drawing.state.kind is StateKind.LOADING else ALERT

    def _date_links(self, layer: Layer) -> tuple[int, ...]:
        if dated_service(layer) is None:
            return (DATE_ROLE,) if self._is_undated(layer) else ()
        drawing = self._context.layers.drawing_of(layer.uuid)
        tells_of_date = drawing is not None and drawing.state.kind in DATE_STATES
        return (DATE_ROLE, BADGE_ROLE) if tells_of_date else (DATE_ROLE,)

    def _is_undated(self, layer: Layer) -> bool:
        """True for an image whose date is not known, and can be stated."""
        return self._dates.get(layer.uuid) == in_language(UNDATED)

    def _whole(self, layer: Layer, problem: str) -> str:
        """The tooltip of a layer: its whole name, of which the row may show a part, and all that is said of it."""
        badge = in_language(self._badges.get(layer.uuid, ("", ""))[1])
        lines = [layer.credit, self._dates.get(layer.uuid, ""), nudge_fact(layer), badge]
        if problem:
            problem = in_language(problem)
            lines = ["" if problem in badge else problem, badge]
        if dated_service(layer) is not None:
            lines.append(self.tr("A click on its date leads to its other dates."))
        elif self._is_undated(layer):
            lines.append(self.tr("A click on “undated” leads to the field for its date."))
        lines.insert(0, layer.name)
        return "\n".join(in_language(line) for line in lines if line)

    def _sites_data(self, role: int) -> Any:
        match role:
            case _ROLE.DisplayRole:
                return self.tr("Sites")
            case _ROLE.CheckStateRole:
                shown = sites_visible(self._context.document)
                return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
            case _ROLE.DecorationRole:
                return self._icon("sites")
            case _ROLE.ToolTipRole:
                return tooltip(self.tr("The sites of the case are drawn above all layers"))
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        if role == _ROLE.CheckStateRole:
            visible = Qt.CheckState(value) == Qt.CheckState.Checked
            if index.row() == SITES_ROW:
                return self._context.do(set_sites_visible, visible)
            return self._context.do(update_layer, self.uuid_at(index.row()), visible=visible)
        if role == _ROLE.EditRole and index.row() > SITES_ROW:
            return self._context.do(update_layer, self.uuid_at(index.row()), name=str(value).strip())
        return False

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        flags = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable
        if index.row() > SITES_ROW:
            flags |= flag.ItemIsEditable | flag.ItemIsDragEnabled
        return flags

    # -- dragging -----------------------------------------------------------------------------------------------

    @override
    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def mimeTypes(self) -> list[str]:
        return [MIME]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        uuids = [self.uuid_at(index.row()) for index in indexes if index.row() > SITES_ROW]
        data = QMimeData()
        data.setData(MIME, "\n".join(uuids).encode())
        return data

    @override
    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        uuids = bytes(data.data(MIME).data()).decode().split()
        if action == Qt.DropAction.MoveAction and uuids:
            above = row if row >= 0 else self.rowCount()
            self.move_to(uuids, above)
        return False  # the model moves its rows itself: the view must not remove any

    def move_to(self, uuids: Sequence[str], row: int) -> None:
        """Move layers before the layer that is in `row` now; the sites stay on top."""
        under = [uuid for uuid in self._uuids[max(row, 1) - 1 :] if uuid not in uuids]
        self._context.do(move_layers, uuids, len(under))


def _packs_of(layer: Layer) -> list[str]:
    """The paths of the offline packs of a layer: of its tiles, or the part of its file on a host that is kept here."""
    source = layer.source
    clip = source.get("path") if "address" in source else None
    return packs_in(source) or ([clip] if isinstance(clip, str) else [])
