"""Searches of archives in words: the collections that are offered, how far a search is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from layers.observing.archive_question import COLLECTIONS
from viewer.network.consent import host_of
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.words import no_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

SHOWN_PROBLEMS, MOST_NAMED = 3, 3


def search_words(search: ArchiveSearch) -> str:
    """State of a search in words: "12 of 40 scenes", that none is listed, that none came, or why it failed."""
    if search.failure:
        return in_language(search.failure)
    count = search.count
    words = translate("ArchiveWords", "{count} scenes", "{count} scene", count) + _limits(search)
    if search.is_under_way:  # what is amiss is said once it is certain
        return translate("ArchiveWords", "Searching… {0}").format(words)
    if search.is_complete and not count:
        words = _none_words(search)
    elif search.is_complete:
        words = translate("ArchiveWords", "{0}: all such that the archive lists, on the time strip.").format(words)
    elif not count:
        words = _none_came_words(search)
    else:
        words = translate("ArchiveWords", "{0} of {1}, on the time strip.").format(words, _matched(search))
    return " ".join([words, *map(in_language, search.problems[:SHOWN_PROBLEMS])])


def evidence_words(search: ArchiveSearch) -> str:
    """The same of a search that has ended, as the case keeps it: which archive lists what."""
    count, limits = search.count, _limits(search)
    words = translate("ArchiveWords", "{count} scenes", "{count} scene", count) + limits
    if search.is_complete and not count:
        words = translate("ArchiveWords", "no scene{0} for this place and time.").format(limits)
    elif search.is_complete:
        words = translate("ArchiveWords", "{0}, all such that it lists.").format(words)
    else:
        words = translate("ArchiveWords", "{0} of {1}.").format(words, _matched(search))
    name = one_line(search.title, 80) or host_of(search.address) or translate("ArchiveWords", "Folder of scenes")
    return " ".join([f"{name}: {words}", *map(in_language, search.problems[:SHOWN_PROBLEMS])])


def _none_words(search: ArchiveSearch) -> str:
    return translate("ArchiveWords", "The archive lists no scene{0} for this place and time.").format(_limits(search))


def _none_came_words(search: ArchiveSearch) -> str:
    """Words for a search that broke off, or was stopped, before a scene came: that tells nothing of the place."""
    if search.matched:
        return translate(
            "ArchiveWords", "No scene came, though the archive states {0}: what it has of this place is not known."
        ).format(search.matched)
    return translate("ArchiveWords", "No scene came before the search ended: what the archive has is not known.")


def _matched(search: ArchiveSearch) -> str:
    return search.matched or translate("ArchiveWords", "an unknown number")


def kept_words(sites: Sequence[str]) -> str:
    """A sentence on where a search that was kept can be seen; `sites` are the names of those that it was about."""
    if not sites:
        return translate(
            "ArchiveWords",
            "Kept in the case as evidence: a product that shows marks on this ground says so among its caveats.",
        )
    names = ", ".join(one_line(name, 40) or no_name() for name in sites[:MOST_NAMED]) + (
        ", …" if len(sites) > MOST_NAMED else ""
    )
    return translate(
        "ArchiveWords", "Kept in the case as evidence: a product that shows {0} says so among its caveats."
    ).format(names)


def _limits(search: ArchiveSearch) -> str:
    """The limits of a question in words, for an answer that must not be taken for one without them."""
    question = search.question
    parts = [f" ({in_language(COLLECTIONS.get(name, name))})" for name in question.collections]
    if question.max_cloud is not None:
        limit = f"{question.max_cloud:.0f}"
        parts.append(translate("ArchiveWords", " with at most {0} % of cloud or without a figure").format(limit))
    return "".join(parts)
