"""The form that chooses the bands to show: a preset, three as colours, one, or a sum of several."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QGridLayout, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.raster.band_maths import BandExpression, parse_expression
from layers.raster.info import RasterInfo
from layers.raster.presets import band_titles, combinations_of, indices_of, names_of, resolve
from layers.raster.scene import SceneInfo
from layers.raster.style import RasterStyle
from viewer.panels.raster_style.band_names_row import BandNamesRow
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.panels.widgets.field_set import LABEL_PX, FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, NumberField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.raster.band_words import picture_words
from viewer.support.language.stored_words import word
from viewer.support.language.text import plain, tooltip
from viewer.support.plain_label import plain_label

SUM, ONE, THREE = 0, 1, 3
type _Image = SceneInfo | RasterInfo


class BandForm(QWidget):
    """The form. Its band, low and high of each colour are bound to `fields` as band0, low0, high0 … high2."""

    def __init__(self, styler: RasterStyler, fields: FieldSet, form: QFormLayout) -> None:
        super().__init__()
        self._styler, self.fields = styler, fields
        self._image: _Image | None = None
        self._style: RasterStyle | None = None
        self.preset = ChoiceField()
        self.preset.setAccessibleName(self.tr("Preset"))
        self.preset.setPlaceholderText(self.tr("None"))
        self.preset.committed.connect(self._choose_preset)
        self.mode = ChoiceField()
        self.mode.setAccessibleName(self.tr("Composition"))
        self.mode.committed.connect(self._choose_mode)
        self.maths = LineField()
        self.maths.setAccessibleName(self.tr("Band maths"))
        self.maths.setPlaceholderText("e.g. (nir - red) / (nir + red)")
        self.maths.textEdited.connect(self._check)
        self.maths.committed.connect(self._choose_sum)
        self.verdict = muted()
        self._maths_label = plain_label(self.tr("Band maths"))
        self._maths_label.setBuddy(self.maths)
        for title, field in ((self.tr("Preset"), self.preset), (self.tr("Show"), self.mode)):
            label = plain_label(title)
            label.setBuddy(field)
            label.setMinimumWidth(LABEL_PX)
            form.addRow(label, field)
        self.naming = BandNamesRow(styler, form)
        form.addRow(self._maths_label, self.maths)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(form)
        self.picture = muted()
        self.picture.setAccessibleName(self.tr("What the picture is"))
        layout.addWidget(self.picture)
        layout.addWidget(self.verdict)
        layout.addLayout(self._band_grid())

    def _band_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        for column, share in ((1, 3), (2, 2), (3, 2)):
            grid.setColumnStretch(column, share)
        self._captions = [plain_label(text) for text in (self.tr("Band"), self.tr("Low"), self.tr("High"))]
        for column, caption in enumerate(self._captions, 1):
            grid.addWidget(caption, 0, column)
        self.rows: list[tuple[QWidget, ...]] = []
        for place, title in enumerate((self.tr("Red"), self.tr("Green"), self.tr("Blue"))):
            band, low, high = ChoiceField(), NumberField(digits=6), NumberField(digits=6)
            bind = self.fields.bind
            label = bind(f"band{place}", self.tr("%1: band").replace("%1", title), band)
            label.setText(title)
            label.setMinimumWidth(0)  # three fields stand beside it
            bind(f"low{place}", self.tr("%1: low").replace("%1", title), low, self.tr("Value shown black"))
            bind(f"high{place}", self.tr("%1: high").replace("%1", title), high, self.tr("Value shown bright"))
            for column, widget in enumerate((label, band, low, high)):
                grid.addWidget(widget, place + 1, column)
            self.rows.append((label, band, low, high))
        return grid

    # -- showing ------------------------------------------------------------------------------------------------

    def show_style(self, style: RasterStyle, info: RasterInfo, image: _Image) -> None:
        self._style = style
        self.naming.show_bands()
        if image is not self._image:
            self._image = image
            self._offer(info, image)
        words = " ".join(filter(None, (self.naming.doubt, picture_words(style, image))))
        self.picture.setText(plain(words))
        self.picture.setVisible(bool(words))
        self.preset.show_value(self._preset_of(style))
        self.mode.show_value(SUM if style.expression else len(style.bands))
        self.maths.show_value(style.expression)
        self._show_maths(bool(style.expression))
        for place, (label, band, low, high) in enumerate(self.rows):
            is_shown = place < style.shown
            label.setVisible(is_shown and style.shown == 3)
            band.setVisible(is_shown and not style.expression)
            low.setVisible(is_shown)
            high.setVisible(is_shown)
            if is_shown:
                stretch = style.stretches[place]
                if not style.expression:
                    self.fields.fields[f"band{place}"].show_value(style.bands[place])
                self.fields.fields[f"low{place}"].show_value(stretch.low)
                self.fields.fields[f"high{place}"].show_value(stretch.high)
        self._captions[0].setVisible(not style.expression)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.maths.flush()

    def _offer(self, info: RasterInfo, image: _Image) -> None:
        """Offer what this image can show."""
        for place in range(3):
            self.fields.fields[f"band{place}"].set_choices(band_titles(image))
        combinations = [(c.name, word(c.title)) for c, _numbers in combinations_of(image)]
        indices = [(index.name, f"{index.name}: {word(index.title)}") for index, _parsed, _numbers in indices_of(image)]
        self.preset.set_choices([*combinations, *indices])
        self.preset.setEnabled(self.preset.count() > 0)
        tip = self.tr("Band combinations and spectral indices that this image can show")
        if not self.preset.count():
            tip = self.tr("The file does not say what its bands see: say it below under Meaning, or choose bands")
        self.preset.setToolTip(tooltip(tip))
        modes = [(ONE, self.tr("One band")), (SUM, self.tr("Band maths"))]
        if len(info.bands) >= 3:
            modes.insert(0, (THREE, self.tr("Three bands as red, green, blue")))
        self.mode.set_choices(modes)
        known = ", ".join(names_of(image))
        self.maths.setToolTip(tooltip(self.tr("Of the bands {0}").format(known)))

    def _preset_of(self, style: RasterStyle) -> str | None:
        """The preset with this style; None without one."""
        assert self._image is not None
        for combination, numbers in combinations_of(self._image):
            if not style.expression and numbers == style.bands:
                return combination.name
        for index, parsed, numbers in indices_of(self._image):
            if (parsed.text, numbers) == (style.expression, style.bands):
                return index.name
        return None

    def _show_maths(self, shown: bool) -> None:
        self.maths.setVisible(shown)
        self._maths_label.setVisible(shown)
        self.verdict.setVisible(shown and bool(self.verdict.text()))
        if not shown:
            self.verdict.setText("")

    # -- changing -----------------------------------------------------------------------------------------------

    def _choose_preset(self, name: Any) -> None:
        if self._image is None:
            return
        for combination, numbers in combinations_of(self._image):
            if combination.name == name:
                self._styler.show_bands(numbers)
        for index, parsed, numbers in indices_of(self._image):
            if index.name == name:
                self._styler.show_index(index, parsed, numbers)

    def _choose_mode(self, mode: Any) -> None:
        style, info = self._style, self._styler.info
        if style is None or info is None:
            return
        if mode == SUM:
            self.mode.show_value(SUM)
            self._show_maths(True)
            self.maths.setFocus()
            self._check(self.maths.text())
        elif style.expression or mode != len(style.bands):
            bands = tuple(band.index for band in info.bands[:3]) if mode == THREE else style.bands[:1]
            self._styler.show_bands(bands)
        else:
            self.mode.show_value(mode)
            self._show_maths(False)

    def _understand(self, text: str) -> tuple[BandExpression, tuple[int, ...]]:
        """Parse an expression of bands. Raises InvalidValue, in one sentence."""
        assert self._image is not None
        expression = parse_expression(text)
        names = names_of(self._image)
        for name in expression.bands:
            if resolve((name,), names) is None:
                known = ", ".join(list(names)[:12])
                raise InvalidValue(self.tr("There is no band {0} here: use {1}.").format(name, known))
        numbers = resolve(expression.bands, names)
        assert numbers is not None, "each of them was found"
        return expression, numbers

    def _check(self, text: str) -> None:
        """Report during typing whether the expression can be computed."""
        try:
            _expression, numbers = self._understand(text)
        except InvalidValue as error:
            self.verdict.setText(plain(error.sentence) if text.strip() else self.tr("Type a sum of bands, then Enter."))
        else:
            bands = ", ".join(map(str, numbers))
            self.verdict.setText(self.tr("Can be computed from band {0}; Enter shows it.").format(bands))
        self.verdict.setVisible(True)

    def _choose_sum(self, text: str) -> None:
        try:
            expression, numbers = self._understand(text)
        except InvalidValue as error:
            self.fields.refuse(error.sentence)
            return
        self.fields.refuse("")
        self.verdict.setText("")
        self._styler.show_sum(expression, numbers)
