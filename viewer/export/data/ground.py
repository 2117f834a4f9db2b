"""Pictures of the ground for data formats: the map with its marks, and the images of comparisons, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.comparison import ComparisonSpec, read_spec
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.layer_terms import may_leave, withheld_words
from layers.document.rows import Comparison
from layers.errors import CannotBePlaced, ExportFailed
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.geo.lon_extent import around
from layers.geo.map_projections import suited_crs
from layers.grid.tile_grid import View
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.comparison.stretches import StretchMatch, stretch_notes, top_image, with_styles, without_styles
from viewer.canvas.covered_images import seen_images, shown_images
from viewer.canvas.extent import lone_plane
from viewer.canvas.said_problems import said_problems
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import tiles_come
from viewer.canvas.sites.site_index import SiteIndex
from viewer.export.data.exported import DataExport, ExportedMap, GroundPicture
from viewer.export.data.map_part import FinerPart, detail_choice, detail_parts, map_detail, pair_bounds, story_view
from viewer.export.data.map_signs import is_sign, map_reading, picture_scale, pixel_of
from viewer.export.data.picture_bytes import detail_bytes, map_bytes, png_bytes
from viewer.export.held_scenes import close_when_free
from viewer.export.not_complete import not_complete
from viewer.export.page_reader import PageReader
from viewer.export.plates.maps.unseen_images import unseen_images
from viewer.export.processing import stretch_words
from viewer.export.tile_counts import needs_of, tile_counts, words_for_file
from viewer.rendering.context import RenderContext
from viewer.support.language.text import one_line
from viewer.support.painting import painting

LONGER_PX = 1200
"""The longer side of the picture of a comparison, in pixels."""
_STEP = 2
"""Pixels between those of a finer picture that are looked at to tell which images it shows."""
MOST_DETAIL_BYTES = 4_500_000
"""Most bytes of all finer pictures of the map: as text in the file they are a third longer."""

type MakeScene = Callable[[Callable[[Document, RenderContext, Path | None], MapScene], Document], MapScene]
"""Makes a scene of a document, with readers for it."""


class _WantedPicture(Struct):
    """A picture to be made. `view` is None until its layers are open, and stays None without ground to be shown."""

    scene: MapScene
    view_of: Callable[[MapScene], View | None]
    take: Callable[[_WantedPicture, View, QImage], None]
    first: _WantedPicture | None = None
    """The first frame of the same comparison, whose ground the others show too."""
    spec: ComparisonSpec | None = None
    """The comparison that it is a frame of; None for the map."""
    view: View | None = None
    stretch: str = ""
    """Words on the stretch of a frame."""


class GroundPictures(Struct):
    """Makes the map and the ground pictures of an export. `problems`: sentences on layers that could not be shown."""

    export: DataExport
    make_scene: MakeScene
    crs: str = ""
    """CRS for the images of comparisons: WGS84 where another program lays them on its ground; empty for the map's own.
    """
    with_map: bool = False
    tell: Callable[[str], None] = lambda _words: None
    """Takes, in the job, a sentence on the tiles that the pictures need, before any of them is asked for."""
    problems: list[str] = field(default_factory=list)
    _frames: dict[tuple[int, int], tuple[GroundPicture, QImage]] = field(default_factory=dict)
    _map: tuple[ExportedMap, QImage] | None = None
    _details: list[tuple[FinerPart, bytes]] = field(default_factory=list)
    _unseen: frozenset[str] = frozenset()
    """Image layers on the map, by uuid, that no picture of it made so far shows."""

    def make(self, reader: PageReader) -> DataExport:
        """Make all pictures, in a job; returns the export with them. Raises ExportFailed."""
        wanted = reader.in_window(self._wanted_pictures)
        scenes = [picture.scene for picture in wanted]
        try:
            for picture in wanted:
                reader.wait_for(partial(_open, picture.scene), partial(_late_error, scenes))
                reader.in_window(partial(self._place, picture))
            self._tell_tiles(wanted, reader)
            reader.in_window(partial(_begin, wanted))
            for compared in _comparisons(wanted):
                _match(compared, reader)
            for picture in wanted:
                if picture.view is not None:
                    self._paint(picture, picture.view, reader)
            sentences = reader.in_window(lambda: [sentence for scene in scenes for sentence in said_problems(scene)])
            self.problems = list(dict.fromkeys([*self.problems, *sentences]))
        finally:
            reader.close()
            reader.post(close_when_free, scenes)
        frames = [self._frames[key] for key in sorted(self._frames)]
        shown = tuple(replace(picture, data=png_bytes(image)) for picture, image in frames)
        drawn = None
        if self._map is not None:
            details = tuple(map_detail(part, data) for part, data in detail_choice(self._details, MOST_DETAIL_BYTES))
            drawn = replace(self._map[0], data=map_bytes(self._map[1]), details=details)
        return replace(self.export, overlays=shown, map=drawn)

    def _wanted_pictures(self) -> list[_WantedPicture]:
        """The pictures with their scenes, which begin to open their layers."""
        wanted = []
        self.problems += [withheld_words(layer) for layer in self._withheld()]
        if self.with_map:
            scene = self.make_scene(MapScene, map_document(self.export))
            wanted.append(_WantedPicture(scene, self._map_view, self._take_map))
        for number, spec in enumerate(self._specs()):
            first: _WantedPicture | None = None
            for at in range(len(spec.frames)):
                wanted.append(self._frame(number, spec, at, first))
                first = first or wanted[-1]
        return wanted

    def _place(self, picture: _WantedPicture) -> None:
        """Find the view of the ground that is to be shown, if there is any."""
        try:
            picture.view = picture.view_of(picture.scene) if picture.first is None else picture.first.view
        except CannotBePlaced as error:
            self.problems.append(error.sentence)

    def _tell_tiles(self, wanted: Sequence[_WantedPicture], reader: PageReader) -> None:
        """Tell of the tiles of all pictures, as long as none is asked for."""
        maps = [(picture.scene, picture.view) for picture in wanted if picture.view is not None]
        fetcher = next((scene.context.fetcher for scene, _ in maps), None)
        if fetcher is not None and (needs := reader.in_window(partial(needs_of, maps))):
            words = words_for_file(tile_counts(needs, fetcher, reader.check), offline=fetcher.offline)
            if words:
                self.tell(words)

    def _paint(self, picture: _WantedPicture, view: View, reader: PageReader) -> None:
        """Paint a picture once all that it shows is read."""
        scene = picture.scene
        reader.hold([scene], _nothing, partial(scene.is_complete, view), partial(scene.stack.late, view))
        picture.take(picture, view, _picture(scene, view))
        if picture.spec is None:
            self._paint_details(scene, view, reader)
            self._credit_map(scene, view)

    # -- the map --------------------------------------------------------------------------------------------------

    def _map_view(self, scene: MapScene) -> View | None:
        rows = self.export.document.sites
        index = SiteIndex.of({uuid: rows[uuid] for uuid in self.export.shown_sites})
        return None if lone_plane(scene) else story_view(scene, index.boxes_lonlat())

    def _paint_details(self, scene: MapScene, view: View, reader: PageReader) -> None:
        """Paint the finer pictures of the parts around the marks, each once it is read."""
        assert self._map is not None
        for part in reader.in_window(partial(detail_parts, scene, view, self._map[0].places)):
            late = partial(scene.stack.late, part.view)
            reader.hold([scene], partial(scene.set_view, part.view), partial(scene.is_complete, part.view), late)
            self._details.append((part, detail_bytes(_picture(scene, part.view))))
            self._unseen -= frozenset(seen_images(scene, shown_images(scene, part.view), part.view, _STEP))

    def _take_map(self, picture: _WantedPicture, view: View, image: QImage) -> None:
        rules, scene, document = self.export.publishing, picture.scene, self.export.document
        self._unseen = unseen_images([scene], view)
        places = {uuid: document.sites[uuid].place for uuid in self.export.shown_sites}
        pixels = {uuid: at for uuid, place in places.items() if (at := pixel_of(view, place.x, place.y)) is not None}
        reading = map_reading(scene, view, document, [*pixels], rules)
        self._map = ExportedMap(b"", view.width, view.height, pixels, (), reading), image

    def _credit_map(self, scene: MapScene, view: View) -> None:
        """Credit what the map and its finer pictures show: not an image that lies under others in all of them."""
        assert self._map is not None
        drawn, image = self._map
        texts = scene.stack.credits(view, but=self._unseen)
        self._map = replace(drawn, credits=tuple(map(self.export.publishing.words, texts))), image

    # -- comparisons ----------------------------------------------------------------------------------------------

    def _specs(self) -> list[ComparisonSpec]:
        rows = self.export.document.comparisons.values()
        ordered = sorted((row for row in rows if isinstance(row, Comparison)), key=lambda row: row.order_key)
        shown = self.export.document.layers.keys() - {layer.uuid for layer in self._withheld()}
        specs = [read_spec(row.spec_json) for row in ordered]
        return [spec for spec in specs if spec is not None and all(uuid in shown for uuid in spec.layers)]

    def _withheld(self) -> list[Layer]:
        """The layers that a picture would show, and that may not stand in a file."""
        specs = [read_spec(row.spec_json) for row in self.export.document.comparisons.values()]
        compared = {uuid for spec in specs if spec is not None for uuid in spec.layers}
        layers = self.export.document.layers_in_order()
        shown = [layer for layer in layers if (self.with_map and layer.visible) or layer.uuid in compared]
        return [layer for layer in shown if not may_leave(layer)]

    def _frame(self, number: int, spec: ComparisonSpec, at: int, first: _WantedPicture | None) -> _WantedPicture:
        """A picture with the images of one frame alone."""
        rows = [layer for layer in self.export.document.layers.values() if layer.uuid in spec.layers]
        scene = self.make_scene(partial(_scene_of_frame, spec, at), Document({"layers": rows}))
        take = partial(self._take_frame, number, spec, at)
        return _WantedPicture(scene, partial(self._frame_view, spec), take, first, spec)

    def _frame_view(self, spec: ComparisonSpec, scene: MapScene) -> View | None:
        """View of the ground of the comparison, else of its first images; None without any."""
        bounds = spec.bounds or around([box for uuid in spec.frames[0].layers if (box := scene.stack.bounds_of(uuid))])
        return None if bounds is None else self._frame_of(bounds)

    def _frame_of(self, lonlat: Bounds) -> View:
        if self.crs:
            return _view(self.crs, transform_bounds(WGS84, self.crs, lonlat))
        crs = suited_crs(lonlat)
        return _view(crs, pair_bounds(crs, lonlat))

    def _take_frame(
        self, number: int, spec: ComparisonSpec, at: int, picture: _WantedPicture, view: View, image: QImage
    ) -> None:
        publishing = self.export.publishing
        layers = [self.export.document.layers[uuid] for uuid in spec.frames[at].layers]
        name = one_line(publishing.words(spec.frames[at].title or ", ".join(layer.name for layer in layers)))
        begin, end = _times(layers)
        texts = picture.scene.stack.credits(view, but=unseen_images([picture.scene], view))
        words = " · ".join(map(publishing.words, texts))
        box = transform_bounds(view.grid.crs, WGS84, view.world_bounds())
        size = view.width, view.height
        scale = picture_scale(view)
        frame = GroundPicture(name, b"", box, begin, end, words, number, size, picture.stretch, *scale)
        self._frames[number, at] = frame, image


def _begin(wanted: Iterable[_WantedPicture]) -> None:
    """Set the views of pictures, which ask for what they show from then on."""
    for picture in wanted:
        if picture.view is not None:
            picture.scene.set_view(picture.view)


def _comparisons(wanted: Sequence[_WantedPicture]) -> list[list[_WantedPicture]]:
    """The frames that have a view, by comparison."""
    return [
        [picture for picture in wanted if picture is first or picture.first is first]
        for first in wanted
        if first.spec is not None and first.first is None and first.view is not None
    ]


def _match(frames: Sequence[_WantedPicture], reader: PageReader) -> None:
    """Match the stretches of a comparison's frames where it asks for that, and note the stretch of each one."""
    spec, view = frames[0].spec, frames[0].view
    assert spec is not None
    assert view is not None
    scenes = [picture.scene for picture in frames]

    def complete() -> bool | None:
        return True if all(scene.is_complete(view) for scene in scenes) else None

    def show(shown: ComparisonSpec) -> None:
        for at, scene in enumerate(scenes):
            show_frame(scene, shown, at)

    def note(shown: ComparisonSpec) -> None:
        for at, (picture, words) in enumerate(zip(frames, stretch_notes(shown, scenes), strict=True)):
            top = top_image(picture.scene, shown, at)
            picture.stretch = words or ("" if top is None else stretch_words(picture.scene, top))

    reader.wait_for(complete, partial(_late_error, scenes), partial(tiles_come, scenes))
    match = reader.in_window(partial(StretchMatch.of, without_styles(spec), scenes)) if spec.match else None
    if match is not None:
        spec = with_styles(without_styles(spec), match.styles())
        reader.in_window(partial(show, spec))
    reader.in_window(partial(note, spec))


