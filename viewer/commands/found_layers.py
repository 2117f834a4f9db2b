"""Makes layers of files and services: from a reader's probe to the edit that adds them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct, field
from msgspec.structs import replace

from layers.decoding import encoded
from layers.disk.content_mark import KEY, ContentMark
from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.geo.crs_catalog import fit_of
from layers.phrase import Phrase
from layers.requests.addresses import name_of
from layers.requests.probed import Picture, Probed
from layers.services.naming import service_from_text
from layers.services.tile_service import TileService
from layers.services.times.release_days import release_day
from layers.services.times.time_steps import written_time
from layers.text.counted import counted, grouped
from viewer.commands.layers import add_layer
from viewer.commands.unplaced import PlaceQuestion, question_of_raster, question_of_tables
from viewer.support.language.text import one_line


class FoundLayer(Struct, frozen=True):
    """The arguments of `add_layer`, and the place of the layer."""

    kind: str
    name: str
    source: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    bounds_lonlat: Bounds | None = None
    details: tuple[str, str] = ("", "")
    """The kind of geometry and the number of features, in words."""
    question: PlaceQuestion | None = None
    """The question about a missing place, asked before the layer is added; layers of one file share theirs."""
    is_alternative: bool = False
    """True for one of many pictures in a file, which are rarely all wanted."""

    def placed(self, crs: str) -> FoundLayer:
        """The layer with the answer to its question: a CRS, or `PIXEL_SPACE`. Raises BadCRS."""
        bounds = self.question.bounds if self.question is not None else None
        lonlat = None if crs == PIXEL_SPACE or bounds is None else fit_of(crs, bounds).bounds_lonlat
        return replace(self, facts={**self.facts, "crs": crs}, bounds_lonlat=lonlat, question=None)


def layers_of_service(text: str) -> list[FoundLayer]:
    """The layer of a tile template, or of a service by its name in the catalogue. Raises BadTemplate."""
    return [layer_of_service(service_from_text(text))]


def layer_of_service(service: TileService) -> FoundLayer:
    """The layer of a service, at its time where it has one."""
    facts = {"credit": service.attribution, **dates_of_service(service, service.title)}
    return FoundLayer("tiles", service.title, encoded(service), facts)


def dates_of_service(service: TileService, title: str, undated: str = "unknown") -> dict[str, str]:
    """The date of a service's layer, with its kind. `title`: its name, which may tell the day of a release.

    `undated`: the kind where it tells nothing.
    """
    if service.is_dated:
        return {"acquired_at": written_time(service.time), "date_kind": service.date_kind}
    released = release_day(title)
    if released:
        return {"acquired_at": released, "date_kind": "published", "date_basis": "catalogue"}
    return {"date_kind": undated}


def layer_at(address: str) -> FoundLayer:
    """The layer of a COG on a host before anything was asked of it: what it holds, its drawing finds out."""
    name = name_of(address)
    return FoundLayer("raster", name.rpartition(".")[0] or name, {"address": address})


def layers_of_address(address: str, probed: Probed) -> list[FoundLayer]:
    """The layer of a probed file on a host. Raises as `layers_of_probe`."""
    layers = layers_of_probe(Path(name_of(address)), probed)
    return [replace(layer, source={"address": address}) for layer in layers[:1]]


def layers_of_probe(path: Path, probed: Probed, options: dict[str, Any] | None = None) -> list[FoundLayer]:
    """The layers of a probed file; a delivery is one, a vector file may hold several tables.

    `options` say how it was read. A layer whose place on Earth is missing or contradictory comes with a question.
    Raises CannotBePlaced where no answer would help, NotReadable for a file that is cut short or a delivery without its
    bands.
    """
    return [_marked(layer, probed.content) for layer in _layers_of_probe(path, probed, options or {})]


def _marked(layer: FoundLayer, mark: ContentMark | None) -> FoundLayer:
    """The layer with marks of its content, by which its file is recognised after a move."""
    return layer if mark is None else replace(layer, source={**layer.source, KEY: encoded(mark)})


def _layers_of_probe(path: Path, probed: Probed, options: dict[str, Any]) -> list[FoundLayer]:
    if probed.kind == "vector":
        return _tables(path, probed, options)
    raster, scene = probed.raster, probed.scene
    if raster is None:
        raise NotReadable("No band of {name} can be opened: look whether its files are all there.", name=path.name)
    if probed.cut_short:
        raise NotReadable(probed.cut_short)
    bands = () if scene is None else scene.bands
    question = question_of_raster(path.name, raster, all(len(band.paths) == 1 for band in bands))
    facts = {"credit": raster.credit, "acquired_at": raster.acquired_at, "date_kind": raster.date_kind}
    name = path.stem if scene is None else scene.title
    layer = FoundLayer("raster", name, {"path": str(path)}, facts, raster.bounds_lonlat, question=question)
    if len(probed.pictures) < 2:
        return [layer]
    ends = Counter(_last_name(picture) for picture in probed.pictures)
    return [_picture(path, layer, picture, ends[_last_name(picture)] == 1) for picture in probed.pictures]


def _last_name(picture: Picture) -> str:
    return picture.part.rpartition("/")[2]


def _picture(path: Path, first: FoundLayer, picture: Picture, is_unlike: bool) -> FoundLayer:
    """One picture of a file that holds several, which may lie in different places.

    Its groups are in its name only where another picture has the same name.
    """
    return replace(
        first,
        name=f"{first.name}: {_last_name(picture) if is_unlike else picture.part}",
        source={**first.source, "part": picture.part},
        bounds_lonlat=picture.bounds_lonlat,
        details=(picture.words, ""),
        question=question_of_raster(path.name, picture, True),
        is_alternative=True,
    )


def chosen_unasked(layers: list[FoundLayer]) -> list[FoundLayer]:
    """Layers of one file that are added where nobody can be asked: all, but only the first of alternatives."""
    return layers[:1] if all(layer.is_alternative for layer in layers) else layers


def said_of_unasked(layers: list[FoundLayer]) -> str:
    """A sentence on the layers that were left out so; else empty."""
    chosen = chosen_unasked(layers)
    if len(chosen) == len(layers):
        return ""
    name, shown = Path(chosen[0].source["path"]).name, one_line(chosen[0].name, 60)
    return Phrase(
        "{name} holds {pictures}, of which “{shown}” is shown: open it in the window to choose.",
        name=name,
        pictures=counted(len(layers), "picture"),
        shown=shown,
    )


def edit_for(
    document: Document, layers: Sequence[FoundLayer], actor: str, style_json: str = "", *, is_steady: bool = False
) -> Edit:
    """One edit that adds all layers, the first lowest. `style_json` is for each of them.

    `is_steady`: the same layers in the same order have the same uuids, and so the same default colours, each time.
    """
    trial = Document({"layers": list(document.layers.values())})
    edits = []
    for layer in layers:
        facts = {**layer.facts, "style_json": style_json or layer.facts.get("style_json", "")}
        uuid = str(uuid5(NAMESPACE_URL, f"{len(trial.layers)} {layer.name}")) if is_steady else None
        edit = add_layer(trial, layer.kind, layer.name, layer.source, actor=actor, uuid=uuid, **facts)
        trial.apply(edit)
        edits.append(edit)
    whole = edits[0]
    for edit in edits[1:]:
        whole = whole.joined(edit)
    return (
        whole if len(edits) == 1 else Edit(Phrase("Add {layers}", layers=counted(len(edits), "layer")), whole.changes)
    )


def _tables(path: Path, probed: Probed, options: dict[str, Any]) -> list[FoundLayer]:
    tables, parts = probed.layers, probed.parts
    question = question_of_tables(path.name, tables)
    alone = len(tables) + len(parts) == 1
    pictures = [
        FoundLayer("raster", f"{path.stem}: {part}", {"path": str(path), "part": part}, details=("Image", ""))
        for part in parts
    ]
    own_options = {"options": options} if options else {}
    return pictures + [
        FoundLayer(
            "vector",
            path.stem if alone else f"{path.stem}: {table.name}",
            {"path": str(path), "table": table.name, **_kind(table.geometry), **own_options},
            {"style_json": json.dumps(table.style)} if table.style else {},
            table.bounds_lonlat,
            (table.geometry, grouped(table.features)),
            question,
        )
        for table in tables
    ]


def _kind(geometry: str) -> dict[str, str]:
    """The kind of geometry that the case keeps of a layer, for its style in QGIS while its row has none."""
    return {"geometry": geometry} if any(kind in geometry for kind in ("Point", "Line", "Polygon")) else {}
