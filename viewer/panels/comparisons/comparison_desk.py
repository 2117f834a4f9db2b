"""Operations on comparisons: making, opening, changing, blinking and ending them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.changes import Changes
from layers.document.comparison import MODES, MOST_FRAMES, ComparisonSpec, Frame, read_spec, spec_of
from layers.document.rows import Comparison
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, transform_bounds
from layers.geo.lon_extent import are_degrees
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.stretches import without_styles
from viewer.canvas.widget import MapCanvas
from viewer.commands.comparisons import (
    add_comparison,
    change_comparison,
    comparisons_in_order,
    delete_comparisons,
    lost_frames,
    move_comparison,
    rename_comparison,
)
from viewer.commands.stamps import new_uuid
from viewer.panels.comparisons.candidates import Candidate, candidate_of, candidates_at, in_order, newest_two
from viewer.panels.comparisons.stretch_matching import StretchMatching
from viewer.panels.context import PanelContext
from viewer.panels.imagery.host_question import when_allowed
from viewer.rendering.access import hosts_of
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction

OFFERED_MODES = MODES
_MOST_NAMED = 3


class ComparisonDesk(QObject):
    """Operations on comparisons, one object a window.

    The comparison that is shown is a row of the case, so each change is an edit that can be undone. In a read-only
    case it is shown too, but not kept.
    """

    shown_changed = Signal()
    """Emitted when the comparison that is shown begins, changes or ends."""
    images_wanted = Signal(list)
    """Emitted with a list of `Candidate` from which the analyst is to choose, as their dates do not decide."""

    def __init__(
        self,
        context: PanelContext,
        canvas: MapCanvas,
        scene: ComparedScene,
        selected: Callable[[], list[str]],
        say: Callable[..., None],
        unsay: Callable[[], None],
        parent: QObject,
    ) -> None:
        """`selected` returns the uuids of the layers chosen in the tree, the topmost first.

        `say` shows a line, with its level and an action, and `unsay` removes it.
        """
        super().__init__(parent)
        self.context = context
        self._canvas, self._scene, self._selected = canvas, scene, selected
        self._say, self._unsay = say, unsay
        self._current = ""
        self._matching = StretchMatching(canvas, scene, self._keep_stretch, self)
        self._turns = count(1)
        self._blink = QTimer(self)
        self._blink.timeout.connect(self._next_phase)
        context.document_replaced.connect(self.end)
        context.changed.connect(self._heard)
        scene.sides.glass_follows = True
        scene.sides.bar_let_go.connect(self._keep_bar)
        scene.sides.bar_moved.connect(self.shown_changed)
        scene.compared.connect(self._followed)

    # -- the list -------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Comparison]:
        return comparisons_in_order(self.context.document)

    @property
    def current(self) -> str:
        """The comparison that is shown; empty without one, and for one that is not kept."""
        return self._current

    @property
    def spec(self) -> ComparisonSpec | None:
        """The comparison as it is shown now; None for the map."""
        return self._scene.sides.spec

    @property
    def name(self) -> str:
        row = self.context.document.comparisons.get(self._current)
        return row.name if row is not None else ""

    @property
    def hint(self) -> str:
        """A sentence on using and ending the comparison; empty without one."""
        if self.spec is None:
            return ""
        moves = {
            "spyglass": self._glass_hint(),
            "swipe": self.tr("Drag the bar."),
            "swipe across": self.tr("Drag the bar."),
        }
        # The first Esc lets go of what is selected.
        ends = "" if self.context.selection.uuids else self.tr("Esc ends the comparison.")
        return " ".join(filter(None, (moves.get(self.spec.mode), ends)))

    def _glass_hint(self) -> str:
        if self.follows_pointer:
            return self.tr("The glass goes with the pointer; Shift+G holds it where it is.")
        return self.tr("Drag the glass to move it, by its rim or inside; Shift+G lets it go with the pointer.")

    def rename(self, uuid: str, name: str) -> None:
        self.context.do(rename_comparison, uuid, name)

    def delete(self, uuids: Sequence[str]) -> None:
        if uuids:
            self.context.do(delete_comparisons, uuids)

    def move_by(self, uuid: str, steps: int) -> None:
        at = [row.uuid for row in self.rows].index(uuid)
        self.context.do(move_comparison, uuid, max(0, at + steps))

    # -- made, opened, ended --------------------------------------------------------------------------------------

    @property
    def has_others_chosen(self) -> bool:
        """True where images chosen in the tree are not those compared now."""
        spec, chosen = self.spec, self._chosen()
        return len(chosen) > 1 and (spec is None or set(chosen) != set(spec.layers))

    def _chosen(self) -> list[str]:
        """The images that are chosen in the tree, the topmost first."""
        layers = self.context.document.layers
        return [uuid for uuid in self._selected() if layers[uuid].kind != "vector" and uuid in self._scene.map.drawings]

    def begin(self) -> None:
        """Compare the images chosen in the tree, or those at the pointer; ask which where their dates do not decide."""
        layers, chosen = self.context.document.layers, self._chosen()
        if len(chosen) > MOST_FRAMES:
            self.context.report(self.tr("At most {0} images are compared: select fewer.").format(MOST_FRAMES))
        elif len(chosen) > 1:
            self.compare(
                [
                    candidate.uuid
                    for candidate in in_order(candidate_of(self._scene.map, layers[u]) for u in chosen[::-1])
                ]
            )
        else:
            self._begin_at(*self._canvas.gestures.pointed_place())

    def compare_with(self, uuid: str) -> None:
        """Compare the current layer with another one."""
        layers = self.context.document.layers
        pair = [
            layers[layer_uuid] for layer_uuid in dict.fromkeys((self.context.layer_uuid, uuid)) if layer_uuid in layers
        ]
        if len(pair) < 2 or any(layer.kind == "vector" or layer.uuid not in self._scene.map.drawings for layer in pair):
            self.context.report(
                self.tr("Two images are compared: click one in the list of layers, the other with Alt.")
            )
            return
        self.compare([candidate.uuid for candidate in in_order(candidate_of(self._scene.map, layer) for layer in pair)])

    def _begin_at(self, lon: float, lat: float) -> None:
        candidates = candidates_at(self._scene.map, lon, lat)
        images = [candidate for candidate in candidates if not candidate.is_ground]
        dated = newest_two(images)
        if len(dated) == 2:
            undated = [candidate.name for candidate in images if candidate.span is None]
            self.compare([candidate.uuid for candidate in dated])
            if undated:
                sentence = self.tr(
                    "Not ranked, as its date is not known: {0}. Select it in the list of layers to compare it."
                )
                choose = MessageAction(self.tr("Choose"), partial(self.images_wanted.emit, candidates))
                self._say(sentence.format(_quoted(undated)), "info", choose)
        elif len(images) == 2:
            self.compare([candidate.uuid for candidate in in_order(images)])
        elif len(candidates) > 1:
            self.images_wanted.emit(candidates)
        else:
            self.context.report(
                self.tr("A comparison needs two images of one place: select two in the list of layers, or add another.")
            )

    def compare(self, uuids: Sequence[str]) -> None:
        """Keep a comparison of these images, one a frame, and show it; one that is kept already is shown again.

        Hosts of theirs that may not be contacted yet are asked about first.
        """
        layers = self.context.document.layers
        hosts = [host for uuid in uuids if uuid in layers for host in hosts_of(layers[uuid])]
        compare = partial(self._compare, tuple(uuids))
        when_allowed(self.context, hosts, compare, self.tr("&Allow and Compare"), self._canvas.window())

    def _compare(self, uuids: Sequence[str]) -> None:
        kept = self._kept_of(uuids)
        if kept is not None:
            self._current = kept[0]
            self._show(kept[1])
            return
        spec = replace(spec_of(*((uuid,) for uuid in uuids), match=True), bounds=self._bounds())
        if len(uuids) > 2:
            spec = replace(spec, position=round(1 / len(uuids), 4))
        uuid = new_uuid()
        self._current = uuid  # the edit is heard of before it returns
        refused = self.context.attempt(add_comparison, spec, uuid=uuid)
        if refused:
            self._current = ""
            self.context.report(refused)
            if any(uuid not in self.context.document.layers for uuid in uuids):
                return
        self._show(spec)

    def _kept_of(self, uuids: Sequence[str]) -> tuple[str, ComparisonSpec] | None:
        """The kept comparison of these images, one a frame, on whichever sides."""
        wanted = sorted((uuid,) for uuid in uuids)
        for row in reversed(self.rows):
            spec = read_spec(row.spec_json)
            if spec is not None and sorted(frame.layers for frame in spec.frames) == wanted:
                return row.uuid, spec
        return None

    def open(self, uuid: str) -> None:
        """Show a kept comparison, at its place unless the view is inside it; obstacles are reported."""
        row = self.context.document.comparisons.get(uuid)
        spec = read_spec(row.spec_json) if row is not None else None
        if row is None:
            return
        name = one_line(row.name, 60)
        if spec is None:
            self.context.report(self.tr("“{0}” cannot be shown: the case does not say what it compares.").format(name))
            return
        if lost_frames(self.context.document, spec):
            sentence = self.tr("“{0}” is incomplete: the case no longer has all of its images.")
            self.context.report(sentence.format(name))
        self._current = uuid
        now = self._bounds()
        if spec.bounds is not None and not (now is not None and spec.bounds.contains(now)):
            try:
                self._canvas.motion.zoom_to_bounds(spec.bounds, 0.0)
            except GeoloupeError as error:
                self.context.report(error.sentence)
        self._show(spec)

    def end(self) -> None:
        """Show the map again."""
        self._current = ""
        self._matching.begin(False)
        self._unsay()
        self._scene.compare(None)

    def _show(self, spec: ComparisonSpec) -> None:
        self._unsay()  # what was said of another comparison
        self._scene.compare(spec)
        self._matching.begin(spec.match and not any(frame.styles for frame in spec.frames))

    def _bounds(self) -> Bounds | None:
        """Bounds of the view, in lon, lat; None where it has none."""
        view = self._canvas.viewport.view()
        if is_off_earth(view.grid.crs):
            return None
        try:
            bounds = transform_bounds(view.grid.crs, WGS84, view.world_bounds())
        except GeoloupeError:
            return None
        is_sound = (
            bounds.left < bounds.right and bounds.bottom < bounds.top and bool(are_degrees(np.array([bounds])).all())
        )
        return bounds if is_sound else None

    # -- changed --------------------------------------------------------------------------------------------------

    def set_mode(self, mode: str) -> None:
        self._change(self.tr("Change mode of"), mode=mode)

    def set_position(self, position: float) -> None:
        """Move the bar to a part of the width, 0 to 1; moves that follow each other are one undo step."""
        self._change(self.tr("Move bar of"), "bar", position=round(position, 4))

    def set_height(self, position_y: float) -> None:
        """Move the spyglass to a part of the height, 0 to 1."""
        self._change(self.tr("Move bar of"), "bar", position_y=round(position_y, 4))

    def preview_height(self, position_y: float) -> None:
        spec = self.spec
        if spec is not None:
            self._scene.sides.move_bar(spec.position, round(position_y, 4))

    def preview_position(self, position: float) -> None:
        """Show the bar at a position while a slider moves."""
        spec = self.spec
        if spec is not None:
            self._scene.sides.move_bar(round(position, 4), spec.position_y)

    def set_rate(self, rate_hz: float) -> None:
        self._change(self.tr("Change rate of"), "rate", rate_hz=rate_hz)

    def swap(self) -> None:
        """Swap the images of two sides; of more than two, move each to the next."""
        spec = self.spec
        if spec is not None:
            frames = without_styles(spec).frames if spec.match else spec.frames
            self._change_and_match(self.tr("Swap sides of"), frames=(*frames[1:], frames[0]))

    def show_in_frame(self, at: int, layers: Sequence[str]) -> None:
        """Show other layers, by their uuids, in the picture with this number, from 0."""
        spec = self.spec
        if spec is None or not layers or not 0 <= at < len(spec.frames):
            return
        frames = without_styles(spec).frames if spec.match else spec.frames
        if frames[at].layers != tuple(layers):
            changed = (*frames[:at], Frame(tuple(layers)), *frames[at + 1 :])
            self._change_and_match(self.tr("Change picture of"), frames=changed)

    def set_match(self, match: bool) -> None:
        """Stretch all frames like the first one, or each by the style of its layer."""
        spec = self.spec
        if spec is not None and match != spec.match:
            self._change_and_match(self.tr("Change stretch of"), frames=without_styles(spec).frames, match=match)

    def _change_and_match(self, what: str, **fields: Any) -> None:
        """Change the first frame, or a setting of the others, and match their stretch as a part of this step."""
        series = f"match {next(self._turns)}"
        self._change(what, series, **fields)
        self._matching.begin(self.spec is not None and self.spec.match, series)

    def _change(self, what: str, series: str = "", **fields: Any) -> None:
        spec = self.spec
        if spec is None:
            return
        changed = replace(spec, **fields)
        if self._current:
            self.context.do(change_comparison, self._current, changed, what=what, series=series)
        else:
            self._scene.compare(changed)

    def _keep_bar(self) -> None:
        """Keep the position of the bar at the end of a drag."""
        if self._current and self.spec is not None:
            self.context.do(change_comparison, self._current, self.spec, what=self.tr("Move bar of"))

    @property
    def is_linked(self) -> bool:
        """True where all panes move together."""
        return self._canvas.panes.is_linked

    def link(self, linked: bool) -> None:
        """Move all panes together, or each by itself; this is not kept."""
        self._canvas.link_panes(linked)
        self.shown_changed.emit()

    @property
    def follows_pointer(self) -> bool:
        """True where a spyglass follows the pointer."""
        return self._scene.sides.glass_follows

    def follow_pointer(self, follows: bool) -> None:
        """Let a spyglass follow the pointer, or hold it at its place, which is then kept."""
        self._scene.sides.glass_follows = follows
        if not follows and self.spec is not None and self.spec.mode == "spyglass":
            self._keep_bar()
        self.shown_changed.emit()

    # -- the stretch ----------------------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """False while a stretch is being matched."""
        return self._matching.is_idle

    def _keep_stretch(self, series: str, frames: Sequence[Frame]) -> None:
        self._change(self.tr("Change stretch of"), series, frames=tuple(frames))

    # -- blinking -------------------------------------------------------------------------------------------------

    def hold(self, held: bool) -> None:
        """Show the next image while a key is held; False shows the first again."""
        spec = self.spec
        if spec is None:
            return
        shown = self._scene.sides.phase if spec.mode == "blink" else 0
        self._scene.sides.hold((shown + 1) % len(spec.frames) if held else -1)

    def blink(self) -> None:
        """Switch to blinking, or back to the swipe."""
        if self.spec is not None:
            self.set_mode("swipe" if self.spec.mode == "blink" else "blink")

    def _next_phase(self) -> None:
        spec = self.spec
        is_ready = self._scene.is_complete(self._canvas.viewport.view())  # or what is not there yet would flash
        if spec is not None and not self._scene.sides.is_held and is_ready:
            self._scene.sides.show_phase((self._scene.sides.phase + 1) % len(spec.frames))

    # -- following ------------------------------------------------------------------------------------------------

    def _followed(self) -> None:
        spec = self.spec
        if spec is None or spec.mode != "blink":
            self._blink.stop()
        elif not self._blink.isActive() or self._blink.interval() != round(500 / spec.rate_hz):
            self._blink.start(round(500 / spec.rate_hz))
        self.shown_changed.emit()

    def _heard(self, changes: Changes) -> None:
        if not (self._current and changes.touches("comparisons")):
            return
        row = self.context.document.comparisons.get(self._current)
        spec = read_spec(row.spec_json) if row is not None else None
        if spec is None:
            self.end()
        elif spec != self.spec:
            self._scene.compare(spec)
        else:
            self.shown_changed.emit()


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{one_line(name, 40)}”" for name in names[:_MOST_NAMED])
    return f"{shown}, …" if len(names) > _MOST_NAMED else shown


def mode_word(mode: str) -> str:
    """The name of a comparison mode on the screen."""
    words = {
        "swipe": translate("comparison", "Swipe"),
        "swipe across": translate("comparison", "Swipe across"),
        "spyglass": translate("comparison", "Spyglass"),
        "blink": translate("comparison", "Blink"),
        "fade": translate("comparison", "Fade"),
        "difference": translate("comparison", "Difference"),
        "panes": translate("comparison", "Side by side"),
    }
    return words[mode]


def tick_words(candidate: Candidate) -> list[str]:
    """The cells of a candidate in the dialog that asks which images to compare: its name and date."""
    return [one_line(candidate.name, 60), candidate.when]
