"""The form of the context's layer: its credit and date, its style, and facts from its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, override

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from layers.document.changes import Changes
from layers.document.layer import TERMS_STATED, Layer
from layers.document.layer_terms import is_served, terms_of_service
from layers.document.vocabulary import DATE_KINDS
from layers.raster.acquisition import Acquisition
from layers.raster.info import RasterInfo
from layers.services.terms import states_terms
from layers.vector.table import VectorInfo
from viewer.commands.imagery.axis_orders import set_order
from viewer.commands.imagery.service_times import set_service_time, set_time_range
from viewer.commands.layers import update_layer
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.layers.axis_order_form import AxisOrderForm
from viewer.panels.layers.date_offers import LateDateLink, NameDateLink
from viewer.panels.layers.georeferencing_form import GeoreferencingForm
from viewer.panels.layers.layer_facts import info_facts, source_facts
from viewer.panels.layers.reading_form import ReadingForm
from viewer.panels.layers.service_state_form import ServiceStateForm
from viewer.panels.layers.service_time_form import ServiceTimeForm
from viewer.panels.raster_style.raster_style_form import RasterStyleForm
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.panels.row_form import RowForm
from viewer.panels.vector_style.vector_style_form import VectorStyleForm, Work
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField, TextField
from viewer.panels.widgets.form_page import heading, muted, with_room
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.panels.widgets.slider_field import SliderField, percent
from viewer.panels.words import choices, export_choices
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.service_state import SHOWN
from viewer.rendering.vector.layer_styles import ColumnReader
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.language.stored_words import word
from viewer.support.language.text import plain


class LayerPropertiesPanel(RowForm):
    """The properties of a layer. Until `context.layers.info_of` knows its file, only what the case says is shown.

    Connect signals of drawn layers to `look_again`.
    """

    def begin_date(self) -> None:
        """Focus the date of the layer."""
        begin_typing(self.fields.fields["acquired_at"])

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "layers", update_layer, parent)
        self._info: RasterInfo | VectorInfo | None = None
        self._geometry = ""
        """Kind of geometry of the layer when its style was last shown."""
        self.name_date, self.late_date = NameDateLink(context), LateDateLink(context)
        self._add_fields()
        content = self.page.content
        self.state = ServiceStateForm()
        self.state.way_chosen.connect(lambda way: context.layer_verbs.leave_state.emit(self._uuid, way))
        content.addWidget(self.state)
        self.time = ServiceTimeForm()
        self.time.chosen.connect(lambda time: context.do(set_service_time, self._uuid, time))
        self.time.range_chosen.connect(lambda first, last: context.do(set_time_range, self._uuid, first, last))
        self.time.newest_wanted.connect(lambda: context.layer_verbs.look_for_dates.emit(self._uuid))
        content.addWidget(self.time)
        self.axes = AxisOrderForm()
        self.axes.chosen.connect(lambda order: context.do(set_order, self._uuid, order))
        content.addWidget(self.axes)
        content.addLayout(self.form)
        self.georeferencing = GeoreferencingForm(context)
        content.addWidget(self.georeferencing)
        self.reading = ReadingForm(context)
        content.addWidget(self.reading)
        self._raster, self._vector = LazyPanel(self._make_raster), LazyPanel(self._make_vector)
        self.unread = muted(self.tr("The file has not been read yet: its style can be set when it is."))
        self._style_heading = heading(self.tr("Style"))
        for widget in (self._style_heading, self._raster, self._vector, self.unread, heading(self.tr("Facts"))):
            content.addWidget(widget)
        self.facts, self.comments = FactRows(spacing_px=3), CommentsOnRow(context)
        content.addWidget(self.facts)
        content.addWidget(self.comments)
        content.addStretch(1)
        context.layer_shown.connect(self._shown)
        # After the form was laid out: it may be new, or another layer's.
        context.layer_style_wanted.connect(lambda: QTimer.singleShot(0, self, self._show_style))
        context.changed.connect(self._heard)
        context.flush_requested.connect(self._flush)
        self._shown(context.layer_uuid)

    @property
    def raster(self) -> RasterStyleForm:
        """The form of the style of imagery."""
        return cast("RasterStyleForm", self._raster.panel)

    @property
    def vector(self) -> VectorStyleForm:
        """The form of the style of features."""
        return cast("VectorStyleForm", self._vector.panel)

    def _make_raster(self) -> QWidget:
        return self._telling(RasterStyleForm(RasterStyler(self._context, self), self._preview_style))

    def _make_vector(self) -> QWidget:
        form = VectorStyleForm(self._commit_style, self._preview_style, self._with_columns, self._vector)
        return self._telling(form)

    def _telling(self, form: QWidget) -> QWidget:
        """The form, connected so that entries which it does not keep are reported."""
        for fields in form.findChildren(FieldSet):
            self._context.tell_dropped("layers", fields)
            self._context.keep_typing(fields)
        return form

    def _made(self) -> list[RasterStyleForm | VectorStyleForm]:
        """The forms of styles that have been made."""
        return [*([self.raster] if self._raster.is_made else []), *([self.vector] if self._vector.is_made else [])]

    def _add_fields(self) -> None:
        add = self.fields.add
        add("name", self.tr("Name"), with_room(LineField()))
        opacity = SliderField(0.0, 1.0, percent)
        opacity.previewed.connect(self._preview_opacity)
        add("opacity", self.tr("Opacity"), opacity)
        date = DateField(self.tr("unknown"))
        add(
            "acquired_at",
            self.tr("Date, UTC"),
            date,
            self.tr("2024-04-12; a year or a month alone, or two days joined by a slash, for an interval"),
        )
        add(
            "date_kind",
            self.tr("Kind of date"),
            ChoiceField(choices(DATE_KINDS)),
            self.tr("A mosaic or composite has no instant"),
        )
        for link in (self.name_date, self.late_date):
            self.form.addRow(link)
        date.committed.connect(lambda: self._go_on_from(date))
        add(
            "sensor", self.tr("Sensor"), LineField(), self.tr("The satellite, aircraft or camera by which it was taken")
        )
        add("provider", self.tr("Provider"), LineField(), self.tr("The one that gave the image out"))
        add(
            "credit",
            self.tr("Credit"),
            TextField(lines=1, most_lines=6),
            self.tr("Printed on the map and in every product"),
        )
        add(
            "own_licence",
            self.tr("Terms of use"),
            TextField(lines=1, most_lines=6),
            self.tr("Its licence or terms in words; where nobody states them, a product warns"),
        )
        add("own_link", self.tr("Terms at"), LineField(), self.tr("The address at which the terms stand"))
        add(
            "own_export",
            self.tr("In files"),
            ChoiceField(export_choices()),
            self.tr("Whether the terms allow files that show it: products, drafts, pictures"),
        )

    @override
    def hint(self) -> str:
        return self.tr("Choose a layer in the layer tree.")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Update the panel when it is shown: it ignores changes while it is hidden."""
        super().showEvent(event)
        self.look_again()

    def look_again(self) -> None:
        """Read the facts of the file again, where they were not known yet or the layer is drawn anew."""
        if not self._uuid:
            return
        self.name_date.show_layer(self._layer())
        self._show_state_of_service()
        info = self._context.layers.info_of(self._uuid)
        if info is not None and (info is not self._info or self._is_drawn_anew(info)):
            self.refresh()

    def _is_drawn_anew(self, info: RasterInfo | VectorInfo) -> bool:
        drawing = self._context.layers.drawing_of(self._uuid)
        if isinstance(info, RasterInfo):
            return drawing is not self.raster.drawing
        return _geometry(drawing, info) != self._geometry

    # -- showing ------------------------------------------------------------------------------------------------

    def _shown(self, uuid: str) -> None:
        self._uuid = uuid
        layer = self._layer()
        if layer is not None:
            self.fields.show_other(layer)
            self.georeferencing.show_layer(layer, self._context.layers.info_of(layer.uuid), anew=True)
            for form in self._made():
                for fields in form.findChildren(FieldSet):
                    fields.forget()
        self.refresh()
        if layer is not None:
            self.page.show_form(from_top=True)

    def _heard(self, changes: Changes) -> None:
        if changes.everything or self._uuid in changes.uuids("layers"):
            self.refresh()
        elif changes.touches("images", "sites", "chips", "sources"):
            self.late_date.show_layer(self._layer())

    @override
    def show_row(self, row: Layer) -> None:
        self.fields.show_row(row)
        images = (image.uuid for image in self._context.document.images.values() if image.layer_uuid == row.uuid)
        self.comments.show_row("layers", row.uuid, *images)
        info = self._info = self._context.layers.info_of(row.uuid)
        self._show_found(row)
        self._show_state_of_service()
        self.time.show_layer(row)
        self.axes.show_layer(row)
        self.name_date.show_layer(row)
        self.late_date.show_layer(row)
        self.georeferencing.show_layer(row, info)
        self.reading.show_layer(row, info)
        self._raster.setVisible(isinstance(info, RasterInfo))
        self._vector.setVisible(isinstance(info, VectorInfo))
        self.unread.setVisible(info is None and row.kind != "tiles")
        self._style_heading.setVisible(row.kind != "tiles")
        if isinstance(info, RasterInfo):
            self.raster.show_layer()
        elif isinstance(info, VectorInfo):
            self._geometry = _geometry(self._context.layers.drawing_of(row.uuid), info)
            self.vector.show_style(row, info, self._geometry)
        self.facts.show_facts(dict.fromkeys([*source_facts(row), *(info_facts(info, row.crs) if info else [])]))

    def _show_state_of_service(self) -> None:
        drawing = self._context.layers.drawing_of(self._uuid)
        self.state.show_state(SHOWN if drawing is None else drawing.state)

    def _show_style(self) -> None:
        self.page.show_from(self._style_heading)

    def _show_found(self, layer: Layer) -> None:
        """Show credit, date and sensor of the file, greyed, where the case has none."""
        drawing = self._context.layers.drawing_of(layer.uuid)
        known = drawing.acquisition if drawing is not None else Acquisition()
        for name in ("sensor", "provider"):
            self.fields.set_visible(name, layer.kind != "vector")
        self._show_terms(layer)
        sensor = self.fields.fields["sensor"]
        assert isinstance(sensor, LineField)
        sensor.setPlaceholderText(plain(known.sensor or known.platform or self.tr("not stated")))
        date, kind, credit = (self.fields.fields[name] for name in ("acquired_at", "date_kind", "credit"))
        assert isinstance(date, LineField)
        assert isinstance(kind, ChoiceField)
        assert isinstance(credit, TextField)
        date.setPlaceholderText(plain(known.when if known.at else self.tr("unknown")))
        stated = self._as_stated(terms_of_service(layer.source).credit)
        credit.setPlaceholderText(plain(known.credit or stated or self.tr("not given")))
        silent = known.date_kind == "unknown" or layer.known_date_kind != "unknown"
        title = self.tr("Unknown") if silent else self.tr("As found: {0}").format(word(known.date_kind))
        kind.setItemText(kind.findData("unknown"), plain(title))

    def _show_terms(self, layer: Layer) -> None:
        """Show the terms of a layer that a host serves: those of its service greyed, where the case has none."""
        for name in TERMS_STATED:
            self.fields.set_visible(name, is_served(layer))
        terms = terms_of_service(layer.source)
        licence = terms.licence if states_terms(terms.licence) else ""
        for name, stated in (("provider", terms.provider), ("own_licence", licence), ("own_link", terms.link)):
            self.fields.fields[name].setPlaceholderText(plain(self._as_stated(stated) or self.tr("not stated")))
        export = self.fields.fields["own_export"]
        assert isinstance(export, ChoiceField)
        words = self.tr("Service forbids it") if terms.export else export_choices()[0][1]
        export.setItemText(export.findData(""), plain(words))

    def _as_stated(self, words: str) -> str:
        """Words of the service, marked as such; empty for none."""
        return self.tr("{0} (as the service states)").format(words) if words else ""

    # -- gestures -----------------------------------------------------------------------------------------------

    def _layer(self) -> Layer | None:
        return self._context.document.layers.get(self._uuid)

    @override
    def _commit_columns(self, values: Mapping[str, Any], series: str = "") -> str:
        """Commit columns. A date typed for a file that is a composite does not make it an instant."""
        layer, drawing = self._layer(), self._context.layers.drawing_of(self._uuid)
        if values.get("acquired_at") and layer is not None and drawing is not None:
            is_composite = drawing.acquisition.date_kind == "composite"
            if is_composite and layer.known_date_kind == "unknown":
                values = {**values, "date_kind": "composite"}
        return super()._commit_columns(values, series)

    def _go_on_from(self, date: LineField) -> None:
        """Let Enter return to the map from the date, unless its kind is to be filled in next."""
        layer = self._layer()
        date.leads_back = date.hasFocus() and layer is not None and layer.known_date_kind != "unknown"

    def _commit_style(self, style_json: str) -> str:
        return self._commit("style_json", style_json)

    def _with_columns(
        self, columns: Sequence[str] | None, work: Work, done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        drawing = self._context.layers.drawing_of(self._uuid)
        reader = getattr(drawing, "columns", None)
        if isinstance(reader, ColumnReader):
            reader.run(columns, work, done, failed)
        else:
            failed(self.tr("The attributes have not been read yet: wait until the layer is drawn."))

    def _preview_style(self, style_json: str) -> None:
        layer = self._layer()
        if layer is not None:
            self._context.layer_previewed.emit(replace(layer, style_json=style_json))

    def _preview_opacity(self, value: float) -> None:
        layer = self._layer()
        if layer is not None:
            self._context.layer_previewed.emit(replace(layer, opacity=value))

    def _flush(self) -> None:
        self.fields.flush()
        self.georeferencing.flush()
        for form in self._made():
            form.flush()


def _geometry(drawing: LayerDrawing | None, info: VectorInfo) -> str:
    """The geometry that the layer holds; until that is known, the one that its file states."""
    return drawing.geometry if isinstance(drawing, VectorDrawing) else info.geometry
