"""The layer tree: the layers that are drawn, their order and opacity, with a badge where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, override

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.raster.overviews import Lack
from layers.vector.table import VectorInfo
from viewer.commands.imagery.placed_layers import can_have_points
from viewer.commands.imagery.service_times import dated_service
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.commands.layers import remove_layers, show_again, show_only, update_layer
from viewer.commands.meta import searches_visible, set_searches_visible, set_sites_visible, sites_visible
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.layers.layer_row_delegate import LayerRowDelegate
from viewer.panels.layers.layer_rows import SITES_ROW, LayerRows
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.slider_field import SliderField, percent
from viewer.rendering.access import hosts_of
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.service_state import Way
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

if TYPE_CHECKING:
    from viewer.panels.layers.date_offers import NameDateLink, UndatedLink


class _FilterLine(QLineEdit):
    """The filter line. Enter and Down lead into the tree; Esc clears the filter."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(self.tr("Filter layers"))
        self.setAccessibleName(self.tr("Filter: Layers"))
        self.setClearButtonEnabled(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            super().keyPressEvent(event)


class _LayerView(QTreeView):
    """The tree of the layers, which reports clicks with Alt, and those on the date of a dated layer."""

    alt_clicked = Signal(int)
    """Emitted with a row that was clicked with Alt; the selection stays as it was."""
    date_clicked = Signal(int)
    """Emitted with a row on whose date was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._pressed_date = -1
        self._dates = LayerRowDelegate(self)
        self.setItemDelegate(self._dates)
        self.setMouseTracking(True)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed_date = -1
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and is_left and index.isValid():
            self.alt_clicked.emit(index.row())
            return
        if is_left and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._pressed_date = self._date_row(event)
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        is_on_date = event.buttons() == Qt.MouseButton.NoButton and self._date_row(event) >= 0
        shape = Qt.CursorShape.PointingHandCursor if is_on_date else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_date = self._pressed_date, -1
        super().mouseReleaseEvent(event)
        if pressed >= 0 and self._date_row(event) == pressed:
            self.date_clicked.emit(pressed)

    def _date_row(self, event: QMouseEvent) -> int:
        """The row whose date, if it can be chosen, is under the mouse; -1 without one."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if not index.isValid():
            return -1
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        return index.row() if self._dates.is_on_date(option, index, at) else -1


class LayerTreePanel(QWidget):
    """The panel, whose current row is the context's layer. Connect a scene's `problem_changed` to `set_problem`."""

    compare_wanted = Signal(str)
    """Emitted with the layer to compare the current one with."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._restoring = False
        self.model = LayerRows(context, self)
        self.model.set_palette(self.palette())
        self.filter = _FilterLine()
        self.count = plain_label()
        self.count.setObjectName("muted")
        self.count.hide()
        self.view = _LayerView()
        self.view.setAccessibleName(self.tr("Layers"))
        self.view.alt_clicked.connect(self._want_comparison)
        self.view.date_clicked.connect(lambda row: self._choose_date(self.model.uuid_at(row)))
        self._set_up_view()
        self.opacity = SliderField(0.0, 1.0, percent)
        self.opacity.setAccessibleName(self.tr("Opacity of the layer"))
        self.opacity.previewed.connect(self._preview_opacity)
        self.opacity.committed.connect(self._commit_opacity)
        label = plain_label(self.tr("Opacity"))
        label.setBuddy(self.opacity)
        bottom = QHBoxLayout()
        bottom.addWidget(label)
        bottom.addWidget(self.opacity, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.filter, 1)
        top.addWidget(self.count)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        self.notes = QVBoxLayout()
        self.notes.setSpacing(0)
        self._date_links: tuple[NameDateLink, UndatedLink] | None = None
        self.hidden = LinkButton("", self.tr("Step through the images of the view by their dates, one at a time (F9)"))
        self.hidden.clicked.connect(lambda: context.typing_wanted.emit("time_strip"))
        self._covered = frozenset[str]()
        self._hidden_by_alone = frozenset[str]()
        """The layers that were hidden when others were last shown alone."""
        self._notes_due = QTimer(self, singleShot=True, interval=0)
        self._notes_due.timeout.connect(self._show_notes)
        self.notes.addWidget(self.hidden)
        layout.addLayout(self.notes)
        layout.addLayout(bottom)
        layout.addLayout(self._buttons())
        self._connect()
        self._update()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setHeaderHidden(True)
        view.setRootIsDecorated(False)
        view.setIconSize(QSize(20, 20))
        view.setIndentation(0)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setDropIndicatorShown(True)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names that begin alike differ at their ends
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _buttons(self) -> QHBoxLayout:
        self.up_button = IconButton("up", self.tr("Move the layer up"))
        self.down_button = IconButton("down", self.tr("Move the layer down"))
        self.zoom_button = IconButton("zoom_layer", self.tr("Zoom to the layer"))
        self.properties_button = IconButton("properties", self.tr("Properties of the layer"))
        self.remove_button = IconButton("delete", self.tr("Remove the selected layers"))
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))
        self.zoom_button.clicked.connect(lambda: self._context.view.show_layer(self._context.layer_uuid))
        self.properties_button.clicked.connect(self._open_properties)
        self.remove_button.clicked.connect(self.remove_selected)
        row = QHBoxLayout()
        row.setSpacing(2)
        for button in (self.up_button, self.down_button, self.zoom_button, self.properties_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        return row

    def _connect(self) -> None:
        context, view = self._context, self.view
        for keys, slot in (
            (QKeySequence.StandardKey.Delete, self.remove_selected),
            ("Alt+Up", lambda: self._move(-1)),
            ("Alt+Down", lambda: self._move(1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)
        self.filter.textChanged.connect(self._filter)
        self.filter.entered.connect(self._enter_tree)
        self.model.modelReset.connect(self._filter)
        self.model.dataChanged.connect(self._rows_changed)
        view.customContextMenuRequested.connect(self._menu)
        view.doubleClicked.connect(self._double_clicked)
        view.selectionModel().currentChanged.connect(self._current_changed)
        view.selectionModel().selectionChanged.connect(self._update)
        self.model.modelReset.connect(self._restore)
        context.layer_shown.connect(self._restore)
        context.document_replaced.connect(self.filter.clear)
        context.document_replaced.connect(self.model.read)
        context.document_replaced.connect(self._notes_due.start)
        context.flush_requested.connect(self.opacity.flush)
        context.changed.connect(self._heard)

    # -- showing ------------------------------------------------------------------------------------------------

    def set_problem(self, uuid: str, sentence: str) -> None:
        """Set the problem of a layer as a badge; empty text removes it."""
        self.model.set_problem(uuid, sentence)

    def look_again(self) -> None:
        """Update the rows, as more may be known of the layers."""
        self.model.look_again()
        self._show_notes()

    def show_covered(self, uuids: frozenset[str]) -> None:
        """Say how many images of the view lie hidden under others; it is asked while the map is being painted."""
        self._covered = uuids
        self._notes_due.start()

    @property
    def date_links(self) -> tuple[NameDateLink, UndatedLink]:
        """The links that lead to the dates of one image and of several."""
        if self._date_links is None:
            from viewer.panels.layers.date_offers import NameDateLink, UndatedLink  # for start-up time

            self._date_links = NameDateLink(self._context), UndatedLink(self._context)
            for at, link in enumerate(self._date_links):
                self.notes.insertWidget(at, link)
        return self._date_links

    def _show_notes(self) -> None:
        """Show what is amiss with images of the case: those without a date, and those that others cover."""
        layers, undated = self._context.document.layers, self.model.undated
        if undated or self._date_links is not None:
            name_date, several = self.date_links
            several.show_images(undated, 2)
            name_date.show_layer(layers.get(undated[0]) if len(undated) == 1 else None)
        covered = sum(uuid in layers for uuid in self._covered)
        self.hidden.setText(
            translate(
                "LayerTreePanel",
                "{count} hidden under others: step through…",
                "{count} hidden under others: step through…",
                covered,
            )
        )
        self.hidden.updateGeometry()
        self.hidden.setVisible(bool(covered))

    def selected(self) -> list[str]:
        """The selected layers, topmost first, without the sites."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.model.uuid_at(row) for row in rows if row > SITES_ROW]

    def _heard(self, changes: Changes) -> None:
        if changes.touches("layers", "meta"):
            self.model.read()
            self._update()
            self._notes_due.start()

    def _restore(self) -> None:
        row = self.model.row_of(self._context.layer_uuid)
        self._restoring = True
        flag = QItemSelectionModel.SelectionFlag
        selection = self.view.selectionModel()
        if row > SITES_ROW and selection.currentIndex().row() != row:
            selection.setCurrentIndex(self.model.index(row), flag.ClearAndSelect)
        elif row < 0 and selection.currentIndex().row() > SITES_ROW:
            selection.select(QItemSelection(), flag.Clear)
        self._restoring = False
        self._update()

    def _current_changed(self, current: QModelIndex) -> None:
        if not self._restoring and current.isValid():
            self._context.show_layer(self.model.uuid_at(current.row()))

    def _update(self) -> None:
        layer = self._context.document.layers.get(self._context.layer_uuid)
        self.opacity.setEnabled(layer is not None)
        self.opacity.show_value(layer.drawn_opacity if layer else 1.0)
        row = self.model.row_of(layer.uuid) if layer else -1
        self.up_button.setEnabled(row > 1)
        self.down_button.setEnabled(0 < row < self.model.rowCount() - 1)
        self.zoom_button.setEnabled(row > 0)
        self.properties_button.setEnabled(row > 0)
        self.remove_button.setEnabled(bool(self.selected()))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.model.set_palette(self.palette())

    def _rows_changed(self, _first: QModelIndex, _last: QModelIndex, roles: Sequence[int]) -> None:
        if not roles or Qt.ItemDataRole.EditRole in roles:  # of thousands of layers each may have come to grief
            self._filter()

    def _filter(self) -> None:
        """Show the layers whose name has all words of the filter, whatever their order and case."""
        words, total = self.filter.text().casefold().split(), self.model.rowCount()
        shown = [all(word in self._name(row) for word in words) for row in range(total)]
        for row, is_shown in enumerate(shown):
            if self.view.isRowHidden(row, QModelIndex()) == is_shown:
                self.view.setRowHidden(row, QModelIndex(), not is_shown)
        count = self.tr("{0} of {1}").format(sum(shown), total) if any(shown) else self.tr("none of {0}").format(total)
        self.count.setText(count)
        self.count.setVisible(sum(shown) < total)

    def _name(self, row: int) -> str:
        index = self.model.index(row)
        return str(index.data(Qt.ItemDataRole.EditRole) or index.data()).casefold()

    def _enter_tree(self) -> None:
        """Go to the first layer that the filter shows."""
        rows = range(SITES_ROW, self.model.rowCount())
        shown = [row for row in rows if not self.view.isRowHidden(row, QModelIndex())]
        if shown:
            current = self.view.currentIndex()
            if not current.isValid() or current.row() not in shown:
                first = next((row for row in shown if row > SITES_ROW), shown[0])
                self.view.setCurrentIndex(self.model.index(first))
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- gestures -----------------------------------------------------------------------------------------------

    def remove_selected(self) -> None:
        """Remove the selected layers from the case."""
        uuids = self.selected()
        if uuids:
            self._context.do(remove_layers, uuids)

    def _move(self, rows: int) -> None:
        uuid = self._context.layer_uuid
        row = self.model.row_of(uuid)
        if row > SITES_ROW:
            self.model.move_to([uuid], row + rows + (1 if rows > 0 else 0))

    def _want_comparison(self, row: int) -> None:
        if row > SITES_ROW:
            self.compare_wanted.emit(self.model.uuid_at(row))

    def _open_properties(self) -> None:
        self._context.show_layer(self._context.layer_uuid, raise_form=True)

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.row() > SITES_ROW:
            self._context.show_layer(self.model.uuid_at(index.row()), raise_form=True)

    def _menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        if index.isValid():
            is_layer = index.row() > SITES_ROW
            menu = self.menu_for(self.model.uuid_at(index.row())) if is_layer else self.menu_of_sites()
            menu.popup(self.view.viewport().mapToGlobal(position))

    def menu_of_sites(self) -> QMenu:
        """The context menu of the sites: what of them the map shows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        document = self._context.document
        for text, command, is_shown in (
            (self.tr("Sites on the map"), set_sites_visible, sites_visible(document)),
            (self.tr("All searches on the map"), set_searches_visible, searches_visible(document)),
        ):
            entry = menu.addAction(text)
            entry.setCheckable(True)
            entry.setChecked(is_shown)
            change = partial(self._context.do, command, not is_shown)
            entry.triggered.connect(lambda _checked, change=change: change())
        return menu

    def menu_for(self, uuid: str) -> QMenu:
        """The context menu of a layer."""
        self._context.show_layer(uuid)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Zoom to layer"), lambda: self._context.view.show_layer(uuid))
        menu.addAction(self.tr("Properties…"), self._open_properties)
        menu.addAction(self.tr("Rename"), lambda: self.view.edit(self.model.index(self.model.row_of(uuid))))
        menu.addSeparator()
        up = menu.addAction(self.tr("Move up"), lambda: self._move(-1))
        up.setEnabled(self.up_button.isEnabled())
        down = menu.addAction(self.tr("Move down"), lambda: self._move(1))
        down.setEnabled(self.down_button.isEnabled())
        self._add_alone(menu, uuid)
        self._add_access_actions(menu, uuid)
        self._add_file_actions(menu, uuid)
        self._add_dates(menu, uuid)
        menu.addSeparator()
        add_history(menu, self._context, "layers", uuid)
        menu.addAction(self.tr("Remove"), self.remove_selected)
        return menu

    def _add_alone(self, menu: QMenu, uuid: str) -> None:
        """Add the entry that shows the chosen layers alone; while they are, it brings the others back."""
        layers, chosen = self._context.document.layers, {uuid, *self.selected()}
        others = layers.keys() - chosen
        shown = frozenset(other for other in others if layers[other].visible)
        menu.addSeparator()
        if shown or not others or not all(layers[layer_uuid].visible for layer_uuid in chosen):
            text = self.tr("Show only this") if len(chosen) == 1 else self.tr("Show only these")
            menu.addAction(text, lambda: self._show_only(chosen, shown)).setEnabled(bool(others))
        else:
            hidden = (self._hidden_by_alone & others) or others
            menu.addAction(self.tr("Show the others again"), lambda: self._context.do(show_again, hidden))

    def _show_only(self, chosen: set[str], others: frozenset[str]) -> None:
        if self._context.do(show_only, chosen):
            self._hidden_by_alone = others

    def _add_dates(self, menu: QMenu, uuid: str) -> None:
        """Add entries that date images by the names of their files: one by a click, several in a table."""
        # for start-up time
        from viewer.commands.imagery.layer_dates import date_layers
        from viewer.panels.layers.date_offers import name_date_words, offered_date
        from viewer.panels.layers.layer_dates_dialog import open_layer_dates, undated_images

        document, chosen = self._context.document, self.selected()
        if len(chosen) > 1:
            if undated_images(document, chosen, self._context):
                menu.addSeparator()
                menu.addAction(self.tr("Date by name…"), lambda: open_layer_dates(self._context, chosen, self.window()))
            return
        offered = offered_date(document.layers[uuid], self._context.layers.drawing_of(uuid))
        if offered is not None:
            menu.addSeparator()
            take = partial(self._context.do, date_layers, {uuid: offered})
            menu.addAction(self.tr("Date it: {0}").format(name_date_words(offered)), take)

    def _add_access_actions(self, menu: QMenu, uuid: str) -> None:
        """Add entries for a layer that may not be read, or whose file is missing."""
        drawing = self._context.layers.drawing_of(uuid)
        if drawing is None or not (drawing.is_paused or drawing.is_missing):
            return
        menu.addSeparator()
        if drawing.is_paused:
            menu.addAction(self.tr("Permissions…"), self._context.permissions_wanted.emit)
        if drawing.layer.kind != "tiles":
            menu.addAction(self.tr("Relink…"), lambda: self._context.layer_verbs.relink.emit(uuid))

    def _add_file_actions(self, menu: QMenu, uuid: str) -> None:
        drawing = self._context.layers.drawing_of(uuid)
        layer = self._context.document.layers[uuid]
        if layer.kind == "tiles" or (layer.kind == "raster" and "address" in layer.source):
            menu.addSeparator()
            if dated_service(layer) is not None:
                menu.addAction(self.tr("Choose a date…"), partial(self._choose_date, uuid))
            menu.addAction(self.tr("Make an offline pack…"), lambda: self._context.layer_verbs.make_pack.emit(uuid))
        if hosts_of(self._context.document.layers[uuid]):
            sign_in = partial(self._context.layer_verbs.leave_state.emit, uuid, Way.SIGN_IN)
            menu.addAction(self.tr("Sign in…"), sign_in)
        if isinstance(self._context.layers.info_of(uuid), VectorInfo):
            menu.addSeparator()
            menu.addAction(self.tr("Attribute table"), lambda: self._context.panel_wanted.emit("panel_attributes"))
            if filter_of(self._context.document.layers[uuid]):
                menu.addAction(self.tr("Clear the filter"), lambda: self._context.do(set_layer_filter, uuid, ""))
            menu.addAction(self.tr("Save layer as…"), lambda: self._context.layer_verbs.save.emit(uuid))
            menu.addSeparator()
            menu.addAction(self.tr("Save style as QML…"), lambda: self._context.layer_verbs.save_style.emit(uuid))
            menu.addAction(self.tr("Load style from QML…"), lambda: self._context.layer_verbs.load_style.emit(uuid))
        if isinstance(drawing, VectorDrawing):
            menu.addAction(self.tr("Read the file again"), drawing.reload)
        if not isinstance(drawing, RasterDrawing):
            return
        menu.addSeparator()
        if can_have_points(drawing.layer) and drawing.source.scene is None and drawing.info is not None:
            menu.addAction(self.tr("Georeference…"), lambda: self._context.layer_verbs.georeference.emit(uuid))
        if drawing.lack is not Lack.NONE:
            build = menu.addAction(self.tr("Build overviews"), drawing.build_overviews)
            build.setEnabled(drawing.can_build)
        menu.addAction(self.tr("Read the file again"), drawing.reload)

    def _choose_date(self, uuid: str) -> None:
        self._context.layer_verbs.leave_state.emit(uuid, Way.CHOOSE_DATE)

    def _preview_opacity(self, value: float) -> None:
        layer = self._context.document.layers.get(self._context.layer_uuid)
        if layer is not None:
            self._context.layer_previewed.emit(replace(layer, opacity=value))

    def _commit_opacity(self, value: float) -> None:
        if self._context.layer_uuid:
            self._context.do(update_layer, self._context.layer_uuid, opacity=value)
