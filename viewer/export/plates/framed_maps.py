"""The maps of a page, framed in its rooms, and the evidence on the marks that they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import shapely

from layers.checkpoint import Checkpoint
from layers.document.document import Document
from layers.document.rows import Product
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.observing.search_hatches import SearchHatch
from layers.observing.sheet import SheetScene
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from layers.product.publishing import Publishing
from layers.product.spec import ProductSpec, maps_of
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.sites.site_index import SiteIndex
from viewer.export.plates.maps.framing import Framing
from viewer.export.plates.maps.map_on_page import MapOnPage, hatches_of, index_of
from viewer.export.plates.maps.map_scenes import solid_on
from viewer.export.plates.maps.seen_on_maps import seen_on_map
from viewer.export.plates.maps.shown_parts import Shown, framing_of
from viewer.export.plates.setting.page_rooms import PageRooms
from viewer.rendering.layers.layer_images import LayerImages


class FramedMaps:
    """The maps of one product as they are framed now; what rooms of another size do not change is kept."""

    def __init__(
        self,
        spec: ProductSpec,
        document: Document,
        shown: Sequence[ShownScene],
        sign_scale: float,
        product: Product | None,
    ) -> None:
        """`sign_scale`: size of signs relative to the screen. `product`: its row in the case, if there is one."""
        self._spec, self._document, self._shown = spec, document, shown
        self._sign_scale, self._product = sign_scale, product
        self.maps: list[MapOnPage] = []
        self._made: list[MapOnPage] = []
        self.content = ProductContent()
        self._indexes: dict[int, tuple[frozenset[str] | None, SiteIndex]] = {}
        self._content_of: tuple[list[str], ProductContent] | None = None

    def frame(self, rooms: PageRooms, parts: Sequence[Shown], checkpoint: Checkpoint) -> None:
        """Frame each map's part of the Earth in its room, and gather the evidence on the marks in the frames."""
        spec = self._spec
        hidden = self.content.withheld if spec.shows("annotation") else None
        before, self.maps = {on_page.number: on_page for on_page in self.maps}, []
        for number, (scene, cell, product_map) in enumerate(zip(self._shown, rooms.cells, maps_of(spec), strict=True)):
            framing = framing_of(cell.frame, parts[number], self._sign_scale)
            index = self._index(number, hidden, product_map.marks)
            hatches = hatches_of(self._document, index)
            presences = seen_on_map(self._document, scene.frames[0], index)
            kept = self._kept(number, framing, index, hatches, presences)
            if kept is None:
                own = spec.site if spec.layout == "site" else ""
                kept = MapOnPage(number, scene, framing, 0, index, hatches, presences, own)
                self._made.append(kept)
            if number in before and before[number] is not kept:
                kept.signs_before = before[number].signs()
            self.maps.append(kept)
            checkpoint()
        drawn = (uuid for on_page in self.maps for uuid in on_page.in_frame())
        # What is withheld stays counted, also where the frame is only wide enough for it once it is shown.
        in_frame = list(dict.fromkeys([*drawn, *sorted(hidden or ()), *self._withheld_in_request]))
        if self._content_of is None or self._content_of[0] != in_frame:
            about = spec.site if spec.layout == "site" else ""
            publish, marking = spec.publish, spec.marking
            content = content_of(
                self._document,
                in_frame,
                publish,
                marking,
                self._product,
                about=about,
                scenes=self._scenes,
                checkpoint=checkpoint,
            )
            self._content_of = in_frame, content
        self.content = self._content_of[1]
        checkpoint()
        if self.content.withheld and hidden is not None and not self.content.withheld <= hidden:
            self.frame(rooms, parts, checkpoint)

    @cached_property
    def _scenes(self) -> list[SheetScene]:
        """The images of all layers of the maps' scenes, each once."""
        frames = (frame for shown in self._shown for frame in shown.frames)
        known = (LayerImages(lambda: self._document, frame.drawings.get).scenes() for frame in frames)
        return list({scene.layer_uuid: scene for scenes in known for scene in scenes}.values())

    @cached_property
    def _withheld_in_request(self) -> list[str]:
        """Uuids of the marks in the requested bounds that a published product withholds; a frame may leave them out."""
        spec = self._spec
        if not (spec.publish and spec.shows("annotation")):
            return []
        admitted = Publishing(spec.marking).admitted_marks(self._document)
        withheld = {uuid: site for uuid, site in self._document.sites.items() if uuid not in admitted}
        uuids: dict[str, None] = {}
        for product_map in maps_of(spec):
            if (bounds := product_map.bounds or spec.bounds) is not None:
                sites = withheld if product_map.marks is None else _only(withheld, product_map.marks)
                uuids |= dict.fromkeys(_within(sites, bounds))
        return list(uuids)

    def _kept(
        self,
        number: int,
        framing: Framing,
        index: SiteIndex,
        hatches: tuple[SearchHatch, ...],
        presences: Mapping[str, str],
    ) -> MapOnPage | None:
        """A map that was framed so before, with all that has been placed on it: rooms often come to the same again."""
        same = (
            on_page
            for on_page in self._made
            if on_page.number == number
            and on_page.framing == framing
            and on_page.index is index
            and on_page.hatches == hatches
            and on_page.presences == presences
        )
        return next(same, None)

    def _index(self, number: int, hidden: frozenset[str] | None, marks: Sequence[str] | None) -> SiteIndex:
        """The marks of a map, made once."""
        if number not in self._indexes or self._indexes[number][0] != hidden:
            index = index_of(
                self._document, hidden, None if marks is None else frozenset(marks), publish=self._spec.publish
            )
            index.show_solid(solid_on(self._spec, self._document, number, self._shown[number].frames[0]))
            self._indexes[number] = hidden, index
        return self._indexes[number][1]


def _only(sites: Mapping[str, Site], uuids: Iterable[str]) -> dict[str, Site]:
    return {uuid: sites[uuid] for uuid in uuids if uuid in sites}


def _within(sites: Mapping[str, Site], part: Bounds) -> list[str]:
    """Uuids of the sites that touch a part of the Earth, in its turn of longitudes."""
    left, bottom, right, top = shapely.bounds([site.geometry for site in sites.values()]).reshape(-1, 4).T
    turn = 360.0 * np.round((sum(part[::2]) - (left + right)) / 720.0)
    inside = (left + turn <= part.right) & (right + turn >= part.left) & (bottom <= part.top) & (top >= part.bottom)
    return [uuid for uuid, is_inside in zip(sites, inside.tolist(), strict=True) if is_inside]
