"""The part of the site form on a mark's shape: its length and area, and sizes, words and vertices that can be typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely
from PySide6.QtWidgets import QFormLayout, QWidget

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import (
    ANCHORS,
    HEADS,
    Arrow,
    Callout,
    Circle,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    words_of,
)
from layers.document.marks.measurement import intended
from layers.document.site import Site
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.coordinates import format_coordinate
from layers.geo.coordinates.in_text import places_in_text
from layers.geo.legs import bearing_of, factor_of, length_of
from layers.geo.measure import (
    area_m2,
    azimuth_deg,
    circle,
    distance_m,
    geometry_area_m2,
    geometry_length_m,
)
from layers.geo.on_earth import why_off_earth
from layers.geo.vertices import rings_of
from layers.text.measures import area_text, length_text
from viewer.commands.shapes.exact import (
    change_shape,
    change_words,
    place_vertex,
    remove_vertex,
    scale_mark,
    set_leg,
    turn_mark,
)
from viewer.panels.context import PanelContext
from viewer.panels.sites.vertex_table import FINE_M, VertexTable
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, NumberField, TextField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import muted
from viewer.panels.words import example
from viewer.support.language.stored_words import capital
from viewer.support.language.text import plain, tooltip

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rectangle": ("width_m", "height_m", "rotation_deg", "centre"),
    "circle": ("radius_m", "centre"),
    "range_ring": ("radii_m", "centre"),
    "arrow": ("head",),
    "text": ("text", "anchor", "size_px"),
    "callout": ("text", "leader", "size_px"),
}
"""The fields of each kind of shape."""
LEG = ("leg_m", "leg_deg")
WHOLE = ("turn_by", "scale_by")
"""Fields that turn or scale a mark of single vertices; a value is applied when it is entered, and then cleared."""
MOST_MEASURED = 30_000
"""Most vertices of a mark that is measured and listed at once."""
_ROUND = 720
"""Corners of the polygon in place of a circle when its area is measured: exact to 1 part in 100,000."""


class ShapeField(LineField):
    """A field for a length, an angle, a place or a factor, which is not read while it is half typed."""

    says_something_midway = False


class ShapePart(FoldSection):
    """The part; hidden for points, which have no shape. Each field is its own undo step; refusals are shown below."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.header.setText(self.tr("Shape"))
        self.header.setAccessibleName(self.tr("Shape"))
        self._context = context
        self._site: Site | None = None
        self._is_empty = False
        self.measures = muted()
        self.measures.setAccessibleName(self.tr("Length and area"))
        self.content.addWidget(self.measures)
        self._form, self._leg_form = QFormLayout(), QFormLayout()
        self.fields = FieldSet(self._form, self._commit, self)
        context.tell_dropped("sites", self.fields)
        context.keep_typing(self.fields, self._commit)
        self._add_fields()
        self.content.addLayout(self._form)
        self.vertices = VertexTable()
        tip = self.tr("Enter begins and ends an entry, in any notation; Delete takes a vertex out")
        self.vertices.setToolTip(tooltip(tip))
        self.vertices.vertices.typed.connect(self._place)
        self.vertices.removal_wanted.connect(self._remove)
        self.vertices.vertex_changed.connect(self._show_leg)
        self.content.addWidget(self.vertices)
        self.fields.go_on_in(self._leg_form)
        tip = self.tr("From the vertex before the chosen one; another value moves the chosen one")
        self.fields.add("leg_m", self.tr("Leg"), ShapeField(), tip)
        self.fields.add("leg_deg", self.tr("Bearing"), ShapeField(), tip)
        self._add_whole()
        self.content.addLayout(self._leg_form)

    def _add_fields(self) -> None:
        add = self.fields.add
        length = self.tr("A length, as 120, 1.2 km or 400 ft")
        add("text", self.tr("Text"), TextField(), self.tr("The words on the map; Ctrl+Enter enters them"))
        add("width_m", self.tr("Width"), ShapeField(), length)
        add("height_m", self.tr("Height"), ShapeField(), length)
        add(
            "rotation_deg",
            self.tr("Rotation"),
            ShapeField(),
            self.tr("Direction of the height, clockwise from true north"),
        )
        add("radius_m", self.tr("Radius"), ShapeField(), length)
        add(
            "radii_m",
            self.tr("Radii"),
            ShapeField(),
            self.tr("Lengths from the smallest to the largest, as 5 km; 10 km; 20 km"),
        )
        add("centre", self.tr("Centre"), ShapeField(), self.tr("A coordinate in any notation"))
        heads = {"end": self.tr("At the end"), "start": self.tr("At the start"), "both": self.tr("At both ends")}
        add("head", self.tr("Head"), ChoiceField([(head, heads[head]) for head in HEADS]))
        add(
            "leader",
            self.tr("Text box"),
            ShapeField(),
            self.tr("The middle of the text's box: a coordinate in any notation"),
        )
        sides = [(anchor, capital(anchor.replace("-", " "))) for anchor in ANCHORS]
        add("anchor", self.tr("Side"), ChoiceField(sides), self.tr("The side of its place on which the text stands"))
        add(
            "size_px",
            self.tr("Size, px"),
            NumberField(unit="px"),
            self.tr("Height of the text in pixels of the screen"),
        )

    def _add_whole(self) -> None:
        turn, scale = ShapeField(), ShapeField()
        turn.setPlaceholderText(example("15°"))
        scale.setPlaceholderText(example("120 %"))
        self.fields.add("turn_by", self.tr("Turn"), turn, self.tr("Degrees by which the whole mark turns clockwise"))
        self.fields.add("scale_by", self.tr("Scale"), scale, self.tr("How many times as large the whole mark becomes"))

    # -- showing ------------------------------------------------------------------------------------------------

    def show_site(self, site: Site) -> None:
        """Show a mark; unfinished typing for the same mark stays."""
        before, self._site = self._site, site
        is_other = before is None or before.uuid != site.uuid
        figure = Figure.of(site)
        nowhere = bool(why_off_earth(site.geometry))
        is_listed = not nowhere and _is_listed(figure)
        wanted = () if nowhere else COLUMNS.get(figure.kind, ())
        was_empty, self._is_empty = self._is_empty, not (wanted or is_listed or isinstance(figure.shape, Numbered))
        self.setVisible(not self._is_empty)
        if was_empty and self._is_empty:  # from point to point there is nothing to show
            return
        for column, field in self.fields.fields.items():
            is_below = column in (*LEG, *WHOLE)
            shown = is_listed if is_below else column in wanted
            form = self._leg_form if is_below else self._form
            form.setRowVisible(field, shown)
            if isinstance(field, TextField):
                form.setRowVisible(self.fields.labels[column], shown)
        self.vertices.setVisible(is_listed)
        if is_other or before is None or before.geometry is not site.geometry:
            self.measures.setText(plain(self._size(site, figure)))
            self.measures.setVisible(bool(self.measures.text()))
        self.vertices.show_geometry(site.geometry if is_listed else None, self._context.notation)
        values = self._values(site, figure)
        if is_other:
            self.fields.show_other(values)
        else:
            self.fields.show_row(values)
        self._show_leg()

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.fields.flush()

    def _values(self, site: Site, figure: Figure) -> SimpleNamespace:
        shape = figure.shape
        values: dict[str, Any] = dict.fromkeys(self.fields.fields, "")
        values |= {"size_px": None, "head": None, "anchor": None}
        if isinstance(shape, Rectangle):
            values |= {"width_m": _metres(shape.width_m), "height_m": _metres(shape.height_m)}
            values["rotation_deg"] = _degrees(shape.rotation_deg)
        elif isinstance(shape, Circle):
            values["radius_m"] = _metres(shape.radius_m)
        elif isinstance(shape, RangeRing):
            values["radii_m"] = "; ".join(map(_metres, shape.radii_m))
        elif isinstance(shape, Arrow):
            values["head"] = shape.head
        elif isinstance(shape, TextMark | Callout):
            values |= {"text": words_of(site, shape), "size_px": shape.size_px}
        if isinstance(shape, Rectangle | Circle | RangeRing):
            values["centre"] = format_coordinate(*shape.centre, self._context.notation, FINE_M)
        if isinstance(shape, TextMark):
            values["anchor"] = shape.anchor
        if isinstance(shape, Callout):
            values["leader"] = format_coordinate(*shape.leader, self._context.notation, FINE_M)
        return SimpleNamespace(**(values | self._leg() | {"uuid": site.uuid}))

    def _size(self, site: Site, figure: Figure) -> str:
        """Geodesic length and area in words."""
        shape, geometry = figure.shape, site.geometry
        if isinstance(shape, Numbered):
            kept = self.tr("locked: it stays the same") if shape.locked else self.tr("not locked: it follows its order")
            return self.tr("Number {0}, {1}.").format(site.number or shape.number, kept)
        if isinstance(shape, Circle):
            lons, lats = circle(*shape.centre, shape.radius_m, _ROUND)
            return self._area(area_m2(lons, lats), geometry_length_m(shapely.Polygon(np.column_stack([lons, lats]))))
        if isinstance(shape, RangeRing) or site.kind == "point" or intended(site, shape) is not None:
            return ""  # a measurement has a part of its own
        if shapely.get_num_coordinates(geometry) > MOST_MEASURED:
            return self.tr("It has too many vertices to be measured here.")
        if site.kind == "line":
            return self.tr("Length {0}").format(length_text(geometry_length_m(geometry)))
        return self._area(geometry_area_m2(geometry), geometry_length_m(geometry))

    def _area(self, square_metres: float, around_m: float) -> str:
        return self.tr("Area {0}, perimeter {1}").format(area_text(square_metres), length_text(around_m))

    # -- the leg to the chosen vertex ---------------------------------------------------------------------------

    def _leg(self) -> dict[str, str]:
        ends = self._leg_ends()
        if ends is None:
            return dict.fromkeys(LEG, "")
        before, after = ends
        return {"leg_m": _metres(distance_m(*before, *after)), "leg_deg": _degrees(azimuth_deg(*before, *after))}

    def _leg_ends(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """The places of the chosen vertex and the one before it."""
        chosen = self.vertices.current_vertex()
        if self._site is None or chosen is None or not self.vertices.isVisibleTo(self):
            return None
        rings = rings_of(self._site.geometry)
        part, vertex = chosen
        if part >= len(rings) or vertex >= len(rings[part]) or (vertex == 0 and self._site.kind != "polygon"):
            return None
        return rings[part][vertex - 1], rings[part][vertex]

    def _show_leg(self) -> None:
        leg = self._leg()
        for column in LEG:
            field = self.fields.fields[column]
            field.show_value(leg[column])
            field.setEnabled(bool(leg[column]))
        chosen = self.vertices.current_vertex()
        if chosen is not None:
            self.fields.labels["leg_m"].setText(self.tr("Leg to {0}").format(chosen[1] + 1))

    # -- gestures -----------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any, series: str = "") -> str:
        site = self._site
        if site is None:
            return ""
        try:
            if column in LEG:
                return self._commit_leg(column, str(value))
            if column in WHOLE:
                return self._commit_whole(site, column, str(value))
            if column == "text":
                return self._context.attempt_typed(series, change_words, site.uuid, str(value))
            return self._context.attempt(change_shape, site.uuid, **{column: _READERS[column](value)})
        except GeoloupeError as error:
            return error.sentence

    def _commit_whole(self, site: Site, column: str, text: str) -> str:
        if not text.strip():
            return ""
        if column == "turn_by":
            sentence = self._context.attempt(turn_mark, site.uuid, bearing_of(text))
        else:
            sentence = self._context.attempt(scale_mark, site.uuid, factor_of(text))
        if not sentence:
            self.fields.fields[column].reset()
        return sentence

    def _commit_leg(self, column: str, text: str) -> str:
        ends, chosen = self._leg_ends(), self.vertices.current_vertex()
        if ends is None or chosen is None or self._site is None:
            return ""
        length_m = length_of(text) if column == "leg_m" else distance_m(*ends[0], *ends[1])
        bearing_deg = bearing_of(text) if column == "leg_deg" else azimuth_deg(*ends[0], *ends[1])
        leg = {"length_m": length_m, "bearing_deg": bearing_deg}
        return self._context.attempt(set_leg, self._site.uuid, *chosen, **leg)

    def _place(self, part: int, vertex: int, text: str) -> None:
        if self._site is not None:
            refusal = self._context.attempt(place_vertex, self._site.uuid, part, vertex, text)
            self.fields.refuse(refusal, self.vertices)

    def _remove(self, part: int, vertex: int) -> None:
        if self._site is not None:
            self.fields.refuse(self._context.attempt(remove_vertex, self._site.uuid, part, vertex), self.vertices)


def _is_listed(figure: Figure) -> bool:
    """True for marks whose single vertices are listed: no rectangle, circle, rings or point, and not too many."""
    if isinstance(figure.shape, Rectangle | Circle | RangeRing) or figure.geometry.geom_type == "Point":
        return False
    return bool(shapely.get_num_coordinates(figure.geometry) <= MOST_MEASURED)


def _metres(value: float) -> str:
    return f"{value:.6g} m"


def _degrees(value: float) -> str:
    return f"{round(value, 3) % 360.0:.6g}°"


def _place_of(value: Any) -> tuple[float, float]:
    read = places_in_text(str(value))[0]
    return read.lon, read.lat


def _lengths_of(value: Any) -> tuple[float, ...]:
    text = str(value)
    # A comma between radii, or in one of them as elsewhere in Europe: then a semicolon stands between.
    return tuple(length_of(part) for part in text.split(";" if ";" in text else ",") if part.strip())


def _pixels_of(value: Any) -> float:
    if value is None:
        raise InvalidValue("A text has a size in pixels.")
    return float(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "width_m": lambda value: length_of(str(value)),
    "height_m": lambda value: length_of(str(value)),
    "radius_m": lambda value: length_of(str(value)),
    "radii_m": _lengths_of,
    "rotation_deg": lambda value: bearing_of(str(value)),
    "centre": _place_of,
    "leader": _place_of,
    "head": str,
    "anchor": str,
    "size_px": _pixels_of,
}
"""Functions that read the values of a shape from typed text. They raise GeoloupeError."""
