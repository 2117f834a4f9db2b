"""Cures for a whole group of findings at once: the texts of their buttons and menus, and their edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from layers.document.edit import Edit
from layers.document.vocabulary import DATE_BASES
from layers.product.lint import groups
from layers.product.lint.groups import Group
from viewer.commands.cures import NO_REPLY, name_date_basis, record_no_answer, say_access_unknown
from viewer.commands.reviewing.reviews import review_rows
from viewer.panels.context import BULK_ROWS, PanelContext
from viewer.support.language.stored_words import capital
from viewer.support.language.translation import translate


class CureChoice(NamedTuple):
    """One entry of a cure's menu. `asks`: prompt of the line to fill in first; empty where there is none."""

    text: str
    value: str
    asks: str = ""


class BulkCure(NamedTuple):
    """The button of a cure and the entries of its menu; a single entry needs no menu."""

    text: str
    tip: str
    choices: tuple[CureChoice, ...]


def bulk_cure(group: Group) -> BulkCure | None:
    """The cure for all findings of a group; None where each must be corrected by itself."""
    rows = len(group.rows)
    match group.cure:
        case groups.REVIEW:
            text = translate("BulkCures", "Review {count} claims…", "Review {count} claim…", rows)
            if group.table == "sites":
                text = translate("BulkCures", "Review {count} marks…", "Review {count} mark…", rows)
            asks = translate("BulkCures", "Name of the reviewer; Enter reviews all")
            return BulkCure(
                text,
                translate("BulkCures", "Note by name who has reviewed them, as one step"),
                (CureChoice(text, "", asks),),
            )
        case groups.SAY_UNKNOWN:
            text = translate("BulkCures", "Say Unknown for All") if rows > 1 else translate("BulkCures", "Say Unknown")
            tip = translate("BulkCures", "Write in the source's descriptor that no date of access is recorded")
            return BulkCure(text, tip, (CureChoice(text, ""),))
        case groups.RECORD_ANSWER:
            text = translate("BulkCures", "Record for All…") if rows > 1 else translate("BulkCures", "Record…")
            return BulkCure(
                text, translate("BulkCures", "Record why there is no answer, for all of these claims"), _no_answers()
            )
        case groups.NAME_DATE_BASIS:
            text = translate("BulkCures", "Say for All…") if rows > 1 else translate("BulkCures", "Say…")
            bases = tuple(CureChoice(capital(basis), basis) for basis in DATE_BASES)
            return BulkCure(text, translate("BulkCures", "Say where the dates of these images are from"), bases)
    return None


def _no_answers() -> tuple[CureChoice, ...]:
    return (
        CureChoice(translate("BulkCures", "&Not asked"), "not asked"),
        CureChoice(translate("BulkCures", "None in the &source"), "none in source"),
        CureChoice(translate("BulkCures", "&Declined to answer"), "declined"),
        CureChoice(
            translate("BulkCures", "No &reply by a day…"),
            NO_REPLY,
            translate("BulkCures", "Day, as 2024-04-12; Enter records it"),
        ),
    )


def do_cure(context: PanelContext, group: Group, choice: str, typed: str) -> str:
    """Cure all rows of a group, as one undo step; returns the sentence on a refusal, empty for none.

    `choice`: key of the entry in the cure's menu. `typed`: text that the analyst filled in for it.
    """
    command, fields = _command(group, choice, typed)
    if len(group.rows) >= BULK_ROWS:
        context.do_for_many(translate("BulkCures", "Curing findings"), command, group.rows, **fields)
        return ""
    return context.attempt(command, list(group.rows), **fields)


def cured_words(group: Group) -> str:
    """Sentence on a cure that was applied, and on how to undo it."""
    sentence = translate("BulkCures", "Done for {0} in one step: Ctrl+Z in the main window takes it back.")
    return sentence.format(translate("BulkCures", "{count} rows", "{count} row", len(group.rows)))


def _command(group: Group, choice: str, typed: str) -> tuple[Callable[..., Edit], Mapping[str, Any]]:
    commands: dict[str, tuple[Callable[..., Edit], Mapping[str, Any]]] = {
        groups.REVIEW: (review_rows, {"table": group.table, "reviewer": typed}),
        groups.SAY_UNKNOWN: (say_access_unknown, {}),
        groups.RECORD_ANSWER: (record_no_answer, {"kind": choice, "made_at": typed}),
        groups.NAME_DATE_BASIS: (name_date_basis, {"basis": choice}),
    }
    return commands[group.cure]
