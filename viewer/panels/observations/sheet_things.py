"""The things that a sheet has rows about, which of them its rows in sight are about, and a name for those without."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from layers.document.observation import Observation, target_key
from layers.observing.looked_for import LookedFor, things_looked_for
from viewer.commands.imagery.sheet_rows import name_target, unnamed_rows
from viewer.panels.observations.sheet_desk import SheetDesk


def things_of_case(desk: SheetDesk) -> tuple[LookedFor, ...]:
    """All things that are looked for: first those that the listed sites have rows about, then those of the case."""
    shows, document = desk.context.look.shows, desk.context.document
    here = things_looked_for(filter(shows, _rows(desk)))
    names = {target_key(thing.name) for thing in here}
    others = things_looked_for(filter(shows, document.observations.values()))
    things = (*here, *(thing for thing in others if target_key(thing.name) not in names))
    return tuple(sorted(things, key=lambda thing: not thing.name))


def things_of_sheet(desk: SheetDesk) -> tuple[LookedFor, tuple[LookedFor, ...], int]:
    """The thing of the rows in sight, those with rows apart, and the number of the observer's rows to be named."""
    wanted, document = target_key(desk.target), desk.context.document
    rows = filter(desk.context.look.shows, _rows(desk))
    things = {target_key(thing.name): thing for thing in things_looked_for(rows)}
    shown = things.pop(wanted, LookedFor(desk.target, 0))
    unnamed = 0
    if wanted and "" in things:
        unnamed = sum(len(unnamed_rows(document, uuid, desk.observer, desk.target)) for uuid in desk.sheet.sites)
    return shown, tuple(things.values()), unnamed


def name_rows(desk: SheetDesk) -> bool:
    """Name what the observer's rows without a thing are about; False where that is refused."""
    sentence = desk.context.attempt(name_target, desk.sheet.sites, desk.target, observer=desk.observer)
    return desk.refuse(sentence) if sentence else True


def _rows(desk: SheetDesk) -> Iterator[Observation]:
    """All rows of a sheet, whatever they are about."""
    return chain.from_iterable(desk.sheet.rows.values())
