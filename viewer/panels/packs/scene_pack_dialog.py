"""The dialog that makes an offline pack of an image on a host: its area, what that takes, and the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.document.layer_terms import terms_of
from layers.geo.bounds import Bounds
from layers.services.packs.scene_pack_search import ScenePack
from layers.services.terms import states_terms
from layers.text.counted import grouped, size_words
from viewer.panels.context import PanelContext
from viewer.panels.packs.pack_area import PackArea
from viewer.panels.packs.pack_file import file_name_of, pack_file_name
from viewer.panels.packs.terms_link import terms_link
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.plain_label import plain_label

WIDTH_PX = 460
ENDING = ".tif"
MOST_PIXELS = 400_000_000
"""Most pixels of one pack: twenty thousand on a side, which is two kilometres in ten centimetres."""


class ScenePackDialog(QDialog):
    """The dialog. `begin_wanted` carries the bounds of the area and the file name; the status bar shows the work."""

    begin_wanted = Signal(object, str)
    use_wanted = Signal(object)
    """Emitted with a `ScenePack` that was made before, which the layer is to show from as it is."""

    def __init__(
        self,
        context: PanelContext,
        layer: Layer,
        measure: Callable[[Bounds], tuple[int, int, int]],
        held: Callable[[Bounds], str],
        folder: Callable[[], Path | None],
        parent: QWidget,
    ) -> None:
        """`measure` gives the columns and rows of the image in an area, none outside it, and the bytes of a pixel;
        `held` the name of the pack that has an area already, empty for none.
        `folder` gives the case's folder; None while it was never saved: then who begins the pack saves it first.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Offline Pack of “{0}”").format(one_line(layer.name, 40)))
        self.layer_uuid = layer.uuid
        self._measure, self._held, self._folder = measure, held, folder
        licence = one_line(layer.licence, 120)
        is_clear = states_terms(licence)
        words = self.tr("Its licence: {0}.").format(licence) if is_clear else self.tr("Its licence is not known here.")
        self.terms = wrapped(plain(words))
        self.link_button = terms_link(terms_of(layer).link, "")
        self.agreed = QCheckBox(self.tr("I have read its terms: they allow this"))
        self.agreed.setAccessibleName(self.agreed.text())
        self.agreed.setChecked(is_clear)
        self.agreed.setVisible(not is_clear)
        self.area = PackArea(context)
        self.file = QLineEdit(pack_file_name(layer.name, "", ENDING))
        self.file.setAccessibleName(self.tr("File beside the case"))
        self.file.setMaxLength(200)
        self.found = LinkButton("", "")
        self.found.hide()
        self._made: ScenePack | None = None
        self.found.clicked.connect(lambda: self.use_wanted.emit(self._made))
        self.remark, self.estimate = muted(), wrapped("")
        self.estimate.setAccessibleName(self.tr("Estimate"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.go_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        self.go_button.setDefault(True)
        self._lay_out()
        self.agreed.toggled.connect(self._look_again)
        self.agreed.toggled.connect(self._focus_next)
        self.area.changed.connect(self._look_again)
        self.file.textEdited.connect(self._look_again)
        self.go_button.clicked.connect(self._go)
        self.buttons.rejected.connect(self.close)
        context.document_replaced.connect(self.close)
        self._look_again()
        self._focus_next()

    def _lay_out(self) -> None:
        self.area.form.addRow(plain_label(self.tr("File")), self.file)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (self.terms, self.link_button, self.agreed, self.area, self.found, self.remark, self.estimate):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(WIDTH_PX)

    def show_made(self, pack: ScenePack) -> None:
        """Offer a pack of the image that was made before and lies beside the case."""
        self._made, bounds = pack, self.bounds()
        has_all = bounds is not None and pack.bounds.contains(bounds)
        part = self.tr("with all of this area") if has_all else self.tr("with another part of the image")
        words = self.tr("{0} was made before and lies beside the case, {1}. Show the layer from it as it is")
        text = words.format(one_line(pack.path.name, 60), part)
        self.found.setText(text)
        self.found.setAccessibleName(text)
        self.found.setToolTip(tooltip(self.tr("Nothing is fetched, and the pack stays as it is")))
        self.found.updateGeometry()
        self.found.show()
        QTimer.singleShot(0, self, self.adjustSize)

    @property
    def file_name(self) -> str:
        """The file name of the pack; empty where what was typed is none."""
        return file_name_of(self.file.text(), ENDING)

    def bounds(self) -> Bounds | None:
        """The bounds of the chosen area; None where there is none."""
        areas = self.area.areas()
        whole = areas[0] if areas else None
        for area in areas[1:]:
            whole = area if whole is None else whole.union(area)
        return whole

    def _go(self) -> None:
        bounds = self.bounds()
        if bounds is not None and self.file_name and not self._refusal(bounds):
            self.begin_wanted.emit(bounds, self.file_name)

    def _refusal(self, bounds: Bounds | None) -> str:
        """The reason why no pack can be made now; empty where it can."""
        if bounds is None:
            return self.tr("No area: select sites on the map, or choose the view.")
        if not self.file_name:
            return self.tr("Give the file a name that this computer can write.")
        columns, rows, _ = self._measure(bounds)
        if not columns * rows:
            return self.tr("The image has no pixels in this area.")
        if columns * rows > MOST_PIXELS:
            sentence = self.tr("That would be {0} pixels, and a pack holds {1} at most: choose a smaller area.")
            return sentence.format(grouped(columns * rows), grouped(MOST_PIXELS))
        if not self.agreed.isChecked():
            sentence = self.tr("{0} Confirm above that its terms allow that.")
            return sentence.format(self._estimate(bounds))
        return ""

    def _estimate(self, bounds: Bounds) -> str:
        columns, rows, pixel_bytes = self._measure(bounds)
        size = size_words(columns * rows * pixel_bytes)
        sentence = self.tr("{0} x {1} pixels of full resolution, {2} at most.")
        return sentence.format(grouped(columns), grouped(rows), size)

    def _look_again(self) -> None:
        bounds = self.bounds()
        why = self._refusal(bounds)
        words = why or (self._estimate(bounds) if bounds is not None else "")
        self.estimate.setText(plain(words))
        is_unsaved = self._folder() is None
        held = "" if bounds is None else self._held(bounds)
        remark = self.tr("The case is saved first: its packs lie beside it, so that both travel together.")
        if not is_unsaved:
            remark = self.tr("{0} has this area: it is fetched anew, and no second file is made.").format(held)
        self.remark.setText(plain(remark if is_unsaved or held else ""))
        self.remark.setVisible(is_unsaved or bool(held))
        words = self.tr("Fetch &Anew") if held else self.tr("&Make Pack")
        self.go_button.setText(self.tr("Save Case and &Make Pack…") if is_unsaved else words)
        self.go_button.setAccessibleName(self.go_button.text().replace("&", ""))
        self.go_button.setEnabled(not why)
        QTimer.singleShot(0, self, self.adjustSize)

    def _focus_next(self) -> None:
        """Move the keyboard to what comes next: the question about the terms, else the button that begins."""
        (self.go_button if self.agreed.isChecked() else self.agreed).setFocus(Qt.FocusReason.OtherFocusReason)
