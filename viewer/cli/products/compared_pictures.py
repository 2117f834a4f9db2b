"""Pictures of two to four compared images for the command line, painted as the window paints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.comparison import LEAST_FRAMES, MOST_FRAMES, ComparisonSpec, spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import CannotBePlaced, InvalidValue, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, chosen_canvas
from layers.geo.lon_extent import around
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.pool.pool import ReaderPool
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.difference_picture import why_no_difference
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.comparison.panes_picture import panes_picture
from viewer.canvas.comparison.shown_values import reflectance_sentences
from viewer.canvas.comparison.side_words import side_name, sides_of
from viewer.canvas.comparison.stretches import StretchMatch, top_image, with_styles
from viewer.canvas.panes import pane_rects
from viewer.canvas.scene import MapScene
from viewer.cli.terminal.documents import document_of, hosts_named, without_keys
from viewer.export.headless import Studio, complete, view_of_lonlat
from viewer.network.typed_keys import secrets_in
from viewer.rendering.context import RenderContext

type Bounded = tuple[float, float, float, float]


class ComparedPicture(Struct, frozen=True):
    """A picture of a comparison. `problems` are sentences on its problems; `is_lost`: a layer lacks all its tiles;
    `values` are sentences on what was done with the values of Sentinel-2.
    """

    picture: QImage
    problems: list[str]
    is_lost: bool
    values: list[str]


def compared_picture(
    files: Sequence[str], mode: str, size: tuple[int, int], at: float | None, bounds: Bounded | None, *, match: bool
) -> ComparedPicture:
    """Make the picture of a comparison.

    `mode`: as in `--mode`, "side" for panes. `size`: width and height in pixels. `at`: place of the bar, or part of a
    blend, from 0 to 1. `bounds`: west, south, east and north in degrees. `match`: match the stretches. Raises a
    GeoloupeError for a file that is no image or has no place, or where a difference would mean nothing.
    """
    if not LEAST_FRAMES <= len(files) <= MOST_FRAMES:
        raise InvalidValue(
            "A comparison has {least_frames} to {most_frames} images: name so many.",
            least_frames=LEAST_FRAMES,
            most_frames=MOST_FRAMES,
        )
    bare, secrets = without_keys(list(files)), secrets_in(files)
    with Studio(consent=hosts_named(bare), secrets=secrets) as studio:
        document, frames = images_of_files(bare, studio.pool)
        spec = spec_of(*frames, mode="panes" if mode == "side" else mode, match=match)
        first = 1 / len(frames) if mode == "swipe" else 0.5
        work = _Work(studio, document, replace(spec, position=first if at is None else at))
        return (work.side_by_side if mode == "side" else work.in_one)(size, Bounds(*bounds) if bounds else None)


def images_of_files(files: Sequence[str], pool: ReaderPool) -> tuple[Document, list[list[str]]]:
    """One document with the images of all files, and their uuids, a list for each file. Raises a GeoloupeError."""
    rows: list[Layer] = []
    frames: list[list[str]] = []
    for file in files:
        opened = document_of([file], pool)
        images = [layer for layer in opened.document.layers_in_order() if layer.kind != "vector"]
        if not images or opened.home.folder:
            raise UnsupportedFormat("{file} is no image: name images, each with a date of its own.", file=file)
        if any(layer.crs == PIXEL_SPACE for layer in images):
            raise CannotBePlaced(
                "{file} has no place on the Earth: it cannot be compared with another image.", file=file
            )
        frames.append([layer.uuid for layer in images])
        rows += [replace(layer, order_key=float(len(rows) + at)) for at, layer in enumerate(images)]
    return Document({"layers": rows}), frames


class _Work:
    def __init__(self, studio: Studio, document: Document, spec: ComparisonSpec) -> None:
        self._studio, self._document, self._spec = studio, document, spec
        self._said = ""

    def in_one(self, size: tuple[int, int], bounds: Bounds | None) -> ComparedPicture:
        """All frames in one picture of the same ground."""
        scene = self._studio.scene_made(partial(_compared, self._spec), self._document)
        view = self._view(scene.frames, bounds, *size)
        complete(scene, view)
        why = why_no_difference(self._spec, scene.frames) if self._spec.mode == "difference" else ""
        if why:
            raise InvalidValue(why)
        scene.compare(self._matched(scene.frames))
        return self._result(self._studio.picture_of(scene, view), scene.frames)

    def side_by_side(self, size: tuple[int, int], bounds: Bounds | None) -> ComparedPicture:
        """Each frame in a pane of its own, all on the same ground."""
        scenes = [self._studio.scene_made(self._maker(at), self._document) for at in range(len(self._spec.frames))]
        _, _, wide, high = pane_rects(len(scenes), *size)[0]
        view = self._view(scenes, bounds, wide, high)
        for scene in scenes:
            complete(scene, view)
        spec = self._matched(scenes)
        for at, scene in enumerate(scenes):
            show_frame(scene, spec, at)
            complete(scene, view)
        return self._result(panes_picture(spec, scenes, view, size), scenes)

    def _maker(self, at: int) -> Callable[[Document, RenderContext, Path | None], MapScene]:
        return lambda document, context, folder: frame_scene(document, context, folder, self._spec, at)

    def _view(self, scenes: Sequence[MapScene], bounds: Bounds | None, width: int, height: int) -> View:
        """View of these bounds, or of all that is compared. Raises CannotBePlaced for an image without a place."""
        boxes = []
        for at, scene in enumerate(scenes):
            for uuid in self._spec.frames[at].layers:
                box = scene.stack.bounds_of(uuid)
                if box is None:
                    name = self._document.layers[uuid].name
                    raise CannotBePlaced(
                        scene.stack.problems().get(uuid) or Phrase("“{name}” has no place on the Earth.", name=name)
                    )
                boxes.append(box)
        everything = around(boxes)
        crs, self._said = chosen_canvas(None, bounds or everything)
        return view_of_lonlat(crs, bounds, everything, width, height)

    def _matched(self, scenes: Sequence[MapScene]) -> ComparisonSpec:
        match = StretchMatch.of(self._spec, scenes) if self._spec.match else None
        return self._spec if match is None else with_styles(self._spec, match.styles())

    def _result(self, picture: QImage, scenes: Sequence[MapScene]) -> ComparedPicture:
        problems = [self._said]
        for at, scene in enumerate(scenes):
            layers = self._spec.frames[at].layers
            problems += [
                sentence
                for uuid, sentence in {**scene.stack.problems(), **scene.stack.lost()}.items()
                if uuid in layers
            ]
        is_lost = any(scene.stack.lost() for scene in scenes)
        return ComparedPicture(picture, list(dict.fromkeys(filter(None, problems))), is_lost, self._values(scenes))

    def _values(self, scenes: Sequence[MapScene]) -> list[str]:
        """Sentences on the values, where they were compared."""
        if not self._spec.match and self._spec.mode != "difference":
            return []
        images = [top_image(scene, self._spec, at) for at, scene in enumerate(scenes)]
        return reflectance_sentences(images, [side_name(side) for side in sides_of(self._spec, scenes)])


def _compared(spec: ComparisonSpec, document: Document, context: RenderContext, folder: Path | None) -> ComparedScene:
    scene = ComparedScene(MapScene(document, context, folder))
    scene.compare(spec)
    return scene