def map_document(export: DataExport) -> Document:
    """The rows of the map itself: marks that stand on it as signs, at any zoom, are not painted into it."""
    document = shown_document(export)
    sites = [site for site in document.sites.values() if not is_sign(site)]
    return Document({**{name: document.table(name).values() for name in ("layers", "templates")}, "sites": sites})


def shown_document(export: DataExport) -> Document:
    """The case as a picture of the export shows it: the layers that may leave, and the marks that are in the product.

    Marks have no names, as the report has numbers for all of them.
    """
    document, shown = export.document, set(export.shown_sites)
    sites = [replace(site, label="", aliases=()) for uuid, site in document.sites.items() if uuid in shown]
    layers = [layer for layer in document.layers.values() if may_leave(layer)]
    return Document({"layers": layers, "sites": sites, "templates": document.table("templates").values()})


def _scene_of_frame(
    spec: ComparisonSpec, at: int, document: Document, context: RenderContext, folder: Path | None
) -> MapScene:
    return frame_scene(document, context, folder, spec, at)


def _view(crs: str, bounds: Bounds) -> View:
    """View of exactly these bounds of the CRS, as far as whole pixels allow."""
    scale = LONGER_PX / max(bounds.width, bounds.height)
    width, height = max(round(bounds.width * scale), 1), max(round(bounds.height * scale), 1)
    return View.of_bounds(crs, bounds, width, height)


def _open(scene: MapScene) -> MapScene | None:
    """The scene once its layers are open, else None."""
    return scene if scene.is_open() else None


def _late_error(scenes: Sequence[MapScene]) -> ExportFailed:
    return not_complete([name for scene in scenes for name in scene.stack.late()])


def _nothing() -> None:
    """Request nothing more: the view is set."""


def _picture(scene: MapScene, view: View) -> QImage:
    """Paint a picture, in any thread. Raises ExportFailed."""
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ExportFailed("There is not enough memory for a picture of the map: export a smaller part.")
    with painting(image) as painter:
        scene.paint_map(painter, view)
    return image


def _times(layers: Sequence[Layer]) -> tuple[str, str]:
    """The first and the last date of a frame's layers; empty unless every image has a date."""
    dates = [layer.acquired_at for layer in layers]
    if not dates or not all(dates) or any(layer.date_kind not in ("instant", "interval") for layer in layers):
        return "", ""
    ends = [part for date in dates for part in date.split("/")]
    return min(ends), max(ends)
