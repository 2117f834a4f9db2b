"""Metadata files beside images, read with bounds: bytes, XML without entities, JSON. Nobody vouches for their text."""

from __future__ import annotations

import json
import os
from typing import Any
from xml.etree.ElementTree import Element

from layers.errors import NotAllowed, NotReadable, TooLarge
from layers.readers.files import regular_file
from layers.readers.guards.archive import member_bytes
from layers.text import guarded_xml

MAX_TEXT_BYTES = 4 * 2**20
MAX_JSON_BYTES = 16 * 2**20


def read_sidecar(path: str, limit: int = MAX_TEXT_BYTES, member: str = "") -> bytes:
    """All bytes of a regular file, or of a member of an archive.

    Raises what `regular_file` raises, TooLarge, NotAllowed, NotReadable for a damaged archive.
    """
    path = regular_file(path)
    if member:
        return member_bytes(path, member, limit)
    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise NotAllowed("{name} may not be read: {strerror}.", name=name, strerror=error.strerror or error) from error
    if len(data) > limit:
        raise TooLarge(
            "{name} is too large for a metadata file: at most {limit} MB are read.", name=name, limit=limit // 2**20
        )
    return data


def read_text(path: str, member: str = "") -> str:
    """The text of a metadata file, whatever its bytes. Raises as `read_sidecar`."""
    return read_sidecar(path, member=member).decode("utf-8", "replace")


def read_json(path: str, member: str = "") -> dict[str, Any]:
    """The object in a JSON file. Raises as `read_sidecar`, and NotReadable where there is none."""
    data = read_sidecar(path, MAX_JSON_BYTES, member)
    name = os.path.basename(member or path)
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotReadable("{name} is not JSON: it cannot be understood.", name=name) from error
    if not isinstance(content, dict):
        raise NotReadable("{name} holds no JSON object: it cannot be understood.", name=name)
    return content


def read_xml(path: str, member: str = "") -> Element:
    """The root of an XML file, names without their namespaces.

    Raises as `read_sidecar`, and NotReadable for what is not well formed, declares a DOCTYPE or entities, or is nested
    or multiplied beyond any sense.
    """
    data = read_sidecar(path, guarded_xml.DESCRIPTION.size, member)
    return parse_xml(data, os.path.basename(member or path))


def parse_xml(data: bytes, name: str) -> Element:
    """See `read_xml`; `name` is for the error's sentence."""
    try:
        root = guarded_xml.parse_xml(data)
    except guarded_xml.BadXml as error:
        raise NotReadable("{name} cannot be understood: {error}.", name=name, error=error) from error
    for element in root.iter():
        element.tag = _local(element.tag)
    return root


def _no_number(text: str) -> None:
    """Replace NaN and infinities, which JSON does not have, by null."""


def _local(name: str) -> str:
    return name.rpartition(":")[2]
