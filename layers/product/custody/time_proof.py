"""Proofs of time kept beside a copy of a source: OpenTimestamps or RFC 3161. They are carried, not verified."""

from __future__ import annotations

import base64
import hashlib
import json

from msgspec import Struct
from msgspec.structs import asdict, replace

from layers.document.json_fields import json_object
from layers.document.source import SourceFile
from layers.errors import InvalidValue
from layers.phrase import Phrase

MOST_PROOFS = 8


class TimeProof(Struct, frozen=True):
    """One proof; `data` are its bytes in base64."""

    name: str
    sha256: str = ""
    added_at: str = ""
    data: str = ""


def proofs_of(copy: SourceFile) -> list[TimeProof]:
    """The proofs of time beside a copy; odd entries are left out."""
    if not copy.proof_json:
        return []
    try:
        members = json_object(copy.proof_json, Phrase("The proof of time")).get("proofs")
    except InvalidValue:
        return []
    proofs: list[TimeProof] = []
    for member in members if isinstance(members, list) else []:
        if isinstance(member, dict) and isinstance(member.get("name"), str):
            texts = [member.get(name) for name in ("sha256", "added_at", "data")]
            proofs.append(TimeProof(member["name"], *(text if isinstance(text, str) else "" for text in texts)))
    return proofs[:MOST_PROOFS]


def with_proof(copy: SourceFile, name: str, data: bytes, added_at: str) -> SourceFile:
    """A copy with one more proof beside it, once however often it is added. Raises InvalidValue for too many."""
    proofs = proofs_of(copy)
    sha256 = hashlib.sha256(data).hexdigest()
    if any(proof.sha256 == sha256 for proof in proofs):
        return copy
    if len(proofs) >= MOST_PROOFS:
        raise InvalidValue("{name} is not kept: there are {most} proofs of time already.", name=name, most=MOST_PROOFS)
    proofs.append(TimeProof(name, sha256, added_at, base64.b64encode(data).decode("ascii")))
    return replace(copy, proof_json=json.dumps({"proofs": [asdict(proof) for proof in proofs]}))
