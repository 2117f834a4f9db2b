"""The next step with an entry of imagery: what the button says, what it does, and whom it contacts."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from layers.services.features.feature_question import is_of_features
from viewer.panels.imagery.entry_rows import EntryRow
from viewer.panels.imagery.offer_source import ImageryNetwork
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate


class Doing(Enum):
    """Effects of the button."""

    ADD = 1
    """Add the layer of tiles."""
    OPEN = 2
    """Hand the entry to whoever opens its kind: search an archive, fetch features, add one large picture."""
    ASK = 3
    """Ask the server what it offers."""
    NOTHING = 4


class NextStep(Struct, frozen=True):
    """The step: `verb` is the text of the button, `contact` says whom it contacts."""

    doing: Doing
    verb: str
    contact: str = ""
    is_possible: bool = True


def step_of(row: EntryRow | None, network: ImageryNetwork, awaited: str, *, is_agreed: bool) -> NextStep:
    """The next step with a row of the list.

    row: the chosen one, None for none
    network: the ways to the network
    awaited: the address that has not answered yet; empty for none
    is_agreed: False while a licence waits for the analyst's word
    """
    if row is None:
        return NextStep(Doing.NOTHING, translate("Imagery", "Add"), is_possible=False)
    hosts = one_line(", ".join(row.hosts), 200)
    is_known = all(map(network.permits, row.hosts))
    step = _step(row, network, awaited, is_known=is_known, is_agreed=is_agreed)
    return NextStep(step.doing, step.verb, step.contact.replace("%1", hosts), step.is_possible)


def _step(row: EntryRow, network: ImageryNetwork, awaited: str, *, is_known: bool, is_agreed: bool) -> NextStep:
    entry, add = row.entry, translate("Imagery", "Add")
    if entry.service is not None:
        words = _fetching(is_known=is_known)
        return NextStep(Doing.ADD, add, words, is_agreed)
    if row.picture:
        return NextStep(Doing.ADD, add, _fetching(is_known=is_known))
    if row.item is not None:
        words = translate("Imagery", "It cannot be drawn.")
        return NextStep(Doing.NOTHING, add, in_language(row.item.picture.sentence or words), is_possible=False)
    if awaited and awaited == entry.address:
        words = translate("Imagery", "%1 is asked…")
        return NextStep(Doing.NOTHING, translate("Imagery", "Ask"), words, is_possible=False)
    if _is_opened_whole(row):
        return _opening(row, network, is_known=is_known)
    if row.layer is not None:
        return NextStep(Doing.NOTHING, add, translate("Imagery", "It cannot be drawn."), is_possible=False)
    if is_known:
        verb = translate("Imagery", "Ask")
        words = translate("Imagery", "Press the button to ask %1 what it offers.")
    else:
        verb = translate("Imagery", "Allow and Ask")
        words = translate("Imagery", "Press the button to allow %1 and ask what it offers. Nothing is sent before.")
    return NextStep(Doing.ASK, verb, words, network.offers is not None)


def _opening(row: EntryRow, network: ImageryNetwork, *, is_known: bool) -> NextStep:
    entry = row.entry
    verb = translate("Imagery", "Search Archive…") if entry.role == "archive" else translate("Imagery", "Add")
    if network.opener(entry) is None:
        words = translate("Imagery", "This can be listed, but not opened yet.")
        return NextStep(Doing.NOTHING, verb, words, is_possible=False)
    if entry.role == "vectors":
        words = translate("Imagery", "Adding it fetches what lies in the view, once: %1 learns where you look.")
    elif entry.role != "archive":
        words = _fetching(is_known=is_known)
    elif is_known:
        words = translate("Imagery", "Searching it asks %1.")
    else:
        words = translate("Imagery", "Nothing is sent to %1 yet.")
    return NextStep(Doing.OPEN, verb, words)


def _fetching(*, is_known: bool) -> str:
    if is_known:
        return translate("Imagery", "It comes from %1, which learns where you look.")
    return translate("Imagery", "Adding it allows Geoloupe to contact %1, which learns where you look.")


def _is_opened_whole(row: EntryRow) -> bool:
    """True for an archive, one layer of features, or one large picture; False for what is drawn or has to be asked."""
    entry = row.entry
    return entry.role == "archive" or _is_features(row) or entry.kind in ("cog", "pmtiles")


def _is_features(row: EntryRow) -> bool:
    """True for one layer of features, also of my list; False for a server of them, which has to be asked."""
    if row.entry.role != "vectors":
        return False
    return bool(row.layer.address) if row.layer is not None else is_of_features(row.entry.kind, row.entry.address)
