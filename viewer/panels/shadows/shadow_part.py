"""The part of a site's form about a shadow: its height, the error, or why there is none."""

from __future__ import annotations

from datetime import UTC
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QWidget

from layers.document.marks.mark_shape import shape_of_site
from layers.document.marks.shadow_mark import IMAGE_KINDS, ShadowMark, height_text
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.legs import length_of
from layers.phrase import joined
from layers.text.measures import length_text
from layers.time.shadows import Instant, Refused, ShadowHeight
from viewer.commands.shapes.shadows import change_shadow, read_shadow_image
from viewer.panels.context import PanelContext
from viewer.panels.shadows.shadow_check import bold_text, open_check
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, NumberField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.panels.words import choices
from viewer.rendering.layers.shadow_facts import shadow_image
from viewer.support.language.text import plain, tooltip
from viewer.support.language.translation import in_language

_SEEN, _HIDDEN = "seen", "hidden"


class ShadowPart(FoldSection):
    """The part; hidden for other marks. Each field is its own undo step, and the height follows it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        title = self.tr("Height from a shadow")
        self.header.setText(title)
        self.header.setAccessibleName(title)
        self._context = context
        self._site: Site | None = None
        self.result = bold_text()
        self.result.setAccessibleName(self.tr("Height"))
        self.reasons = wrapped("")
        self.reasons.setAccessibleName(self.tr("Why there is no height"))
        self.facts = FactRows()
        self.assumes = muted()
        self.assumes.setAccessibleName(self.tr("Assumptions"))
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        context.tell_dropped("sites", self.fields)
        self.fields.given_up.connect(context.give_up)
        self.fields.discarded.connect(context.typing_discarded)
        self._add_fields()
        self.check_button = QPushButton(self.tr("Check a time…"))
        self.check_button.setToolTip(tooltip(self.tr("Compare a stated time with this shadow")))
        self.check_button.clicked.connect(self._check)
        self.again_button = QPushButton(self.tr("Read the image again"))
        tip = self.tr("Take the date, the sensor and the sun of the image as they are known now")
        self.again_button.setToolTip(tooltip(tip))
        self.again_button.clicked.connect(self._read_again)
        for button in (self.check_button, self.again_button):
            button.setAccessibleName(button.text().rstrip("…"))
        for widget in (self.result, self.reasons, self.facts):
            self.content.addWidget(widget)
        self.content.addLayout(form)
        self.content.addWidget(self.assumes)
        self.content.addLayout(side_by_side(self.check_button, self.again_button))

    def _add_fields(self) -> None:
        add = self.fields.add
        slope = self.tr("Of the ground along the shadow, in degrees: positive where it rises from the foot to the tip")
        add("slope_deg", self.tr("Slope, °"), NumberField(), slope)
        add("slope_error_deg", self.tr("Slope ±, °"), NumberField(), self.tr("How well the slope is known"))
        add(
            "pick_m",
            self.tr("Pick ±"),
            LineField(),
            self.tr("How well each end can be pointed at: at least a pixel of the image"),
        )
        hidden = ChoiceField([(_SEEN, self.tr("Seen")), (_HIDDEN, self.tr("Hidden"))])
        add("is_base_hidden", self.tr("Foot"), hidden, self.tr("The foot of the object, where the shadow begins"))
        kinds = [(kind, text if kind else self.tr("Not stated")) for kind, text in choices(IMAGE_KINDS)]
        add("said_kind", self.tr("Image is"), ChoiceField(kinds), self.tr("The kind of image, where nothing states it"))

    def show_site(self, site: Site) -> None:
        """Show the shadow of a mark."""
        shape = shadow_of(site)
        is_other = self._site is None or self._site.uuid != site.uuid
        self._site = site if shape is not None else None
        self.setVisible(shape is not None)
        if shape is None:
            self.fields.forget()
            return
        height = shape.height(site.geometry)
        if isinstance(height, Refused):
            self.result.setText(self.tr("No height"))
            self.reasons.setText(plain(joined("\n", height.reasons)))
        else:
            self.result.setText(height_text(height.height_m, height.error_m))
        is_refused = isinstance(height, Refused)
        self.reasons.setVisible(is_refused)
        self.facts.show_facts(self._facts(site, shape, height))
        self.assumes.setText(plain(self.tr("Assumed: {0}.").format(in_language(joined("; ", shape.assumes)))))
        self.assumes.setVisible(not is_refused)
        self.again_button.setEnabled(self._drawing(site) is not None)
        self.fields.fields["said_kind"].setEnabled(not shape.image.kind)
        values = self._values(site, shape)
        self.fields.show_other(values) if is_other else self.fields.show_row(values)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.fields.flush()

    def _values(self, site: Site, shape: ShadowMark) -> SimpleNamespace:
        return SimpleNamespace(
            uuid=site.uuid,
            slope_deg=shape.slope_deg,
            slope_error_deg=shape.slope_error_deg,
            pick_m=f"{shape.pick_m:.4g} m",
            is_base_hidden=_HIDDEN if shape.is_base_hidden else _SEEN,
            said_kind=shape.image.kind or shape.said_kind,
        )

    def _facts(self, site: Site, shape: ShadowMark, height: ShadowHeight | Refused) -> list[tuple[str, str]]:
        shadow = shape.shadow(site.geometry)
        facts = [(self.tr("Shadow"), f"{length_text(shadow.length_m)}, {shadow.azimuth_deg:.1f}°")]
        if isinstance(height, Refused):
            return facts
        sun = height.sun
        basis = (
            self.tr("as the image's metadata state it")
            if sun.basis == "metadata"
            else self.tr("computed for {0}").format(when_words(height.instant))
        )
        where = f"{sun.azimuth_deg:.1f}°, {sun.elevation_deg:.2f}° ± {sun.elevation_error_deg:.2f}°"
        facts += [(self.tr("Sun"), self.tr("{0} high, {1}").format(where, basis))]
        parts = "\n".join(f"± {part.error_m:.2f} m  {in_language(part.name)}" for part in height.parts)
        return [*facts, (self.tr("Error of"), parts)]

    def _drawing(self, site: Site) -> Any:
        image = self._context.document.images.get(site.image_uuid)
        return None if image is None else self._context.layers.drawing_of(image.layer_uuid)

    # -- gestures -----------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any) -> str:
        if self._site is None:
            return ""
        try:
            read = _read(column, value)
        except InvalidValue as error:
            return error.sentence
        return self._context.attempt(change_shadow, self._site.uuid, **{column: read})

    def _check(self) -> None:
        if self._site is not None:
            open_check(self._context, self._site.uuid, self.window())

    def _read_again(self) -> None:
        if self._site is None or (drawing := self._drawing(self._site)) is None:
            return
        image = shadow_image(drawing)
        if image is None:
            self._context.report(self.tr("The image is still being read: try again in a moment."))
        else:
            self._context.do(read_shadow_image, self._site.uuid, image)


def shadow_of(site: Site) -> ShadowMark | None:
    """The shadow of a mark; None for other marks."""
    shape = shape_of_site(site)
    return shape if isinstance(shape, ShadowMark) and shape.is_of(site.geometry) else None


def when_words(instant: Instant) -> str:
    """A time in UTC, with its uncertainty."""
    at = instant.at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC ± {instant.error_s:g} s"


def _read(column: str, value: Any) -> Any:
    """The value of a field from what was typed or chosen. Raises InvalidValue."""
    if column == "is_base_hidden":
        return value == _HIDDEN
    if column == "pick_m":
        return length_of(str(value))
    if column in ("slope_deg", "slope_error_deg") and value is None:
        raise InvalidValue("The slope is a number of degrees: 0 where the ground is level.")
    return value
