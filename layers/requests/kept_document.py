"""The question for the words of a document that a case keeps, and its answer: text, and what it says of itself."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from layers.requests.question import Question

MOST_CHARS = 400_000
"""Characters of one document that are read: about 150 dense pages."""
PAGE_BREAK = "\f"
"""Stands between two pages in the text of a document."""


class DocumentFacts(Struct, frozen=True):
    """The words of a document, and the citation fields that it states; empty ones are not stated, never guessed.

    Dates are as a case writes them.
    """

    text: str = ""
    """Its pages, with a `PAGE_BREAK` between two."""
    is_whole: bool = True
    """False where the text goes on beyond what was read."""
    pages_left: int = 0
    """Pages of a web archive whose words were not read, as they are damaged or packed in a way that is not known."""
    title: str = ""
    publisher: str = ""
    author: str = ""
    published_at: str = ""
    """The date of publication that a web page states."""
    made_at: str = ""
    """The date at which a file says that it was made, which is no date of publication."""
    url: str = ""
    captured_at: str = ""
    """The time at which a web archive says that it took the page."""


class ReadDocument(Question, frozen=True):
    """The words and citation fields of a PDF, an HTML file, a WARC or a WACZ. Header `DocumentFacts`."""

    op: ClassVar[str] = "document"
    content_type: str = ""
    name: str = ""
    """The name under which the case keeps it, for sentences."""

    @classmethod
    def facts_kind(cls) -> Any:
        return DocumentFacts
