"""An image that evidence rests on: one row for each, with the same key on every computer."""

from __future__ import annotations

from layers.document.rows import Row


class Image(Row, frozen=True, kw_only=True):
    """`image_key` is the product id, else the hash of the content, else service and date (`image_key_of`).

    `layer_uuid` is the layer that showed it here; `service` also tells the date that was asked for where the server may
    have drawn another one; `gsd_m` is the ground size of a pixel as its metadata state it.
    """

    image_key: str
    layer_uuid: str = ""
    layer_title: str = ""
    product_id: str = ""
    sha256: str = ""
    service: str = ""
    sensor: str = ""
    acquired_at: str = ""
    date_kind: str = "unknown"
    date_basis: str = ""
    gsd_m: float | None = None
    placement_note: str = ""
    credit: str = ""
    licence: str = ""
    datum: str = ""


def image_key_of(product_id: str = "", sha256: str = "", service: str = "", acquired_at: str = "") -> str:
    """The key of an image from its known facts; empty where none of them identifies it.

    Without a date two days of a service are one image: nobody could tell them apart.
    """
    if product_id.strip():
        return f"product:{product_id.strip()}"
    if sha256:
        return f"sha256:{sha256.lower()}"
    return f"service:{service}@{acquired_at}" if service else ""
