"""The georeferencing dialog: the picture's pixels at the left, the map at the right, the control points below."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.document.layer import Layer
from layers.geo.coordinates.notation import Notation
from layers.raster.point_fit.control_point import Method, PointSet
from viewer.app.georeferencing.picture_preview import FIRST_OPACITY, MapSource, PicturePreview
from viewer.app.georeferencing.point_draft import PointDraft
from viewer.app.georeferencing.point_sides import heading, map_side, picture_side
from viewer.app.georeferencing.point_table import PointTable
from viewer.app.paired_points.point_pane import PointPane
from viewer.app.paired_points.two_panes import TwoPanes
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.slider_field import SliderField, percent
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label

SIZE = QSize(1240, 720)
TABLE_PX = 164

type Choice = tuple[str, str]
"""A CRS and its name."""

LEAST_LETTERS = 12
"""Most letters of a choice that a narrow dialog has room for."""


class GeoreferencingDialog(QDialog):
    """Shows a picture and the map, and takes control points on both.

    The case stays as it is until `applied`, which carries the points. `reset_wanted`: the analyst asks to place the
    picture as its file says.
    """

    applied = Signal(object)
    """The applied control points, a PointSet."""
    reset_wanted = Signal()

    def __init__(
        self,
        layer: Layer,
        size: tuple[int, int],
        points: PointSet,
        crs_choices: list[Choice],
        source: MapSource,
        notation: Notation,
        parent: QWidget | None = None,
    ) -> None:
        """`points` are the present control points; `size` holds the picture's columns and rows."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Georeference {0}").format(one_line(layer.name, 60)))
        self._is_warned = self._is_fitted = False
        self.draft = PointDraft(size, points, self)
        self.preview = PicturePreview(layer, self.draft, source)
        self.picture = PointPane(picture_side(layer, source, self.draft), heading(self.tr("&Picture")), self.said)
        self.map = PointPane(map_side(self.preview, self.draft), heading(self.tr("&Map")), self.said)
        self.panes = TwoPanes(self.picture, self.map)
        self.panes.given_up.connect(self._give_up)
        self.table = PointTable(self.draft, notation, self)
        self._build(crs_choices, has_points=bool(points.points))
        self.draft.changed.connect(self._show)
        self.table.row_chosen.connect(self.draft.choose)
        self.table.removal_wanted.connect(self.draft.remove_current)
        self.table.points.refused.connect(self.said)
        self._show()

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self, crs_choices: list[Choice], *, has_points: bool) -> None:
        self.table.setFixedHeight(TABLE_PX)
        self.verdict = muted()
        self.verdict.setAccessibleName(self.tr("Fit"))
        self.complaint = plain_label()
        self.complaint.setAccessibleName(self.tr("Message"))
        self.complaint.setWordWrap(True)
        policy = self.complaint.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the panes stay as they are when a sentence comes
        self.complaint.setSizePolicy(policy)
        self.complaint.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(self._choices(crs_choices))
        layout.addWidget(self.panes, 1)
        middle = QHBoxLayout()
        middle.addWidget(self.table, 1)
        middle.addLayout(self._point_buttons())
        layout.addLayout(middle)
        layout.addWidget(self.verdict)
        layout.addWidget(self.complaint)
        layout.addWidget(self._buttons(has_points))
        self.setMinimumSize(720, 440)

    def _choices(self, crs_choices: list[Choice]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        titles = {
            Method.AFFINE: self.tr("Affine (3 points or more)"),
            Method.PROJECTIVE: self.tr("Projective (4 points or more)"),
            Method.THIN_PLATE: self.tr("Thin plate spline (3 points or more)"),
        }
        self.method = ChoiceField([(str(method), title) for method, title in titles.items()])
        self.method.committed.connect(lambda key: self.draft.set_method(Method(key)))
        self.crs = ChoiceField(crs_choices)
        self.crs.committed.connect(self.draft.set_crs)
        self.opacity = SliderField(0.0, 1.0, percent)
        self.opacity.show_value(FIRST_OPACITY)
        self.opacity.previewed.connect(self.preview.fade)
        self.opacity.committed.connect(self.preview.fade)
        self.freedom = muted()
        self.freedom.setWordWrap(False)
        shears = self.tr("Affine shifts, turns, scales and shears; projective is for oblique views")
        straight = self.tr("Straight lines in this CRS stay straight: Web Mercator for a web map")
        over = self.tr("The picture over the map as it would lie")
        for title, field, tip in (
            (self.tr("M&ethod"), self.method, shears),
            (self.tr("Fit &in"), self.crs, straight),
            (self.tr("Pre&view"), self.opacity, over),
        ):
            label: QLabel = plain_label(title)
            label.setBuddy(self.opacity.slider if field is self.opacity else field)
            if isinstance(field, ChoiceField):  # or the names would make the dialog wider than a small screen
                field.setSizeAdjustPolicy(ChoiceField.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                field.setMinimumContentsLength(LEAST_LETTERS)
            field.setAccessibleName(title.replace("&", ""))
            field.setToolTip(tooltip(tip))
            row.addWidget(label)
            row.addWidget(field, 2)
            if field is self.method:
                row.addWidget(self.freedom)
        self.opacity.slider.setAccessibleName(self.tr("Preview"))
        self.opacity.number.setAccessibleName(self.tr("Preview, percent"))
        return row

    def _point_buttons(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.add_button = QPushButton(self.tr("Add &Row"))
        self.add_button.setToolTip(tooltip(self.tr("A point whose pixel and place are typed")))
        self.add_button.clicked.connect(self.add_point)
        self.remove_button = QPushButton(self.tr("&Delete Point"))
        self.remove_button.clicked.connect(self.draft.remove_current)
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().replace("&", ""))
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _buttons(self, has_points: bool) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox()
        self.apply_button = buttons.addButton(self.tr("&Apply"), role.ActionRole)
        self.apply_button.setToolTip(tooltip(self.tr("Place the picture; one step, which undo takes back")))
        self.reset_button = buttons.addButton(self.tr("As the &File Says"), role.ResetRole)
        self.reset_button.setToolTip(tooltip(self.tr("Take the control points away; one step, which undo takes back")))
        self.reset_button.setVisible(has_points)
        self.cancel_button = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            assert isinstance(button, QPushButton)
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().replace("&", ""))
        self.apply_button.clicked.connect(self.apply)
        self.reset_button.clicked.connect(self._reset)
        self.cancel_button.clicked.connect(lambda: self.done(QDialog.DialogCode.Rejected))
        return buttons

    # -- points -----------------------------------------------------------------------------------------------------

    def add_point(self) -> None:
        """Add a row for typing, with the keyboard in it."""
        self.draft.add()
        self.table.setCurrentIndex(self.table.points.index(self.draft.current, 1))
        self.table.setFocus()

    def _give_up(self) -> None:
        """Handle Esc on a pane: remove the half-set point, or close the dialog where there is none."""
        if not self.draft.give_up():
            self.reject()

    # -- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        draft = self.draft
        self.method.show_value(str(draft.method))
        self.crs.show_value(draft.crs)
        self.freedom.setText(self._freedom())
        self.apply_button.setEnabled(draft.fit is not None)
        self.remove_button.setEnabled(0 <= draft.current < len(draft.rows))
        self.verdict.setText(plain(self._verdict()))
        self._is_warned = False
        self.preview.refresh()
        self.panes.show_points()
        self.said("")

    def _freedom(self) -> str:
        """Words on the degrees of freedom that check the fit; empty while there are too few points for a fit."""
        draft = self.draft
        points = len(draft.points.on)
        if points < draft.method.least_points:
            return ""
        if draft.method is Method.THIN_PLATE:
            return self.tr("goes through all points")
        return translate(
            "GeoreferencingDialog",
            "{count} degrees of freedom",
            "{count} degree of freedom",
            draft.method.degrees_of_freedom(points),
        )

    def _verdict(self) -> str:
        fit = self.draft.fit
        if fit is None:
            ask = self.tr("Click a pixel in the picture, then the same place on the map.")
            why = in_language(self.draft.refusal)
            return f"{why} {ask}" if len(self.draft.points.on) < 3 else why
        note = in_language(fit.note)
        sentence = f"{note[0].upper()}{note[1:]}."
        return sentence if fit.rms_px is None else self.tr("{0} In pixels: {1}.").format(sentence, f"{fit.rms_px:.2g}")

    def said(self, sentence: str) -> None:
        """Show a complaint about the last step until the next change; empty hides it."""
        self.complaint.setText(plain(sentence))
        self.complaint.setVisible(bool(sentence))

    @property
    def is_idle(self) -> bool:
        """True when both panes are drawn."""
        return self.panes.is_idle()

    # -- the end ----------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Emit the points and close the dialog."""
        if self.draft.fit is not None:
            self.applied.emit(self.draft.points)
            self.accept()

    def _reset(self) -> None:
        self.reset_wanted.emit()
        self.accept()

    @override
    def reject(self) -> None:
        """Close without applying. Unapplied points are dropped only at a second Esc or click on the close button."""
        if self.draft.is_dirty and not self._is_warned:
            self._is_warned = True
            self.said(self.tr("The points are not applied yet: Apply keeps them, Esc again drops them."))
            return
        super().reject()

    @override
    def done(self, result: int) -> None:
        self.panes.close_scenes()
        super().done(result)

    @override
    def sizeHint(self) -> QSize:
        return SIZE

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_fitted:
            self._is_fitted = True
            screen = self.screen().availableGeometry().size() - QSize(16, 48)
            self.resize(SIZE.boundedTo(screen).expandedTo(self.minimumSize()))
