"""The words of a document that a case keeps, by its kind: PDF, HTML, WARC or WACZ."""

from __future__ import annotations

import os
from typing import Any

from layers.decoding import encoded
from layers.errors import UnsupportedFormat
from layers.readers.documents.html_words import MOST_BYTES, read_html
from layers.readers.documents.pdf_words import read_pdf
from layers.readers.documents.reading_budget import ReadingBudget
from layers.readers.documents.web_archive import read_wacz, read_warc
from layers.readers.files import regular_file
from layers.requests.kept_document import DocumentFacts, ReadDocument


def read_document(question: ReadDocument) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Answer with `DocumentFacts`. Raises UnsupportedFormat for other kinds, TooLarge, NotReadable."""
    path = regular_file(question.path)
    name = question.name or os.path.basename(path)
    return encoded(_facts(path, question.content_type, name)), ()


def _facts(path: str, content_type: str, name: str) -> DocumentFacts:
    budget = ReadingBudget()
    match content_type:
        case "application/pdf":
            return read_pdf(path, name, budget)
        case "text/html":
            with open(path, "rb") as file:
                return read_html(file.read(MOST_BYTES + 1), budget)
        case "application/wacz":
            return read_wacz(path, name, budget)
        case "application/warc" | "application/warc+gzip":
            return read_warc(path, name, budget)
        case _:
            raise UnsupportedFormat("{name} holds no words that can be read.", name=name)
