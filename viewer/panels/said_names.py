"""Names of the people in the stamps of rows; a login name is never shown, as it is no person's name.

Rows are stamped with stated names only. Earlier versions took the login name where none was stated.
"""

from __future__ import annotations

import getpass

from layers.document.document import Document
from layers.time.written_dates import written_moment
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

LONGEST_NAME = 80


def said_name(who: str, document: Document | None = None) -> str:
    """The name `who` on one line; for the login name that of the author of the case, or empty text."""
    if who.strip() and not is_login_name(who):
        return one_line(who, LONGEST_NAME)
    return one_line(document.meta("author"), LONGEST_NAME) if who.strip() and document is not None else ""


def is_login_name(who: str) -> bool:
    """True for the name under which this computer knows its user, letter by letter."""
    try:
        return who.strip() == getpass.getuser().strip()
    except (OSError, KeyError, ImportError):  # it knows none
        return False


def stamp_words(when: str, who: str, document: Document) -> str:
    """A stamp in words, of its time in ISO 8601 and its name: "30 November 2026, 01:54, by Anna Lind"."""
    parts = (one_line(written_moment(when), 40), _by(said_name(who, document)))
    return ", ".join(filter(None, parts))


def _by(name: str) -> str:
    return translate("Stamps", "by {0}").format(name) if name else ""
