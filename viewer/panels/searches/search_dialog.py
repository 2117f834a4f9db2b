"""The form of a new search: which area, on which image, for what of which size, in how many cells, by whom."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.errors import GeoloupeError
from layers.observing.grid_sides import counted_from
from layers.observing.search_grid import SearchGrid, grid_over
from layers.observing.search_mask import SearchMask, mask_by_hand, mask_of_layer
from layers.observing.search_words import LEAST_PIXELS, too_coarse
from layers.text.counted import metres
from viewer.canvas.image_below import images_below
from viewer.panels.searches.image_ground import GroundChoice, ground_of_image
from viewer.panels.searches.search_desk import SearchDesk, SearchDraft
from viewer.panels.searches.searched_ground import (
    area_marks,
    ground_of_mark,
    ground_of_view,
    may_be_radar,
    pixel_m_of,
    searched_images,
)
from viewer.panels.widgets.fields import LineField, NumberField
from viewer.panels.widgets.form_page import wrapped
from viewer.panels.words import site_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

LONGEST_NAME = 60
ROWS, COLUMNS, MOST = 5, 5, 20
WIDE_PX = 460
_VIEW, _IMAGE = "view", "image"


class SearchDialog(QDialog):
    """The dialog. It says at once why a search cannot be begun, such as a target too small for the image."""

    def __init__(self, desk: SearchDesk, area_uuid: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Search an Area"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._context = desk, desk.context
        self._has_chosen = False
        """True where the form was asked for with an area, or one is selected."""
        self.area, self.image = ComboBox(), ComboBox()
        self.target, self.least_size = LineField(), NumberField(unit="m")
        self.rows, self.columns = SpinBox(), SpinBox()
        self.observer = LineField()
        self.mask_file = LineField()
        self.mask_button = QPushButton(self.tr("Mask &File…"))
        self.mask_button.setAutoDefault(False)
        self.mask_button.clicked.connect(self.ask_mask)
        self.radar = QCheckBox(self.tr("Point out cells at the noise floor of a radar image"))
        self.says = wrapped("")
        self.says.setAccessibleName(self.tr("What the search will be, or why it cannot begin"))
        self._offer(area_uuid)
        self._set_up()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.begin_button = self.buttons.addButton(self.tr("&Begin the Search"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.begin_button.setDefault(True)
        self.buttons.accepted.connect(self.begin)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout(self)
        layout.addLayout(self._lay_out())
        layout.addWidget(self.says)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(WIDE_PX, self.sizeHint().height())
        self._image_changed()
        if desk.draft is not None:
            self._take_up(desk.draft, has_area=self._has_chosen)

    def _offer(self, area_uuid: str) -> None:
        context = self._context
        chosen = [area_uuid] if area_uuid else sorted(context.selection.uuids)
        for site in area_marks(context.document, chosen):
            name = one_line(site_name(site, context.document), LONGEST_NAME)
            self.area.addItem(name, site.uuid)
        self.area.addItem(self.tr("All of the image"), _IMAGE)
        self.area.addItem(self.tr("The view"), _VIEW)
        self._has_chosen = any(self.area.itemData(0) == uuid for uuid in chosen)
        self.area.setCurrentIndex(0 if self._has_chosen else self.area.findData(_IMAGE))
        for uuid, name in searched_images(context):
            self.image.addItem(one_line(name, LONGEST_NAME), uuid)
        self.image.setCurrentIndex(max(self.image.findData(self._image_in_sight()), 0))

    def _image_in_sight(self) -> str:
        """The current layer where the middle of the map shows it, else the image that lies there on top."""
        canvas, current = self._desk.canvas, self._context.layer_uuid
        seen: tuple[str, ...] = ()
        with suppress(GeoloupeError):
            seen = images_below(canvas.pane.shown, canvas.viewport.view(), *canvas.viewport.centre_lonlat()).layers
        return current if current in seen or not seen else seen[0]

    def _set_up(self) -> None:
        self.target.setPlaceholderText(self.tr("vehicle, radome, pad"))
        self.observer.setText(one_line(self._desk.observer, LONGEST_NAME))
        self.observer.setPlaceholderText(self.tr("no name stated"))
        for box, count in ((self.rows, ROWS), (self.columns, COLUMNS)):
            box.setRange(1, MOST)
            box.setValue(count)
            box.valueChanged.connect(self.look)
        for field, says in (
            (self.area, self.tr("Area")),
            (self.image, self.tr("Image")),
            (self.target, self.tr("Looked for")),
            (self.least_size, self.tr("Least size of it, in metres")),
            (self.rows, self.tr("Rows of cells")),
            (self.columns, self.tr("Columns of cells")),
            (self.observer, self.tr("Observer")),
            (self.mask_file, self.tr("File of a mask of cloud")),
            (self.radar, self.radar.text()),
        ):
            field.setAccessibleName(says)
        self.least_size.setPlaceholderText(self.tr("metres"))
        for line in (self.target, self.least_size, self.observer, self.mask_file):
            line.installEventFilter(self)
        self.area.currentIndexChanged.connect(self.look)
        self.image.currentIndexChanged.connect(self._image_changed)
        self.least_size.textChanged.connect(self.look)

    def _lay_out(self) -> QFormLayout:
        form = QFormLayout()
        form.addRow(plain_label(self.tr("Area")), self.area)
        form.addRow(plain_label(self.tr("Image")), self.image)
        form.addRow(plain_label(self.tr("Looked for")), self.target)
        form.addRow(plain_label(self.tr("Least size")), self.least_size)
        cells = QHBoxLayout()
        cells.addWidget(self.rows)
        cells.addWidget(plain_label(self.tr("rows by")))
        cells.addWidget(self.columns)
        cells.addWidget(plain_label(self.tr("columns")))
        cells.addStretch(1)
        form.addRow(plain_label(self.tr("Cells")), cells)
        form.addRow(plain_label(self.tr("Observer")), self.observer)
        mask = QHBoxLayout()
        mask.addWidget(self.mask_file, 1)
        mask.addWidget(self.mask_button)
        form.addRow(plain_label(self.tr("Cloud mask")), mask)
        form.addRow(self.radar)
        return form

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.target.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close by Esc at once: what was typed here is kept as a draft."""
        is_escape = (
            event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        )
        if is_escape:
            self.reject()
        return is_escape or super().eventFilter(watched, event)

    def _take_up(self, draft: SearchDraft, *, has_area: bool) -> None:
        """Fill in a draft; the area that the form was asked for stays, and so does the image that is in sight now."""
        area = self.area.findData(draft.area)
        if draft.image == self.layer_uuid:
            self.mask_file.setText(draft.mask_file)
            self.radar.setChecked(draft.is_radar)
        if area >= 0 and not has_area:
            self.area.setCurrentIndex(area)
        self.rows.setValue(draft.rows)
        self.columns.setValue(draft.columns)
        self.target.setText(draft.target)
        if draft.observer:
            self.observer.setText(draft.observer)
        self.least_size.setText(draft.least_size)
        self.look()

    @override
    def reject(self) -> None:
        """Close, and keep what was typed for the next time in this case."""
        observer = self.observer.text()
        is_known = observer == one_line(self._desk.observer, LONGEST_NAME)
        self._desk.draft = SearchDraft(
            area=str(self.area.currentData() or ""),
            image=self.layer_uuid,
            target=self.target.text(),
            least_size=self.least_size.text(),
            rows=self.rows.value(),
            columns=self.columns.value(),
            observer="" if is_known else observer,
            mask_file=self.mask_file.text(),
            is_radar=self.radar.isChecked(),
        )
        super().reject()

    # -- what is asked for ------------------------------------------------------------------------------------------

    @property
    def layer_uuid(self) -> str:
        return str(self.image.currentData() or "")

    def ground(self) -> GroundChoice | None:
        """The chosen ground; None where there is none."""
        choice = str(self.area.currentData())
        if choice == _IMAGE:
            return ground_of_image(self._context.layers.drawing_of(self.layer_uuid))
        if choice == _VIEW:
            return ground_of_view(self._context.view.shown(), self._context.layers.drawing_of(self.layer_uuid))
        site = self._context.document.sites.get(choice)
        return None if site is None else ground_of_mark(site)

    def _image_changed(self) -> None:
        drawing = self._context.layers.drawing_of(self.layer_uuid)
        self.radar.setChecked(may_be_radar(drawing))
        stated = self._stated_mask()
        words = (
            self.tr("none but the image's own") if stated is None else one_line(in_language(stated.words), LONGEST_NAME)
        )
        self.mask_file.clear()
        self.mask_file.setPlaceholderText(words)
        self.look()

    def _stated_mask(self) -> SearchMask | None:
        layer = self._context.document.layers.get(self.layer_uuid)
        return None if layer is None else mask_of_layer(layer.source)

    def ask_mask(self) -> None:
        """Ask for the file of a mask that lies apart from the image."""
        text, _ = QFileDialog.getOpenFileName(self, self.tr("Choose the mask of cloud"), str(Path.home()))
        if text:
            self.mask_file.setText(text)

    @property
    def chosen_mask(self) -> SearchMask | None:
        """The file given by hand, else the mask that the catalogue of the image names; None without either."""
        path = self.mask_file.text().strip()
        return mask_by_hand(path) if path else self._stated_mask()

    def look(self) -> None:
        """Say what the search will be, or why it cannot begin."""
        refusal, words = self._judge()
        self.says.setText(refusal or words)
        self.begin_button.setEnabled(not refusal)

    def _judge(self) -> tuple[str, str]:
        """The reason of a refusal, and the words on the search."""
        ground = self.ground()
        if not self.layer_uuid:
            return self.tr("A search is on an image: add one, and switch it on."), ""
        if ground is None:
            if str(self.area.currentData()) == _VIEW:
                return self.tr("The view shows nothing of that image: move the map, or choose another area."), ""
            return self.tr("That area has no outline on the map: choose a search area, or the view."), ""
        pixel_m = pixel_m_of(self._context.layers.drawing_of(self.layer_uuid), ground.shape)
        if pixel_m is None:
            return self.tr("The size of the image's pixels is not known there."), ""
        try:
            size_m = self.least_size.as_value(self.least_size.text())
            grid = self._grid(ground)
        except GeoloupeError as error:
            return in_language(error.sentence), ""
        coarse = too_coarse(size_m, pixel_m)
        if coarse is not None:
            return in_language(coarse), ""
        return "", self._words(grid, pixel_m, size_m)

    def _grid(self, ground: GroundChoice) -> SearchGrid:
        bearing = ground.row_bearing_deg
        return grid_over(ground.shape, self.rows.value(), self.columns.value(), row_bearing_deg=bearing)

    def _words(self, grid: SearchGrid, pixel_m: float, size_m: float | None) -> str:
        cells = translate("SearchDialog", "{count} cells", "{count} cell", grid.size)
        sizes = metres(grid.width_m), metres(grid.height_m)
        words = self.tr("{0} of {1} by {2}, on pixels of {3}.").format(cells, *sizes, metres(pixel_m))
        turned = counted_from(grid)
        if turned is not None:
            words = f"{words} {in_language(turned)}"
        if size_m is None:
            least = self.tr("State the least size of what is looked for: {0} or more can be seen.")
            words = f"{words} {least.format(metres(LEAST_PIXELS * pixel_m))}"
        return words

    def begin(self) -> None:
        """Begin the search and close; a refusal is shown here."""
        ground, drawing = self.ground(), self._context.layers.drawing_of(self.layer_uuid)
        pixel_m = None if ground is None else pixel_m_of(drawing, ground.shape)
        if ground is None or pixel_m is None:
            self.look()
            return
        try:
            size_m, grid = self.least_size.as_value(self.least_size.text()), self._grid(ground)
        except GeoloupeError as error:
            self.says.setText(in_language(error.sentence))
            return
        observer = self.observer.text().strip()
        if not observer and not self._desk.is_name_asked:
            self._desk.is_name_asked = True
            self.says.setText(
                self.tr("Who searches? State the observer: the answers stand in that name. Or go on unnamed.")
            )
            self.observer.setFocus()
            self.begin_button.setDefault(True)  # it no longer is, where it was clicked and the keyboard left it
            return
        fields = {"target": self.target.text(), "target_size_m": size_m, "observer": observer}
        is_radar = self.radar.isChecked()
        mask = self.chosen_mask
        refusal = self._desk.begin(ground.area, grid, self.layer_uuid, pixel_m, is_radar=is_radar, mask=mask, **fields)
        if refusal:
            self.says.setText(refusal)
        else:
            self._desk.draft = None
            self.accept()
