"""The statements that follow from the observations of a site: when it was first and last seen, and when not.

Each names the dates between which something changed, as precisely as these are known. None says *gone* or *built*: not
seen on an image is no proof of either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation, is_after, target_key
from layers.phrase import Phrase, joined
from layers.text.counted import counted
from layers.time.written_dates import written_date

MOST_BETWEEN = 3
"""Most dates in one statement on when it was not seen in between, or on which nobody could tell."""
_SHOWN = ("present", "absent")
DAY_LENGTH = len("2020-08-31")


class _Looks(Struct, frozen=True):
    """The dates on which it was seen, not seen, seen by some observers only, and on which none could tell."""

    seen: tuple[str, ...]
    missed: tuple[str, ...]
    differing: tuple[str, ...]
    unclear: tuple[str, ...]


def every_row(_row: Observation) -> bool:
    """Leaves out no row."""
    return True


NOT_KNOWN: Mapping[str, str] = MappingProxyType({})


def seen_words(
    document: Document,
    site_uuid: str,
    shows: Callable[[Observation], bool] = every_row,
    shown_on: Mapping[str, str] = NOT_KNOWN,
) -> str:
    """All statements on a site in one line; empty where no dated image shows whether it was there.

    `shows` leaves out rows. `shown_on` as of `statements_with_gaps`.
    """
    return joined("; ", lines) if (lines := seen_lines(document, site_uuid, shows, shown_on)) else ""


def seen_lines(
    document: Document,
    site_uuid: str,
    shows: Callable[[Observation], bool] = every_row,
    shown_on: Mapping[str, str] = NOT_KNOWN,
) -> tuple[str, ...]:
    """All statements on a site in the order of time, a line for each thing that was looked for."""
    of_target = {
        rows[0].target.strip(): joined("; ", statements)
        for rows in rows_by_thing(filter(shows, document.links.observations_of_site(site_uuid)))
        if (statements := statements_with_gaps(document, rows, shown_on))
    }
    lines: list[str] = []
    for target, words in of_target.items():
        if target:
            lines.append(Phrase("{target}: {statements}", target=target, statements=words))
        elif len(of_target) > 1:  # or they would be read as more of another target's
            lines.append(Phrase("what was looked for is not stated: {statements}", statements=words))
        else:
            lines.append(words)
    return tuple(lines)


def rows_by_thing(rows: Iterable[Observation]) -> list[list[Observation]]:
    """The rows about each thing that was looked for, in the order of its first row."""
    by_target: dict[str, list[Observation]] = {}
    for row in rows:
        by_target.setdefault(target_key(row.target), []).append(row)
    return list(by_target.values())


def statements_of(
    rows: Iterable[Observation], images: Mapping[str, Image], unlooked: Collection[str] = ()
) -> tuple[str, ...]:
    """The statements that follow from these observations of one thing, in the order of time.

    `unlooked` are the dates of images that show the place and have no row: those between two dates of a statement are
    counted in it.
    """
    looks = _looks(rows, images)
    lines = _on_seen(looks, images, unlooked) if looks.seen else _on_missed(looks)
    if looks.differing:
        lines.append(Phrase("observers differ on {dates}", dates=_dates(looks.differing)))
    if looks.unclear and lines:
        lines.append(
            Phrase("cannot tell {dates}", dates=_dates(looks.unclear))
            if len(looks.unclear) <= MOST_BETWEEN
            else Phrase("cannot tell on {count} images", count=len(looks.unclear))
        )
    return tuple(lines)


def statements_with_gaps(
    document: Document, rows: Sequence[Observation], shown_on: Mapping[str, str] = NOT_KNOWN
) -> tuple[str, ...]:
    """The statements that follow from observations of one thing, and on how many images nobody has looked for it.

    `shown_on` are the dated images that show the site: their dates by the images' keys; empty where that is not known.
    """
    looked_at = {document.links.image_key(row.image_uuid) for row in rows}
    unlooked = [at for key, at in shown_on.items() if key not in looked_at]
    statements = statements_of(rows, document.images, unlooked)
    if not (statements and unlooked):
        return statements
    images = counted(len(shown_on), "image", "images")
    return (*statements, Phrase("no row for {count} of {images}", count=len(unlooked), images=images))


def _on_missed(looks: _Looks) -> list[str]:
    """The statement on a site that was looked for and never seen: the last date, and how many before it."""
    if not looks.missed:
        return []
    last = date_words(looks.missed[-1])
    if len(looks.missed) == 1:
        return [Phrase("not seen {missed}", missed=last)]
    earlier = counted(len(looks.missed) - 1, "earlier image", "earlier images")
    first = date_words(looks.missed[0])
    if len(looks.missed) == 2:
        return [Phrase("not seen {missed}, nor on {earlier}, of {first}", missed=last, earlier=earlier, first=first)]
    return [
        Phrase("not seen {missed}, nor on {earlier}, the first of {first}", missed=last, earlier=earlier, first=first)
    ]


def _on_seen(looks: _Looks, images: Mapping[str, Image], unlooked: Collection[str]) -> list[str]:
    """The statements on a site that was seen at some dates, and not seen at others."""
    seen, missed = looks.seen, looks.missed
    first, last = seen[0], seen[-1]
    earlier = [at for at in missed if is_after(first, at)]
    later = [at for at in missed if is_after(at, last)]
    between = [at for at in missed if is_after(at, first) and is_after(last, at)]
    lines: list[str] = []
    if earlier:
        gap = _gap(earlier[-1], first, unlooked)
        phrase = Phrase(
            "not seen {earlier}; first seen {seen}", earlier=date_words(earlier[-1]), seen=date_words(first)
        )
        lines.append(Phrase("{statement}{gap}", statement=phrase, gap=gap) if gap else phrase)
    elif first != last:
        lines.append(Phrase("first seen {seen}", seen=date_words(first)))
    if between:
        lines.append(Phrase("not seen in between on {dates}", dates=_dates(between)))
    if later:
        lines.append(
            Phrase(
                "last seen {seen}; {missed}",
                seen=date_words(last),
                missed=_missed_since(later, _gap(last, later[0], unlooked)),
            )
        )
    elif first != last:
        lines.append(Phrase("last seen {seen}", seen=date_words(last)))
    lines = lines or [Phrase("seen {seen}", seen=date_words(last))]
    known = (*looks.missed, *looks.differing, *looks.unclear)
    is_followed = any(is_dated(image) and is_after(image.acquired_at, last) for image in images.values())
    if is_followed and not any(is_after(at, last) for at in known):
        lines.append(Phrase("not looked at since"))
    return lines


def _missed_since(later: Sequence[str], gap: str) -> Phrase:
    """The first of these dates on which it was not seen with the gap before it, and how many follow."""
    first = date_words(later[0])
    if len(later) == 1:
        return Phrase("not seen {later}{gap}", later=first, gap=gap)
    count = counted(len(later) - 1, "later image", "later images")
    last = date_words(later[-1])
    if len(later) == 2:
        return Phrase("not seen {later}{gap}, nor on {count}, of {last}", later=first, gap=gap, count=count, last=last)
    return Phrase(
        "not seen {later}{gap}, nor on {count}, the last of {last}", later=first, gap=gap, count=count, last=last
    )


def _gap(earlier: str, later: str, unlooked: Collection[str]) -> str:
    """The number of images between two dates that nobody has looked at; empty for none."""
    count = sum(is_after(at, earlier) and is_after(later, at) for at in unlooked)
    return Phrase(" ({images} between without a row)", images=counted(count, "image", "images")) if count else ""


def _dates(dates: Sequence[str]) -> str:
    return joined(", ", [date_words(at) for at in dates[:MOST_BETWEEN]])


def _looks(rows: Iterable[Observation], images: Mapping[str, Image]) -> _Looks:
    """The dates of these rows in order, by what observers say who could tell; a row of words alone is no look."""
    by_date: dict[str, set[str]] = {}
    for row in rows:
        image = images.get(row.image_uuid)
        if row.presence and image is not None and is_dated(image):
            by_date.setdefault(image.acquired_at, set()).update({row.presence} & set(_SHOWN))
    kinds: dict[frozenset[str], list[str]] = {}
    for at, presences in sorted(by_date.items()):
        kinds.setdefault(frozenset(presences), []).append(at)
    seen, missed = kinds.get(frozenset(("present",)), ()), kinds.get(frozenset(("absent",)), ())
    return _Looks(
        tuple(seen), tuple(missed), tuple(kinds.get(frozenset(_SHOWN), ())), tuple(kinds.get(frozenset(), ()))
    )


def is_dated(image: Image) -> bool:
    """True for an image of one time; the day of a composite, or of a publication, does not say when it shows."""
    return bool(image.acquired_at) and image.date_kind in ("instant", "interval")


def date_words(acquired_at: str) -> str:
    """The date of an image as precisely as it is known: an instant by its day."""
    begin, _, end = (part.strip() for part in acquired_at.partition("/"))
    first, last = begin[:DAY_LENGTH], end[:DAY_LENGTH]
    return written_date(f"{first}/{last}" if last and last != first else first)
