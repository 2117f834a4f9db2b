"""Words for what a file of Google Earth brings into a case, and for what stays in the file or comes as less."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP

from layers.requests.earth_file import STAYS_BEHIND, EarthFile
from layers.text.counted import grouped
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

NAMED = 3
"""Most names behind the number of one kind."""
STAYS = {
    "network link": QT_TRANSLATE_NOOP("EarthWords", "Links to other files and servers: none is followed"),
    "overlay elsewhere": QT_TRANSLATE_NOOP(
        "EarthWords", "Overlays whose picture is not in the file or beside it, is there twice, or cannot be drawn"
    ),
    "screen overlay": QT_TRANSLATE_NOOP("EarthWords", "Pictures fixed to the screen"),
    "tour": QT_TRANSLATE_NOOP("EarthWords", "Tours: their views can be bookmarks, their sound and pace stay"),
    "model": QT_TRANSLATE_NOOP("EarthWords", "Buildings in three dimensions: their place comes, their shape stays"),
    "no place": QT_TRANSLATE_NOOP("EarthWords", "Placemarks without a place"),
    "bad place": QT_TRANSLATE_NOOP("EarthWords", "Placemarks whose place cannot be read"),
    "picture inside": QT_TRANSLATE_NOOP(
        "EarthWords", "Photos in the file of placemarks without a place, or after the 20th of one"
    ),
    "unused picture": QT_TRANSLATE_NOOP("EarthWords", "Pictures in the file that nothing in it shows"),
    "picture elsewhere": QT_TRANSLATE_NOOP(
        "EarthWords", "Photos elsewhere: never fetched, their addresses come as text"
    ),
    "folder text": QT_TRANSLATE_NOOP("EarthWords", "Descriptions and data of folders"),
    "folder time": QT_TRANSLATE_NOOP("EarthWords", "Times of folders: those of their placemarks come"),
    "empty folder": QT_TRANSLATE_NOOP("EarthWords", "Folders with nothing in them"),
    "several kinds": QT_TRANSLATE_NOOP(
        "EarthWords", "Placemarks of points, lines and areas together: a site for each kind, the first above the others"
    ),
    "heights": QT_TRANSLATE_NOOP("EarthWords", "Heights along lines and areas: they lie flat on the map"),
    "track values": QT_TRANSLATE_NOOP(
        "EarthWords", "Tracks: the first and last time come; times, turns and values along them stay"
    ),
    "long text": QT_TRANSLATE_NOOP("EarthWords", "Texts that are cut, as they are too long"),
    "bad time": QT_TRANSLATE_NOOP("EarthWords", "Times that cannot be read"),
    "no time zone": QT_TRANSLATE_NOOP("EarthWords", "Times without a zone: only the day comes"),
    "overlay time": QT_TRANSLATE_NOOP(
        "EarthWords", "Times of overlays: no date of a picture; they are kept for the way back"
    ),
    "overlay height": QT_TRANSLATE_NOOP("EarthWords", "Heights of overlays: they lie on the ground"),
    "overlay text": QT_TRANSLATE_NOOP(
        "EarthWords", "Data of overlays: only their descriptions are kept, for the way back"
    ),
    "photo frame": QT_TRANSLATE_NOOP(
        "EarthWords", "Photos that stand in the landscape: their place and picture come, their frame stays"
    ),
    "view time": QT_TRANSLATE_NOOP("EarthWords", "Times of views: bookmarks have none"),
    "view look": QT_TRANSLATE_NOOP(
        "EarthWords", "Views that lean, stand in the street or show older imagery: bookmarks look from above"
    ),
    "overlay colour": QT_TRANSLATE_NOOP("EarthWords", "Tints of overlays: the picture has its own colours"),
    "region": QT_TRANSLATE_NOOP("EarthWords", "Regions, which say at which height things appear"),
    "icon": QT_TRANSLATE_NOOP(
        "EarthWords", "Pictures of icons: sites have the sign of their class, in the icon’s colour"
    ),
    "transparent": QT_TRANSLATE_NOOP(
        "EarthWords",
        "Lines that can be seen through, and areas that cannot: so on the way back only",
    ),
    "hidden": QT_TRANSLATE_NOOP("EarthWords", "Hidden placemarks and folders: they are shown"),
    "style elsewhere": QT_TRANSLATE_NOOP("EarthWords", "Styles in other files"),
    "balloon": QT_TRANSLATE_NOOP("EarthWords", "Layouts of balloons"),
    "highlight": QT_TRANSLATE_NOOP("EarthWords", "Second looks under the pointer"),
    "names and lists": QT_TRANSLATE_NOOP(
        "EarthWords", "Styles of names, of lists and of turned icons: the map has its own"
    ),
    "update": QT_TRANSLATE_NOOP("EarthWords", "Orders to change other files"),
    "other element": QT_TRANSLATE_NOOP("EarthWords", "Parts of other programs, or that only Google Earth knows"),
}
"""A sentence for each kind of `STAYS_BEHIND`."""


def account_of(file: EarthFile) -> list[str]:
    """A line for each kind of what stays behind or comes as less: what it is, how many, and the first names."""
    lines: list[str] = []
    for kind in STAYS_BEHIND:
        rows = [row for row in file.left if row.kind == kind]
        names = [one_line(": ".join(filter(None, (row.name, row.more))), 80) for row in rows]
        lines += [_line(translate("EarthWords", STAYS[kind]), names)] if rows else []
    slanted = [one_line(view.name, 80) for view in file.views if view.tilt_deg]
    if slanted:
        lines.append(_line(translate("EarthWords", "Views that look aslant: the map shows them from above"), slanted))
    return lines


def own_lines(file: EarthFile, reworded: Sequence[str] = ()) -> list[str]:
    """Lines on what a file that Geoloupe wrote does not bring back as rows of its own; `reworded` are names of marks
    in whose descriptions words of ours are lacking.
    """
    beside = [place.name for place in file.places if place.own is not None and not place.own.is_mark]
    words = translate("EarthWords", "Points with names of areas, and circles around pins: they belong to the sites")
    more = translate("EarthWords", "Claims, answers and observations come as words in the notes, not as rows")
    lacking = translate("EarthWords", "Words of claims and places that are changed in balloons: the case keeps its own")
    lines = [_line(words, beside)] if beside else []
    return [*lines, *([_line(lacking, [one_line(name, 80) for name in reworded])] if reworded else []), more]


def left_out_lines(file: EarthFile, folders: Collection[int]) -> list[str]:
    """The line on folders that are unticked and hold something; none where there is none."""
    held = {thing.folder for things in (file.places, file.overlays, file.views) for thing in things}
    left = [number for number in sorted(folders) if number in held]
    names = [one_line(" / ".join(file.path_of(number)), 80) for number in left]
    return [_line(translate("EarthWords", "Folders that are unticked"), names)] if left else []


def _line(text: str, names: list[str]) -> str:
    """One kind with its number, and the first names that differ."""
    known = list(dict.fromkeys(filter(None, names)))
    more = ", …" if len(known) > NAMED else ""
    line = f"{text} ({grouped(len(names))})"
    return f"{line}: {', '.join(known[:NAMED])}{more}" if known else line
