"""The words and the metadata of a PDF, by PDFium: pages are never rendered, scripts and forms never begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pypdfium2

from layers.errors import NotReadable, UnsupportedFormat
from layers.readers.documents.clean_text import clean_field, clean_text
from layers.readers.documents.reading_budget import ReadingBudget
from layers.readers.documents.stated_dates import stated_date
from layers.requests.kept_document import PAGE_BREAK, DocumentFacts

MOST_PAGES = 3000
_MOST_ON_PAGE = 200_000
"""Characters of a page that are read; a dense page has 6,000."""


def read_pdf(source: str | bytes, name: str, budget: ReadingBudget) -> DocumentFacts:
    """Read the path or the bytes of a PDF. Raises UnsupportedFormat for one with a password, NotReadable."""
    try:
        with closing(pypdfium2.PdfDocument(source)) as document:
            pages = list(_pages(document, budget))
            stated = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnsupportedFormat("{name} is locked by a password: its words are not read.", name=name) from error
        raise NotReadable("{name} is no whole PDF: its words are not read.", name=name) from error
    return DocumentFacts(
        text=PAGE_BREAK.join(pages),
        is_whole=not budget.was_cut,
        title=clean_field(stated.get("Title", "")),
        author=clean_field(stated.get("Author", "")),
        made_at=stated_date(stated.get("CreationDate", "")),
    )


def _pages(document: pypdfium2.PdfDocument, budget: ReadingBudget) -> Iterator[str]:
    """Yield the text of each page; of a damaged one an empty text."""
    count = len(document)
    budget.was_cut = budget.was_cut or count > MOST_PAGES
    for number in range(min(count, MOST_PAGES)):
        if number and budget.is_spent:
            return
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as words:
                count_chars = words.count_chars()
                text = words.get_text_range(0, min(count_chars, _MOST_ON_PAGE)) if count_chars > 0 else ""
        except pypdfium2.PdfiumError:
            text = ""
        yield budget.text(clean_text(text))
