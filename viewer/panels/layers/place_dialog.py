"""The dialog that asks for the CRS of data without one, or for pixel space, and shows the effect of a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.errors import BadCRS
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.geo.crs_catalog import Fit, KnownCRS, find_crs, fit_of, named_crs
from layers.text.counted import grouped_number
from viewer.commands.unplaced import PlaceQuestion
from viewer.panels.widgets.form_page import heading, muted, side_by_side, wrapped
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import translate

if TYPE_CHECKING:
    from layers.raster.photograph import Photograph
    from viewer.panels.layers.page_form import PageForm

LIST_PX = 120
SIZE = QSize(620, 440)
_CRS_ROLE = Qt.ItemDataRole.UserRole

type _Load = Callable[[Callable[[tuple[KnownCRS, ...]], None]], None]
"""Makes the list of all CRSs off the window's thread, and calls back with it."""


class PlaceDialog(QDialog):
    """The dialog beside the map; `decided` carries the answer, and is not emitted where it was cancelled."""

    decided = Signal(str)
    """Emitted with a CRS, `PIXEL_SPACE`, or empty text for that of the file."""
    points_wanted = Signal()
    """Emitted where control points are to place the layer."""
    camera_wanted = Signal()
    """Emitted to mark the place of the camera."""
    laid_on_view = Signal(str)
    """Emitted to lay a picture on the map as it is shown: centre (its pixels are the map's) or fill."""
    placed_by_page = Signal(object)
    """Emitted with a `PlacedPage`, to lay a picture where the address of its page tells."""

    def __init__(
        self,
        question: PlaceQuestion,
        likely: Sequence[str],
        load: _Load,
        current: str = "",
        parent: QWidget | None = None,
        *,
        has_view: bool = False,
        is_kept: bool = False,
        page: PageForm | None = None,
    ) -> None:
        """Make the dialog.

        `likely` CRSs are offered before anything is typed; `current` is that of the layer now; `has_view` where a
        picture could be laid on the map as it is shown; `is_kept` for one from the clipboard, which has no file
        elsewhere; `page` reads the address of the web map that it was copied from.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.question, self._likely, self._current = question, list(likely), current
        self.page = page
        self._all: tuple[KnownCRS, ...] = ()
        self._crs = ""
        self._is_over, self._is_kept = False, is_kept
        self._is_picture = has_view and all(question.size)
        title = self.tr("Place of {0}") if self._is_picture else self.tr("CRS of {0}")
        self.setWindowTitle(title.format(one_line(question.name, 60)))
        self._build()
        self.search.textChanged.connect(self._list_found)
        self.list.currentItemChanged.connect(self._judge)
        self.list.itemDoubleClicked.connect(self._place)
        if question.can_be_placed:
            load(self._take)
        self._list_found()

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        question = self.question
        lack = wrapped(question.lack)
        lack.setObjectName("bigFact")
        self.numbers = muted(self._numbers_words())
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Name, place or code: UTM 52N, Pulkovo, Amur, 32652 …"))
        self.search.setAccessibleName(self.tr("Search a CRS"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("CRSs"))
        self.list.setMinimumHeight(LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.says = wrapped("")
        self.says.setAccessibleName(self.tr("Place on the map"))
        self.doubt = QFrame()
        self.doubt.setObjectName("messageLine")
        self.doubt.setProperty("level", "warning")
        self.doubt_text = wrapped("")
        self.doubt_text.setAccessibleName(self.tr("Doubt about the place"))
        inside = QVBoxLayout(self.doubt)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.addWidget(self.doubt_text)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(lack)
        layout.addWidget(self.numbers)
        self.list_heading = heading("")
        choosing: tuple[QWidget, ...] = (self.search, self.list_heading, self.list, self.says, self.doubt)
        for widget in choosing:
            layout.addWidget(widget)
            if not question.can_be_placed:
                widget.hide()
        self._offered = question.can_be_placed
        if question.photograph is not None:
            layout.addWidget(self._camera_row(question.photograph))
        if self.page is not None:
            layout.addWidget(self.page)
            layout.addStretch(1)
        if self._is_picture:
            layout.addWidget(self._view_buttons())
        layout.addWidget(self._buttons())
        if self.page is not None:
            self.page.changed.connect(self._judge_page)
            self._judge_page()
            self.page.address.setFocus()
        self.doubt.hide()
        self.setMinimumWidth(520)

    def _camera_row(self, photograph: Photograph) -> QWidget:
        """Words on the camera of a photograph, and the button that marks its place."""
        row = QWidget()
        words = wrapped(self.tr("It was {0}.").format(one_line(photograph.words, 200)))
        words.setAccessibleName(self.tr("Camera"))
        self.camera_button = QPushButton(self.tr("&Mark the Camera’s Place"))
        self.camera_button.setAccessibleName(self.tr("Mark the Camera’s Place"))
        self.camera_button.setToolTip(tooltip(self.tr("Add a mark of the kind photo there, with its date")))
        self.camera_button.clicked.connect(self.camera_wanted)
        inside = QVBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(words)
        inside.addLayout(side_by_side(self.camera_button))
        return row

    def show_camera_marked(self) -> None:
        """Show that the camera's place is marked; the picture itself may still become a layer."""
        self.camera_button.setText(self.tr("The Camera’s Place Is Marked"))
        self.camera_button.setEnabled(False)

    def _view_buttons(self) -> QWidget:
        """Buttons that lay a picture on the map as it is shown."""
        row = QWidget()
        self.centre_button = QPushButton(self.tr("&Centre on This View"))
        self.fill_button = QPushButton(self.tr("&Fill This View"))
        for button, how, says in (
            (
                self.centre_button,
                "centre",
                self.tr("Its pixels are those of the map, about the middle of what is shown"),
            ),
            (
                self.fill_button,
                "fill",
                self.tr("As large as fits into what is shown, as for a screenshot of the same view"),
            ),
        ):
            button.setToolTip(tooltip(says))
            button.setAccessibleName(button.text().replace("&", ""))
            button.setAccessibleDescription(says)
            button.clicked.connect(lambda _checked=False, how=how: self._lay(how))
        inside = side_by_side(self.centre_button, self.fill_button)
        inside.setContentsMargins(0, 0, 0, 0)
        row.setLayout(inside)
        return row

    def _lay(self, how: str) -> None:
        self.laid_on_view.emit(how)
        self.accept()

    def _judge_page(self) -> None:
        """Offer the address as the answer where it tells a place."""
        is_placed = self.page is not None and self.page.answer() is not None
        self.page_button.setEnabled(is_placed)
        (self.page_button if is_placed else self.pixel_button).setDefault(True)
        QTimer.singleShot(0, self, self._fit_height)  # once the texts have their places

    def _place_by_page(self) -> None:
        answer = None if self.page is None else self.page.answer()
        if answer is not None:
            self.placed_by_page.emit(answer)
            self.accept()

    def _georeference(self) -> None:
        self.points_wanted.emit()
        self.accept()

    def _buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox()
        self.place_button = buttons.addButton(self.tr("&Use This CRS"), role.AcceptRole)
        self.pixel_button = buttons.addButton(self.tr("Show in pi&xel space"), role.ActionRole)
        self.own_button = buttons.addButton(self.tr("Use the &file’s CRS"), role.ActionRole)
        self.points_button = buttons.addButton(self.tr("&Georeference…"), role.ActionRole)
        self.cancel_button = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.place_button.setVisible(self.question.can_be_placed)
        self.page_button = buttons.addButton(self.tr("Place by Its &Address"), role.ActionRole)
        self.page_button.setVisible(self.page is not None)
        self.page_button.clicked.connect(self._place_by_page)
        self.pixel_button.setVisible(self.question.has_pixels)
        self.pixel_button.setToolTip(
            tooltip(self.tr("Columns and rows instead of coordinates; sites cannot be drawn there"))
        )
        self.points_button.setVisible(self.question.has_pixels and not self.question.can_be_placed)
        self.points_button.setToolTip(tooltip(self.tr("Place it by control points: pixels that you know on the map")))
        self.points_button.clicked.connect(self._georeference)
        self.own_button.setVisible(bool(self._current) and self.question.says_it_all)
        self.place_button.clicked.connect(self._place)
        self.pixel_button.clicked.connect(lambda: self._decide(PIXEL_SPACE))
        self.own_button.clicked.connect(lambda: self._decide(""))
        buttons.rejected.connect(self.reject)
        (self.place_button if self.question.can_be_placed else self.pixel_button).setDefault(True)
        return buttons

    def _numbers_words(self) -> str:
        bounds, photograph = self.question.bounds, self.question.photograph
        undated = "" if photograph is not None and photograph.taken else self.tr(" Its date is not known.")
        if self._is_picture and self._is_kept:
            return self.tr("It can lie on the map as it is shown now, or be looked at in its own pixels.") + undated
        if self._is_picture:
            sentence = self.tr(
                "It can lie on the map as it is shown now, or be looked at in its own pixels until control points, or a"
                " world file beside it, {0}, place it."
            )
            return sentence.format(_world_file_name(self.question.name)) + undated
        if bounds is None:
            return self.tr(
                "A CRS alone cannot place it. Control points would, or a world file beside it: {0}, with six numbers."
                " Until then it can be looked at in its own pixels."
            ).format(_world_file_name(self.question.name))
        return self.tr("Its numbers: x from {0} to {1}, y from {2} to {3}.").format(
            *(_number(value) for value in (bounds.left, bounds.right, bounds.bottom, bounds.top))
        )

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _take(self, known: tuple[KnownCRS, ...]) -> None:
        self._all = known
        if not self._is_over and self.search.text().strip():
            self._list_found()

    def _list_found(self) -> None:
        wanted = self.search.text().strip()
        entries = find_crs(wanted, self._all) if wanted else self._likely_ones()
        self.list_heading.setText(
            self.tr("Found") if wanted else self.tr("Chosen recently, or common where the map is")
        )
        self.list.clear()
        for entry in entries:
            item = QListWidgetItem(one_line(f"{entry.name}  ·  {entry.text}  ·  {entry.place}", 160))
            item.setData(_CRS_ROLE, entry.text)
            item.setToolTip(tooltip(f"{entry.name}\n{entry.text}\n{entry.place}"))
            self.list.addItem(item)
        if wanted and entries:
            self.list.setCurrentRow(0)
        self._judge()

    def _likely_ones(self) -> list[KnownCRS]:
        """CRSs in which the numbers have a place, the likely places first."""
        entries: list[tuple[bool, KnownCRS]] = []
        for text in dict.fromkeys(self._likely):
            try:
                fit = self._fit(text)
                if fit.bounds_lonlat is not None:
                    entries.append((bool(fit.doubt), named_crs(text)))
            except BadCRS:
                continue  # remembered by an older version, or of a case: not worth a word
        return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]

    def _fit(self, crs: str) -> Fit:
        return Fit(None) if self.question.bounds is None else fit_of(crs, self.question.bounds)

    def _judge(self, *_: object) -> None:
        """Show the effect of the CRS that is chosen in the list."""
        item = self.list.currentItem()
        self._crs = str(item.data(_CRS_ROLE)) if item is not None else ""
        fit, sentence = Fit(None), ""
        if self._crs:
            try:
                fit = self._fit(self._crs)
                sentence = place_words(fit.bounds_lonlat) if fit.bounds_lonlat else ""
            except BadCRS as error:
                fit = Fit(None, error.sentence)
        elif self.search.text().strip():
            sentence = self.tr("No CRS is called that.") if self._all else self.tr("Looking …")
        else:
            sentence = self.tr("Choose the CRS that its maker names; it is not guessed from the numbers.")
        self.says.setText(sentence)
        self.says.setVisible(self._offered and bool(sentence))
        self.doubt_text.setText(plain(fit.doubt))
        self.doubt.setVisible(bool(fit.doubt))
        self.place_button.setEnabled(fit.bounds_lonlat is not None)
        self.place_button.setText(self.tr("&Use This CRS Anyway") if fit.doubt else self.tr("&Use This CRS"))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list with the arrow keys during typing."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Look at the clipboard again when the analyst comes back from the browser."""
        if event.type() == QEvent.Type.ActivationChange and self.page is not None and self.isActiveWindow():
            self.page.take_copied()
        super().changeEvent(event)

    def _place(self) -> None:
        if self.place_button.isEnabled():
            self._decide(self._crs)

    def _decide(self, crs: str) -> None:
        self.decided.emit(crs)
        self.accept()

    @override
    def done(self, result: int) -> None:
        self._is_over = True  # the list of CRSs may still be on its way
        super().done(result)

    @override
    def sizeHint(self) -> QSize:
        """Preferred size, with room for a sentence of doubt, so that the list need not shrink for it."""
        return SIZE if self._offered else QSize(SIZE.width(), super().sizeHint().height())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Set the height that the sentences need at the width that the screen allows."""
        super().showEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Make room for all sentences, as far as the screen has it; the analyst may have made more."""
        layout = self.layout()
        assert layout is not None
        if self.isVisible():
            needed = layout.totalHeightForWidth(self.width())
            self.resize(self.width(), min(max(self.height(), needed), self.screen().availableGeometry().height()))


def place_words(bounds: Bounds) -> str:
    """Bounds in words: It would lie between 51.8° and 51.95° N, 128.2° and 128.5° E."""
    return translate("PlaceDialog", "It would lie between {0} and {1}.").format(
        _span(bounds.bottom, bounds.top, "N", "S"), _span(bounds.left, bounds.right, "E", "W")
    )


def _span(low: float, high: float, positive: str, negative: str) -> str:
    digits = 2 if high - low > 1 else 4
    if low >= 0 or high <= 0:
        ends = sorted((abs(low), abs(high)))
        return f"{ends[0]:.{digits}f}° – {ends[1]:.{digits}f}° {positive if low >= 0 else negative}"
    return f"{-low:.{digits}f}° {negative} – {high:.{digits}f}° {positive}"


def _number(value: float) -> str:
    return grouped_number(f"{value:.5f}" if abs(value) <= 360 else f"{value:.1f}")


def _world_file_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem or name}.{suffix[:1]}{suffix[-1:]}w"
