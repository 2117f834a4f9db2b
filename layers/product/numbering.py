"""Numbers of marks in the key of a product. Once it is issued they never change, in any later version."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from layers.document.document import Document
from layers.document.json_fields import json_object
from layers.document.rows import Product
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.judging.reissue import JUDGED

MOST_NUMBERS, HIGHEST = 100_000, 1_000_000
WHOLE = "whole"
"""The member of `numbers_json` for claims that were printed with their answers and sources."""
_WHAT = Phrase("The numbers of the product")


def read_numbers(text: str) -> dict[str, int]:
    """Read uuids of marks and their numbers from `numbers_json`. Odd members count as not stated.

    A number that occurs twice belongs to the first mark.
    """
    try:
        data = json_object(text, _WHAT).get("numbers")
    except InvalidValue:
        return {}
    numbers: dict[str, int] = {}
    in_use: set[int] = set()
    for uuid, number in list(data.items())[:MOST_NUMBERS] if isinstance(data, dict) else ():
        if type(number) is int and 0 < number <= HIGHEST and number not in in_use:
            numbers[uuid] = number
            in_use.add(number)
    return numbers


def numbers_json(
    numbers: Mapping[str, int],
    digests: Mapping[str, str] | None = None,
    judgements: Mapping[str, Sequence[Any]] | None = None,
    whole: Sequence[str] = (),
) -> str:
    """Text for `numbers_json`; `read_numbers` gives back an equal value.

    `digests`: of the printed rows, by uuid. `judgements`: those that were printed, by uuid of their claim. `whole`:
    uuids of claims that were printed with their answers and sources.
    """
    data: dict[str, Mapping[str, Any] | Sequence[str]] = {"numbers": dict(numbers)} if numbers else {}
    if digests:
        data["printed"] = dict(digests)
        data[WHOLE] = list(whole)
    if judgements:
        data[JUDGED] = dict(judgements)
    return json.dumps(data) if data else ""


def issued_numbers(document: Document, product: Product | None) -> dict[str, int]:
    """The issued numbers of a product: those of itself and of every version before it, the older ones first.

    The number of a removed mark stays taken, so that nobody with an old print is misled.
    """
    line: list[Product] = []
    rows, seen = document.table("products"), set[str]()
    while product is not None and product.uuid not in seen:
        seen.add(product.uuid)
        line.append(product)
        before = rows.get(product.previous_uuid)
        product = before if isinstance(before, Product) else None
    numbers: dict[str, int] = {}
    for version in reversed(line):
        in_use = set(numbers.values())
        new = read_numbers(version.numbers_json)
        numbers |= {uuid: number for uuid, number in new.items() if uuid not in numbers and number not in in_use}
    return numbers


def numbered(
    uuids: Iterable[str], own: Mapping[str, int] | None = None, issued: Mapping[str, int] | None = None
) -> dict[str, int]:
    """A number for each of these marks, in their order.

    One that was issued keeps it; then `own` (of numbered markers) hold where they are free; the rest get the lowest
    ones that no other mark has, or had in an issued version.
    """
    order = list(dict.fromkeys(uuids))
    kept = issued or {}
    numbers = {uuid: kept[uuid] for uuid in order if uuid in kept}
    in_use = set(kept.values())
    for uuid in order:
        number = (own or {}).get(uuid)
        if uuid not in numbers and number is not None and 0 < number <= HIGHEST and number not in in_use:
            numbers[uuid] = number
            in_use.add(number)
    return _filled(order, numbers, in_use)


def _filled(order: Iterable[str], numbers: Mapping[str, int], in_use: Collection[int]) -> dict[str, int]:
    free = _free_numbers(in_use)
    return {uuid: numbers[uuid] if uuid in numbers else next(free) for uuid in order}


def _free_numbers(in_use: Collection[int]) -> Iterator[int]:
    return iter(number for number in range(1, HIGHEST + MOST_NUMBERS) if number not in in_use)
