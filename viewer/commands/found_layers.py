"""What a file or a service becomes on the map: from a reader's probe to the edit that adds its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.services.naming import service_from_text
from viewer.commands.layers import add_layer


@dataclass(frozen=True)
class FoundLayer:
    """The arguments of `add_layer`, and where the layer is."""

    kind: str
    name: str
    source: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    bounds_lonlat: Bounds | None = None


def layers_of_service(text: str) -> list[FoundLayer]:
    """The layer of a tile template or of a name in the catalogue. Raises BadTemplate."""
    service = service_from_text(text)
    return [FoundLayer("tiles", service.title, service.to_json(), {"credit": service.attribution})]


def layers_of_probe(path: Path, header: dict[str, Any]) -> list[FoundLayer]:
    """The layers a probed file stands for; a delivery is one, a vector file may hold several tables.

    Raises CannotBePlaced where nothing says where on Earth the data are, NotReadable for a file that is cut short or a
    delivery without its bands.
    """
    if header["kind"] == "vector":
        return _tables(path, header["layers"], list(header.get("parts", ())))
    raster = header.get("raster")
    if raster is None:
        raise NotReadable(f"No band of {path.name} can be opened: look whether its files are all there.")
    if header.get("cut_short"):
        raise NotReadable(header["cut_short"])
    _check_placed(path, [raster])
    facts = {"credit": raster["credit"], "acquired_at": raster["acquired_at"], "date_kind": raster["date_kind"]}
    name = header["scene"]["title"] if header["kind"] == "scene" else path.stem
    return [FoundLayer("raster", name, {"path": str(path)}, facts, _bounds(raster))]


def edit_for(document: Document, layers: Sequence[FoundLayer], actor: str, style_json: str = "") -> Edit:
    """One edit that adds all layers, the first lowest. `style_json` is for each of them."""
    trial = Document({"layers": list(document.layers.values())})
    edits = []
    for layer in layers:
        edit = add_layer(trial, layer.kind, layer.name, layer.source, actor=actor, style_json=style_json, **layer.facts)
        trial.apply(edit)
        edits.append(edit)
    whole = edits[0]
    for edit in edits[1:]:
        whole = whole.joined(edit)
    return whole if len(edits) == 1 else Edit(f"Add {len(edits)} layers", whole.changes)


def _tables(path: Path, tables: list[dict[str, Any]], parts: list[str]) -> list[FoundLayer]:
    _check_placed(path, tables)
    alone = len(tables) + len(parts) == 1
    pictures = [FoundLayer("raster", f"{path.stem}: {part}", {"path": str(path), "part": part}) for part in parts]
    return pictures + [
        FoundLayer(
            "vector",
            path.stem if alone else f"{path.stem}: {table['name']}",
            {"path": str(path), "table": table["name"]},
            {},
            _bounds(table),
        )
        for table in tables
    ]


def _check_placed(path: Path, sources: list[dict[str, Any]]) -> None:
    if any(source["crs"] for source in sources):
        return
    problems = [problem for source in sources for problem in source["problems"] if "CRS" in problem]
    raise CannotBePlaced(
        problems[0] if problems else f"{path.name} does not say where it lies: it has no CRS. Give it a world file."
    )


def _bounds(facts: dict[str, Any]) -> Bounds | None:
    bounds = facts["bounds_lonlat"]
    return None if bounds is None else Bounds(*bounds)
