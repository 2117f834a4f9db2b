"""Reads the kept copies of the sources that a product cites, for its fact-check sheet. Blocks, in a job."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.source import SourceFile
from layers.errors import GeoloupeError
from layers.product.content import ProductContent
from layers.product.factcheck.kept_texts import KeptText, KeptTexts
from layers.project.saving.kept_bytes import ShareDone, no_progress
from layers.project.saving.kept_documents import WITH_WORDS, KeptDocuments
from viewer.support.language.translation import in_language

PAGED = "application/pdf"
"""Content type of the kept copies whose pages have numbers."""


def kept_texts(
    document: Document, content: ProductContent, documents: KeptDocuments, progress: ShareDone = no_progress
) -> KeptTexts:
    """The texts of the kept copies of all cited sources, by the uuid of the source. Raises what `progress` raises."""
    cited = {source.uuid for source in content.sources}
    rows = document.table("source_files").values()
    copies = [row for row in rows if isinstance(row, SourceFile) and row.source_uuid in cited]
    texts: dict[str, list[KeptText]] = {}
    for copy, facts in documents.read_all([row for row in copies if row.content_type in WITH_WORDS], progress):
        if isinstance(facts, GeoloupeError):
            kept = KeptText(copy.name, why_not=in_language(facts.sentence))
        else:
            is_whole = facts.is_whole and not facts.pages_left
            kept = KeptText(copy.name, facts.text, copy.content_type == PAGED, is_whole)
        texts.setdefault(copy.source_uuid, []).append(kept)
    return texts
