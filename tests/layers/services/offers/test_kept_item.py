"""The item beside a pack: as the catalogue sent it, without signatures, and with the pack among its assets."""

from __future__ import annotations

import json

import pytest

from layers.errors import NotReadable
from layers.services.offers.kept_item import PACK_ASSET, kept_item

SIGNED = "https://files.example/a.tif?se=2026-03-01&sp=r&sv=2021&sr=b&sig=abc%2Fdef"
ITEM = {
    "type": "Feature",
    "id": "a",
    "properties": {"datetime": "2026-03-01T00:00:00Z", "note": "sig=abc is a word"},
    "links": [{"rel": "self", "href": SIGNED}],
    "assets": {"visual": {"href": SIGNED, "alternate": {"s3": {"href": SIGNED}}}, "odd": None},
}


def test_no_signature_stays_and_the_pack_is_an_asset() -> None:
    text = kept_item(json.dumps(ITEM).encode(), "a b.tif").decode()
    assert "abc%2Fdef" not in text
    item = json.loads(text)
    assert item["assets"].pop(PACK_ASSET)["href"] == "./a b.tif"
    assert item["assets"]["visual"]["href"] == "https://files.example/a.tif"
    assert item["properties"] == ITEM["properties"]


@pytest.mark.parametrize(
    "end", ["?api_key=Kq7vZ9sT2w", "?token=Kq7vZ9sT2w", "?X-Amz-Signature=Kq7vZ9sT2w&X-Amz-Date=1"]
)
@pytest.mark.parametrize("login", ["", "ann:Kq7vZ9sT2w@", "Kq7vZ9sT2w@"])
def test_w25_no_key_or_login_of_an_address_stays(end: str, login: str) -> None:
    item = ITEM | {"links": [{"rel": "self", "href": f"https://{login}files.example/a.json{end}"}]}
    text = kept_item(json.dumps(item).encode(), "a.tif").decode()
    assert "Kq7vZ9sT2w" not in text
    assert json.loads(text)["links"][0]["href"] == "https://files.example/a.json"


@pytest.mark.parametrize("document", [b"", b"<html/>", b"[]", b'{"id": "a"}', b'{"assets": []}'])
def test_what_is_no_item_is_refused(document: bytes) -> None:
    with pytest.raises(NotReadable):
        kept_item(document, "a.tif")
