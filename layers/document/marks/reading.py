"""The readings of measurements, one a mark, as lists, forms and files show them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from layers.document.marks.mark_shape import measurement_of, shape_of
from layers.document.marks.measurement import MEASUREMENT, Measurement, image_pick_m, name_of
from layers.document.marks.shadow_mark import NO_HEIGHT, ShadowMark
from layers.document.site import Site
from layers.text.measured_values import LENGTH, number_texts, unit_for, unit_sign, value_text

HEIGHT = "height"
"""The quantity that a shadow gives."""


class Reading(Struct, frozen=True):
    """One result with its error, in metres, square metres or degrees; the error is None where it is not known."""

    name: str
    """Name that the analyst gave it; empty for none."""
    quantity: str
    dimension: str
    value: float
    error: float | None = None
    unit: str = ""
    """The unit in which it is shown."""
    pick_m: float | None = None
    """Radius within which each place was picked."""
    is_pick_of_image: bool = False
    """True where that is at least a pixel of the image behind the mark."""

    @property
    def numbers(self) -> tuple[str, str]:
        """The value and its error in the unit, as digits alone."""
        return number_texts(self.dimension, self.value, self.error, self.unit)

    @property
    def sign(self) -> str:
        """The unit as people write it."""
        return unit_sign(self.unit)

    @property
    def text(self) -> str:
        return value_text(self.dimension, self.value, self.error, self.unit)


def reading_of(site: Site) -> Reading | None:
    """The present reading of a mark; None for marks that are no measurements, and for those that cannot be measured."""
    shape = shape_of(site.shape_json)
    if isinstance(shape, ShadowMark):
        return _height(site, shape)
    measurement = measurement_of(site)
    if measurement is None or measurement.result is None:
        return None
    on_image = image_pick_m(site)
    name = name_of(site.label, measurement, shape if isinstance(shape, Measurement) else None)
    unit = unit_for(measurement.dimension, measurement.result, measurement.unit)
    pick_m = on_image or measurement.pick_m
    return Reading(
        name,
        measurement.quantity,
        measurement.dimension,
        measurement.result,
        measurement.error,
        unit,
        pick_m,
        on_image is not None,
    )


def _height(site: Site, shape: ShadowMark) -> Reading | None:
    """The height that a shadow gives; None where there is none."""
    if site.mark_kind != MEASUREMENT or not shape.is_of(site.geometry):
        return None
    shadow = shape.of(site.geometry)
    if shadow.result is None:
        return None
    name = "" if site.label in ("", shadow.label, shape.label, NO_HEIGHT) else site.label
    return Reading(name, HEIGHT, LENGTH, shadow.result, shadow.error, "m", shadow.pick_m, shadow.pixel_m > 0)


def readings_of(sites: Iterable[Site]) -> Iterable[tuple[Site, Reading]]:
    """The marks that are measurements, with their readings."""
    for site in sites:
        reading = reading_of(site)
        if reading is not None:
            yield site, reading
