"""The things that a sheet has rows about: that of the rows in sight, a name for rows without one, and joins of two."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from layers.document.observation import Observation, target_key
from layers.observing.looked_for import LookedFor, things_looked_for
from viewer.commands.imagery.sheet_rows import name_target, unnamed_rows
from viewer.commands.observing.joined_things import join_things, rows_about
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


class ThingJoin(Struct, frozen=True):
    """A join that is offered: an observer's rows about a thing become rows about another one."""

    thing: LookedFor
    into: str


def joins_of(desk: SheetDesk) -> list[ThingJoin]:
    """The joins of the observer's rows: of other things with the one that is looked for.

    Rows that say no thing are joined with others, never the other way.
    """
    _shown, apart, _unnamed = things_of_sheet(desk)
    own = [LookedFor(thing.name, _own_rows(desk, thing.name)) for thing in apart]
    if desk.target:
        return [ThingJoin(thing, desk.target) for thing in own if thing.rows]
    unnamed = LookedFor("", _own_rows(desk, ""))
    return [ThingJoin(unnamed, thing.name) for thing in own if thing.rows and unnamed.rows]


def join_rows(desk: SheetDesk, join: ThingJoin) -> bool:
    """Join the rows as one step; False where that is refused."""
    sentence = desk.context.attempt(join_things, desk.sheet.sites, join.thing.name, join.into, observer=desk.observer)
    if sentence:
        return desk.refuse(sentence)
    desk.set_target(join.into)
    return True


def _own_rows(desk: SheetDesk, thing: str) -> int:
    document = desk.context.document
    return sum(len(rows_about(document, uuid, desk.observer, thing)) for uuid in desk.sheet.sites)


def _rows(desk: SheetDesk) -> Iterator[Observation]:
    """All rows of a sheet, whatever they are about."""
    return chain.from_iterable(desk.sheet.rows.values())
