"""The terms of a layer that a host serves: as the analyst states them, and else as its service states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.layer import FORBIDDEN, Layer
from layers.phrase import Phrase
from layers.services.address_keys import split_key
from layers.services.features.feature_origin import origin_of
from layers.services.terms import states_terms

LONGEST_ADDRESS = 2000


class Terms(Struct, frozen=True):
    """Terms of use in words. `export`, one of EXPORT_CHOICES: whether files may show it; empty: not known."""

    licence: str = ""
    link: str = ""
    """Address of the terms."""
    credit: str = ""
    provider: str = ""
    export: str = ""

    @property
    def are_stated(self) -> bool:
        """True where anybody has said on what terms it may be used."""
        return states_terms(self.licence) or bool(self.export)


def is_served(layer: Layer) -> bool:
    """True for tiles, for an image on a host, and for features that a host has sent."""
    source = layer.source
    return layer.kind == "tiles" or "address" in source or origin_of(source) is not None


def terms_of_service(source: Mapping[str, Any]) -> Terms:
    """The terms as the service states them, kept in the source of its layer."""
    origin = origin_of(source)
    if origin is not None:
        question = origin.question
        return Terms(question.licence, credit=question.attribution, provider=question.attribution)
    may_export = source.get("may_export")
    return Terms(
        licence=_text(source, "licence"),
        link=_text(source, "link"),
        credit=_text(source, "attribution"),
        provider=_text(source, "operator"),
        export=FORBIDDEN if may_export is False else "",
    )


def terms_of(layer: Layer) -> Terms:
    """The terms of a layer: what the analyst states comes first."""
    service = terms_of_service(layer.source)
    return Terms(
        licence=layer.own_licence or service.licence,
        link=layer.own_link or service.link,
        credit=layer.credit or service.credit,
        provider=layer.provider or service.provider,
        export=layer.own_export or service.export,
    )


def may_leave(layer: Layer) -> bool:
    """False where the terms of its service forbid that a file or a copied picture shows it."""
    return terms_of(layer).export != FORBIDDEN


def chip_may_leave(chip: Chip, document: Document) -> bool:
    """False for a chip of an image that may not leave as its layer stands now, whenever the chip was kept."""
    image = document.images.get(chip.image_uuid)
    layers = (document.layers.get(uuid) for uuid in (chip.layer_uuid, image.layer_uuid if image is not None else ""))
    return all(layer is None or may_leave(layer) for layer in layers)


def withheld_words(layer: Layer) -> Phrase:
    """The sentence on a layer that is left out of a file."""
    return Phrase(
        "“{name}” is left out: the terms of its service do not allow its pictures in a file.", name=layer.name[:60]
    )


def service_address(source: Mapping[str, Any]) -> str:
    """The address of the service of a layer, without a key: of its description, else of its tiles or its file.

    Empty for a layer that no host serves.
    """
    for name in ("capabilities", "template", "address"):
        address = split_key(_text(source, name)).address
        if address.lower().startswith(("http://", "https://")):
            return address[:LONGEST_ADDRESS]
    return ""


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""
