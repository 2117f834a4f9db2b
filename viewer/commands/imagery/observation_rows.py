"""One edit that records the rows of a spreadsheet as observations of the sites and images of a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image, image_key_of
from layers.document.observation import Observation, target_key
from layers.errors import InvalidValue
from layers.observing.observation_rows import SeenRow, folded, written_count
from layers.phrase import Phrase
from layers.text.counted import counted
from layers.time.time_span import span_of
from viewer.commands.imagery.images import known_image
from viewer.commands.imagery.observations import observation_of, record_observation

_KEPT = ("presence", "count_low", "count_high", "words", "why", "view_quality", "target")
"""Fields of a row that are fields of an observation; empty ones leave what the case has."""

_TEXTS = ("presence", "words", "why", "view_quality", "target")

_DAY_CHARS = len("2024-04-12")


class RowDifference(NamedTuple):
    """A row that changes an observation of the case: its number, the site's label, the date, the old and new text of
    each field that differs, and the observation itself as it was.
    """

    number: int
    site: str
    date: str
    fields: tuple[tuple[str, str, str], ...]
    before: Observation


class RecordedRows(NamedTuple):
    """The edit of a spreadsheet's rows, how many rows are new or change one, and a sentence for each row left out.

    `differences` are the rows that change one, also those that were to be left as they are.
    """

    edit: Edit
    added: int
    changed: int
    left_out: list[str]
    differences: list[RowDifference]


def observations_from_rows(
    document: Document,
    rows: Iterable[SeenRow],
    *,
    actor: str,
    now: str | None = None,
    title: str = "",
    images: Sequence[Mapping[str, Any]] = (),
    stated_image: str = "",
    kept_as_is: Collection[int] = (),
    check: Callable[[int], None] = lambda number: None,
) -> RecordedRows:
    """Record rows as one step. A row that fits no site or image is left out; one that nothing is new in is no change.

    `title` is the file's name; `images` are facts of images on the map that the case has no row of yet;
    `stated_image` is the name under which dates without an image are entered as images of their own, "" to leave those
    rows out. `kept_as_is` are numbers of rows that are not to change what the case has. `check` is called with the
    number of rows done, and may raise to cancel. Raises InvalidValue where no row fits.
    """
    work = document.copied()
    observer = actor
    sites, at_hand = _Sites(work), _Images(work, images, stated_image)
    changes: list[Change] = []
    left_out: list[str] = []
    differences: list[RowDifference] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    added = changed = 0
    for done, row in enumerate(rows):
        check(done)
        try:
            site_uuid = sites.uuid_of(row.site)
            image, new_image = at_hand.image_of(row, actor, now)
            by = row.observer or observer
            key = (site_uuid, image.image_key, by, target_key(row.target))
            if key in seen:
                raise InvalidValue("Row {number} has the same site, image and observer.", number=seen[key])
            there = work.links.image_of_key(image.image_key) is not None and observation_of(
                work, site_uuid, image.uuid, by, row.target
            )
            work.apply(Edit("", new_image))
            fields = {name: value for name in _KEPT if (value := getattr(row, name)) not in ("", None)}
            fields["target"] = row.target
            edit = record_observation(work, site_uuid, image.uuid, actor=actor, now=now, observer=by or None, **fields)
        except InvalidValue as error:
            left_out.append(Phrase("Row {number} is left out. {why}", number=row.number, why=error.sentence))
            continue
        seen[key] = row.number
        if there and edit.changes:
            differences.append(_difference(row, work.sites[site_uuid].label, there, edit))
            if row.number in kept_as_is:
                continue
        work.apply(edit)
        changes += (*new_image, *edit.changes)
        added += not there
        changed += bool(there and edit.changes)
    if not (changes or seen):
        raise InvalidValue(next(iter(left_out), Phrase("No row says what was seen: there is nothing to record.")))
    label = Phrase("Record {rows} of “{title}”", rows=counted(added + changed, "observation"), title=title)
    return RecordedRows(Edit(label, tuple(changes)).joined(Edit("", ())), added, changed, left_out, differences)


def _difference(row: SeenRow, site: str, before: Observation, edit: Edit) -> RowDifference:
    """The changes of a row to an observation, field by field."""
    after = next(change.after for change in edit.changes if change.uuid == before.uuid)
    assert isinstance(after, Observation)
    texts = [
        ("count", written_count(before.count_low, before.count_high), written_count(after.count_low, after.count_high)),
        *((name, str(getattr(before, name)), str(getattr(after, name))) for name in _TEXTS),
    ]
    return RowDifference(row.number, site, row.date, tuple(text for text in texts if text[1] != text[2]), before)


class _Sites:
    """Sites of a case by what a person writes for them: uuid, label or another name."""

    def __init__(self, document: Document) -> None:
        self._uuids = document.sites
        self._named: dict[str, dict[str, None]] = defaultdict(dict)
        for site in document.sites.values():
            if site.is_site:
                for name in (site.label, *(name for _language, name in site.aliases)):
                    self._named[folded(name)][site.uuid] = None

    def uuid_of(self, text: str) -> str:
        """Raises InvalidValue where no site has the name, or several have it."""
        if text in self._uuids:
            return text
        uuids = list(self._named.get(folded(text), ()))
        if not uuids:
            raise InvalidValue("The case has no site “{text}”.", text=text[:60])
        if len(uuids) > 1:
            raise InvalidValue(
                "{count} sites are called “{text}”: write the uuid of the one that is meant.",
                count=len(uuids),
                text=text[:60],
            )
        return uuids[0]


class _Images:
    """Images of a case and of its map, found by the date or the name in a row."""

    def __init__(self, document: Document, others: Sequence[Mapping[str, Any]], stated_image: str) -> None:
        self._document, self._stated_image = document, stated_image
        self._others: dict[str, Mapping[str, Any]] = {}
        for facts in others:
            key = facts.get("image_key") or image_key_of(
                *(facts.get(name, "") for name in ("product_id", "sha256", "service", "acquired_at"))
            )
            if key and document.links.image_of_key(key) is None:
                self._others[key] = {**facts, "image_key": key}

    def image_of(self, row: SeenRow, actor: str, now: str | None) -> tuple[Image, tuple[Change, ...]]:
        """The image of a row, and the changes that enter it where the case has none. Raises InvalidValue."""
        there, others = self._fitting(_is_named(row.image) if row.image else _is_of(row.date))
        if not (there or others or row.image):
            there, others = self._fitting(_holds(row.date))
        if len(there) + len(others) > 1:
            raise InvalidValue(
                "{count} images are of {date}: name the image in a column of its own.",
                count=len(there) + len(others),
                date=row.date,
            )
        if there:
            return next(iter(there.values())), ()
        known = known_image(self._document, actor=actor, now=now, **self._new_facts(row, list(others.values())))
        return known.image, known.changes

    def _fitting(
        self, fits: Callable[[Mapping[str, Any]], bool]
    ) -> tuple[dict[str, Image], dict[str, Mapping[str, Any]]]:
        """The images of the case, and facts of the others on the map, that fit; by their keys."""
        there = {image.image_key: image for image in self._document.images.values() if fits(image_facts_of(image))}
        return there, {key: facts for key, facts in self._others.items() if key not in there and fits(facts)}

    def _new_facts(self, row: SeenRow, others: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        if others:
            return others[0]
        if row.image:
            raise InvalidValue("The case has no image “{image}”.", image=row.image[:60])
        if not self._stated_image:
            raise InvalidValue("The case has no image of {date}.", date=row.date)
        kind = "instant" if len(row.date) >= _DAY_CHARS and "/" not in row.date else "interval"
        return {
            "service": self._stated_image,
            "layer_title": self._stated_image,
            "acquired_at": row.date,
            "date_kind": kind,
            "date_basis": "analyst",
        }


def image_facts_of(image: Image) -> Mapping[str, Any]:
    """The facts of an image by which a row finds it."""
    return {
        name: getattr(image, name) for name in ("image_key", "product_id", "layer_title", "acquired_at", "date_kind")
    }


def _is_named(text: str) -> Callable[[Mapping[str, Any]], bool]:
    wanted = folded(text)
    names = ("image_key", "product_id", "layer_title")
    return lambda facts: any(folded(str(facts.get(name) or "")) == wanted for name in names)


def _is_of(date: str) -> Callable[[Mapping[str, Any]], bool]:
    """A test for images of a date: of two days one may be told to the minute, but a month names no day in it."""

    def fits(facts: Mapping[str, Any]) -> bool:
        at = str(facts.get("acquired_at") or "")
        return at == date or (min(len(at), len(date)) >= _DAY_CHARS and (at.startswith(date) or date.startswith(at)))

    return fits


def _holds(date: str) -> Callable[[Mapping[str, Any]], bool]:
    """A test for images whose interval has a date in it: an image of 1990 for 31 December 1990."""
    wanted = span_of(date)

    def fits(facts: Mapping[str, Any]) -> bool:
        span = span_of(str(facts.get("acquired_at") or "")) if facts.get("date_kind") == "interval" else None
        return wanted is not None and span is not None and span.begin <= wanted.begin and wanted.end <= span.end

    return fits
