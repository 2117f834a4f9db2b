"""Leaves layers out of pictures whose terms do not allow a file that shows them."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer_terms import may_leave, withheld_words


def leave_withheld_out(document: Document) -> list[str]:
    """Remove layers that may not leave from a document that is only drawn; returns a sentence on each that was shown.

    They are removed, not hidden: nothing of them is fetched either.
    """
    withheld = [layer for layer in document.layers_in_order() if not may_leave(layer)]
    if withheld:
        document.apply(Edit("Leave layers out", tuple(Change("layers", layer, None) for layer in withheld)))
    return [withheld_words(layer) for layer in withheld if layer.visible]
