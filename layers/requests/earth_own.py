"""Marks of a case in a KML that Geoloupe wrote itself: the fields of each, so that it comes back as the same mark."""

from __future__ import annotations

import json

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded

OWN_DATA = "geoloupe"
"""Name of the data of a placemark that hold an `OwnMark` as JSON."""
LONGEST_OWN = 20_000
"""Most characters of these data."""
ROLE_FOLDERS = {"named in a claim": "Named in a claim", "setting": "Setting (public infrastructure)"}
"""Folders of marks that lie in none of the case, by their role."""
OTHER_SITES, ANNOTATIONS = "Other sites", "Annotations"
OWN_FOLDERS = (*ROLE_FOLDERS.values(), OTHER_SITES, ANNOTATIONS)
"""All folders of marks that lie in none of the case, in their order in the file."""
MARK, LABEL, CIRCLE = "mark", "label", "circle"


class OwnMark(Struct, frozen=True, omit_defaults=True):
    """The fields of a mark that KML has no room for. Empty ones are not stated."""

    part: str = MARK
    """*label* of the point that carries the name of an area or line, *circle* of the circle around a pin: neither is a
    mark of its own.
    """
    uuid: str = ""
    name: str = ""
    """The name as the file has it, where that is not the label."""
    label: str = ""
    class_code: str = ""
    role: str = ""
    mark_kind: str = ""
    names: tuple[tuple[str, str], ...] = ()
    """(language, name) pairs of its other names."""
    place: tuple[float, float] | None = None
    """The place of a point that is drawn as the circle of its error."""
    digits: int = 7
    """Decimals of a degree to which its place is written."""
    error_m: float | None = None
    basis: str = ""
    lifecycle: str = ""
    lifecycle_as_of: str = ""
    valid_from: str = ""
    valid_to: str = ""
    stroke_color: str = ""
    fill_color: str = ""
    stroke_width: float | None = None
    shape_json: str = ""
    by_role: bool = False
    """True for a mark that lies in no folder of the case: the file has it in one of its role and class."""
    from_earth: bool = False
    """True for a mark that had come from Google Earth itself, and goes back with what that states."""
    head: int = 0
    """Lines at the beginning of its description that say what these fields say."""
    observed_at: str = ""
    stated: dict[str, str] = {}
    """Marks of what the file stated when it was written, part by part: another one tells a change since."""
    line_marks: tuple[str, ...] | None = None
    """Marks of the lines of its description that are no notes; None where these are too many."""
    photos: tuple[str, ...] = ()
    """Names of the pictures in its description."""

    @property
    def is_mark(self) -> bool:
        return self.part == MARK


def own_text(own: OwnMark) -> str:
    """The fields as text for a KML."""
    return json.dumps(encoded(own), ensure_ascii=False)


def own_mark(text: str) -> OwnMark | None:
    """The fields in a text; None for a text of others."""
    if len(text) > LONGEST_OWN:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return decoded_or_none(data, OwnMark) if isinstance(data, dict) else None
