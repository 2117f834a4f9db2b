"""The dialog that makes an offline pack of a layer of tiles: its area and levels, what they take, and the progress."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import shapely
import shiboken6
from msgspec import Struct
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from layers.document.layer import Layer
from layers.errors import GeoloupeError, InvalidValue, UnsupportedFormat
from layers.geo.measure import ground_resolution_m
from layers.project.opening.layer_paths import packs_in
from layers.scenes.view_area import area_of_view
from layers.services.packs.mbtiles_pack import PackState, pack_state
from layers.services.packs.pack_plan import (
    PackLevel,
    PackPlan,
    pack_levels,
    plan_pack,
    tile_px_of,
)
from layers.services.packs.pack_search import ENDING, FoundPack, pack_for, packs_in_folder
from layers.services.packs.pack_terms import PackLeave, pack_terms
from layers.services.tile_service import TileService
from layers.text.counted import counted, grouped, metres, size_words
from viewer.network.pack_download import PackDownload, PackPhase
from viewer.panels.context import PanelContext
from viewer.panels.packs.pack_area import PackArea
from viewer.panels.packs.pack_file import file_name_of, pack_file_name
from viewer.panels.packs.terms_link import terms_link
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 460
USUAL_TILES = 2_000
"""Tiles up to which a finer last level is offered at first."""
_AS_FINE = 1.01
"""Times the map's resolution that a level may have to be as fine."""


class _Look(Struct, frozen=True):
    """A look at the folder of a pack: its state, the bytes that are free, and the reason why it cannot be used."""

    packs: tuple[FoundPack, ...]
    """The packs of the service that lie there."""
    free_bytes: int
    problem: str = ""


class PackDialog(QDialog):
    """The dialog. `begin_wanted` carries a plan, the file name of its pack, and whether what it has is fetched anew;
    the work on it is handed in by `follow`, and goes on when the dialog is closed.
    """

    begin_wanted = Signal(object, str, bool)
    use_wanted = Signal(object)
    """Emitted with the path of a pack that was made before, which the layer is to show from as it is."""

    def __init__(
        self,
        context: PanelContext,
        layer: Layer,
        service: TileService,
        folder: Callable[[], Path | None],
        parent: QWidget,
    ) -> None:
        """`folder` gives the case's folder; None while it was never saved: then who begins the pack saves it first."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Offline Pack of “{0}”").format(one_line(layer.name, 40)))
        self.layer_uuid = layer.uuid
        self._context, self._service, self._folder = context, service, folder
        self._download: PackDownload | None = None
        self._look = _Look((), -1)
        self._levels: tuple[PackLevel, ...] = ()
        self._terms = pack_terms(service)
        self._unfit = ""
        try:
            self._levels = pack_levels(service)
        except UnsupportedFormat as error:
            self._unfit = in_language(error.sentence)
        self._make(layer)
        self._lay_out()
        self.setMinimumWidth(WIDTH_PX)
        self._choose_last_level()
        self._connect()
        self.look_at_file()
        self._look_again()
        self._focus_next()

    def _make(self, layer: Layer) -> None:
        self.terms = wrapped(in_language(self._terms.sentence))
        self.link_button = terms_link(self._service.own_link, self._service.link)
        self.agreed = QCheckBox(self.tr("I have read its terms: they allow this"))
        self.agreed.setAccessibleName(self.agreed.text())
        self.area = PackArea(self._context)
        self.first, self.last = ComboBox(), ComboBox()
        self.first.setAccessibleName(self.tr("First level"))
        self.last.setAccessibleName(self.tr("Last level"))
        self.file = QLineEdit(pack_file_name(layer.name, self._service.time, ENDING))
        self.file.setAccessibleName(self.tr("File beside the case"))
        self.file.setMaxLength(200)
        self.found = LinkButton("", "")
        self.found.clicked.connect(self._use_found)
        self.estimate, self.progress_words, self.remark = wrapped(""), muted(), muted()
        self.estimate.setAccessibleName(self.tr("Estimate"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress"))
        self.progress.setRange(0, 1000)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.go_button = self.buttons.addButton(self.tr("&Make Pack"), QDialogButtonBox.ButtonRole.ActionRole)
        self.pause_button = self.buttons.addButton(self.tr("&Pause"), QDialogButtonBox.ButtonRole.ActionRole)
        self.choose_button = self.buttons.addButton(self.tr("&Use a File…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.choose_button.setToolTip(tooltip(self.tr("Show the layer from a pack that was made before, as it is")))
        self.choose_button.setAutoDefault(False)
        self.go_button.setDefault(True)
        for button in self.buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))

    def _lay_out(self) -> None:
        between = plain_label(self.tr("to"))
        levels = side_by_side(self.first, between, self.last, stretch=2)
        self.area.form.addRow(plain_label(self.tr("Levels")), levels)
        self.area.form.addRow(plain_label(self.tr("File")), self.file)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.terms)
        layout.addWidget(self.link_button)
        layout.addWidget(self.agreed)
        layout.addWidget(self.area)
        for widget in (self.found, self.remark, self.estimate, self.progress, self.progress_words):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.agreed.toggled.connect(self._look_again)
        self.agreed.toggled.connect(self._focus_next)
        self.area.changed.connect(self._area_changed)
        self.first.currentIndexChanged.connect(self._look_again)
        self.last.currentIndexChanged.connect(self._look_again)
        self.file.editingFinished.connect(self.look_at_file)
        self.file.textEdited.connect(self._look_again)
        self.go_button.clicked.connect(self._go)
        self.pause_button.clicked.connect(self._pause)
        self.choose_button.clicked.connect(self._choose_file)
        self.buttons.rejected.connect(self.close)
        self._context.document_replaced.connect(self.close)

    # -- what is chosen ----------------------------------------------------------------------------------------------

    @property
    def file_name(self) -> str:
        """The file name of the pack; empty where what was typed is none."""
        return file_name_of(self.file.text(), ENDING)

    @property
    def path(self) -> Path | None:
        """The path of the pack; None without a case's folder or a name."""
        folder = self._folder()
        return folder / self.file_name if folder is not None and self.file_name else None

    def plan(self) -> PackPlan:
        """The chosen plan. Raises InvalidValue where area or levels are none, or too much."""
        areas = self.area.areas()
        if not areas:
            raise InvalidValue(self.tr("No area: select sites on the map, or choose the view."))
        first, last = self.first.currentData(), self.last.currentData()
        if first > last:
            raise InvalidValue(self.tr("The first level must be the coarser one."))
        plan = plan_pack(self._service, areas, (first, last))
        plan.check()
        return plan

    def _fill_levels(self) -> None:
        """Show each level with the metres of ground that a pixel has in the area."""
        areas = self.area.areas()
        lat = areas[0].centre[1] if areas else 0.0
        px = tile_px_of(self._service, self._levels)
        words = [
            self.tr("{0}: {1} a pixel").format(level.zoom, metres(level.metres_per_px(lat, px)))
            for level in self._levels
        ]
        for box in (self.first, self.last):
            chosen = box.currentData()
            box.blockSignals(True)
            box.clear()
            for level, text in zip(self._levels, words, strict=True):
                box.addItem(text, level.zoom)
            box.setCurrentIndex(max(box.findData(chosen), 0))
            box.blockSignals(False)

    def _choose_last_level(self) -> None:
        """Choose all levels that make a pack of a usual size; the coarse ones cost next to nothing, and a desk without
        a network zooms out, too. What the map shows now is always among them.
        """
        self._fill_levels()
        shown = self._shown_index()
        for index in range(1, self.last.count()):
            self.last.setCurrentIndex(index)
            try:
                is_usual = self.plan().count() <= USUAL_TILES
            except GeoloupeError:
                break
            if not is_usual and index > shown:
                self.last.setCurrentIndex(index - 1)
                break

    def _shown_index(self) -> int:
        """Index of the level whose pixels are as fine as those of the map now; the finest where none is."""
        areas, px = self.area.areas(), tile_px_of(self._service, self._levels)
        if not areas:
            return 0
        view, lat = self._context.view.shown(), areas[0].centre[1]
        ground_m = ground_resolution_m(view.grid.crs, *view.world_bounds().centre, view.grid.resolution)
        fine = (at for at, level in enumerate(self._levels) if level.metres_per_px(lat, px) <= ground_m * _AS_FINE)
        return next(fine, len(self._levels) - 1)

    def _area_changed(self) -> None:
        self._fill_levels()
        self._look_again()

    # -- the file ----------------------------------------------------------------------------------------------------

    def look_at_file(self) -> None:
        """Look, in a job, at the pack that may be there, and at the room that is left."""
        path, service, jobs = self.path, self._service, self._context.case.jobs
        if path is None or not self._levels or jobs is None:
            return

        def look(_: object) -> _Look:
            try:
                free = shutil.disk_usage(path.parent).free
            except OSError:
                free = -1
            try:
                pack_state(path, service)  # what was left half written is taken back
            except GeoloupeError as error:
                return _Look((), free, error.sentence)
            return _Look(packs_in_folder(path.parent, service), free)

        jobs.run(look, partial(self._looked, path))

    def _looked(self, path: Path, look: _Look) -> None:
        if not shiboken6.isValid(self) or path != self.path:
            return
        self._look = look
        own = self._preferred()
        if not self.file.isModified() and own is not None:
            self.file.setText(own.name)
        if own is not None and own.name == self.file_name and not own.state.is_whole and self._download is None:
            self.area.show_areas(own.state.areas)
            self._fill_levels()
            for box, zoom in zip((self.first, self.last), own.state.zooms, strict=True):
                box.setCurrentIndex(max(box.findData(zoom), 0))
        self._look_again()

    def _preferred(self) -> FoundPack | None:
        """The pack that is gone on with: the one of the name, else one of the layer's, else any of its service."""
        used = self._packs_used()
        ranks = (lambda pack: pack.name == self.file_name, lambda pack: pack.name in used, lambda _: True)
        return next((pack for fits in ranks for pack in self._look.packs if fits(pack)), None)

    def _packs_used(self) -> set[str]:
        """Names of the packs beside the case from which the layer shows."""
        layer, folder = self._context.document.layers.get(self.layer_uuid), self._folder()
        paths = () if layer is None else map(Path, packs_in(layer.source))
        return {path.name for path in paths if path.parent == folder}

    def _meant(self) -> FoundPack | None:
        """The pack into which the choice goes: the one of that name, or one of the same area and levels."""
        try:
            return pack_for(self.plan(), self.file_name, self._look.packs)
        except GeoloupeError:
            return None

    def _has_all(self) -> bool:
        """True where the pack has all that is chosen."""
        meant = self._meant()
        return meant is not None and meant.state.is_whole and meant.state.has(self.plan())

    # -- the work ----------------------------------------------------------------------------------------------------

    def follow(self, download: PackDownload) -> None:
        """Show the work on the layer's pack, which has begun."""
        self._download = download
        download.changed.connect(self._look_again)
        download.ended.connect(self._ended)
        self._look_again()

    def _is_only_used(self) -> bool:
        """True where nothing is fetched: the layer takes up a pack that has all."""
        meant = self._meant()
        return meant is not None and self._has_all() and meant.name not in self._packs_used()

    def _go(self) -> None:
        try:
            plan = self.plan()
        except GeoloupeError:
            return
        if self.file_name:
            meant = self._meant()
            name = self.file_name if meant is None else meant.name
            self.begin_wanted.emit(plan, name, self._has_all() and name in self._packs_used())

    # -- packs made before -------------------------------------------------------------------------------------------

    def _unused(self) -> FoundPack | None:
        """A pack of the service beside the case that was made before, from which the layer does not show yet."""
        used = self._packs_used()
        return next((pack for pack in self._look.packs if pack.state.has_some and pack.name not in used), None)

    def _show_unused(self, *, is_shown: bool) -> None:
        pack = self._unused() if is_shown else None
        self.found.setVisible(pack is not None)
        if pack is None:
            return
        words = self.tr("{0} was made before and lies beside the case: {1}. Show the layer from it as it is")
        text = words.format(one_line(pack.name, 60), self._state_words(pack.state))
        self.found.setText(text)
        self.found.setAccessibleName(text)
        self.found.setToolTip(tooltip(self.tr("Nothing is fetched, and the pack stays as it is")))
        self.found.updateGeometry()

    def _state_words(self, state: PackState) -> str:
        """The part of the ground and the levels that a pack has, and whether it is whole."""
        areas, view = state.areas, area_of_view(self._context.view.shown())
        is_here = any(view.intersects(shapely.box(*area)) for area in areas)
        here = self.tr("with a part of this view") if is_here else self.tr("of another place than this view")
        whole = self.tr("whole") if state.is_whole else self.tr("begun, not whole")
        return self.tr("{0}, {1}, levels {2} to {3}").format(whole, here, *state.zooms)

    def _use_found(self) -> None:
        pack, folder = self._unused(), self._folder()
        if pack is not None and folder is not None:
            self.use_wanted.emit(folder / pack.name)

    def _choose_file(self) -> None:
        """Let a pack be chosen by hand, wherever it lies."""
        folder = self._folder() or Path.home()
        title, kinds = self.tr("Offline pack made before"), self.tr("Offline packs (*{0})").format(ENDING)
        text, _ = QFileDialog.getOpenFileName(self, title, str(folder), kinds)
        if text:
            self.take_file(Path(text))

    def take_file(self, path: Path) -> None:
        """Use a pack at a path once it was looked into, in a job; say why where it is none of this service."""
        service, jobs = self._service, self._context.case.jobs
        assert jobs is not None, "the window has them"

        def looked(state: PackState | None) -> None:
            if not shiboken6.isValid(self):
                return
            if state is None or not state.has_some:
                self.say(self.tr("{0} holds no tiles of this service.").format(path.name))
            else:
                self.use_wanted.emit(path)

        def refused(error: GeoloupeError) -> None:
            if shiboken6.isValid(self):
                self.say(in_language(error.sentence))

        jobs.run(lambda _: pack_state(path, service, writable=False), looked, refused)

    def say(self, words: str) -> None:
        """Say what came of a file that was chosen by hand."""
        self.remark.setText(plain(words))
        self.remark.show()
        QTimer.singleShot(0, self, self._grow)

    def _pause(self) -> None:
        if self._download is not None and shiboken6.isValid(self._download):
            self._download.pause()

    def _ended(self) -> None:
        self.look_at_file()
        self._look_again()
        if not self.go_button.isEnabled():
            self.buttons.button(QDialogButtonBox.StandardButton.Close).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        download = self._download if self._download is not None and shiboken6.isValid(self._download) else None
        is_working = download is not None and download.is_working
        is_refused = bool(self._unfit) or self._terms.leave is PackLeave.REFUSED
        self.terms.setVisible(not self._unfit)
        self.agreed.setVisible(self._terms.leave is PackLeave.UNKNOWN and not is_refused)
        self.area.setVisible(not is_refused)
        for widget in (self.agreed, self.area):
            widget.setEnabled(not is_working)
        is_made = download is not None and self._is_made(download)
        why = self._unfit or self._refusal()
        estimate = "" if why or is_refused or is_made or self._is_only_used() else self._estimate_words()
        self.estimate.setText(plain(why or estimate))
        self.estimate.setVisible(bool(why or estimate) and not is_working)
        self.remark.setText(plain("" if is_refused or is_working or is_made else self._remark()))
        self.remark.setVisible(bool(self.remark.text()))
        self._show_unused(is_shown=not is_working and not self._is_only_used() and not self._unfit)
        self.choose_button.setVisible(not is_working and not self._unfit)
        self.go_button.setVisible(not is_refused and not is_working)
        self.go_button.setEnabled(not why and not is_made)
        self.go_button.setText(self.tr("&Make Pack") if is_made else self._go_words(download))
        self.go_button.setAccessibleName(self.go_button.text().replace("&", ""))
        self.pause_button.setVisible(is_working)
        self.progress.setVisible(download is not None)
        self.progress_words.setVisible(download is not None)
        if download is not None:
            self.progress.setValue(round(1000 * download.fraction))
            self.progress_words.setText(plain(progress_words(download)))
        QTimer.singleShot(0, self, self._grow)

    def _focus_next(self) -> None:
        """Move the keyboard to what comes next: the question about the terms, else the button that begins."""
        is_asked = self._terms.leave is PackLeave.UNKNOWN and not self.agreed.isChecked() and not self._unfit
        (self.agreed if is_asked else self.go_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _grow(self) -> None:
        """Make room for sentences that have become longer; the dialog never shrinks below the pointer."""
        layout = self.layout()
        if layout is not None:
            needed = max(layout.totalHeightForWidth(self.width()), layout.totalSizeHint().height())
            self.resize(self.width(), max(self.height(), needed))

    def _is_made(self, download: PackDownload) -> bool:
        """True where the pack that is chosen has just been made."""
        meant, path = self._meant(), self.path
        if path is not None and meant is not None:
            path = path.with_name(meant.name)
        if download.phase is not PackPhase.DONE or download.path != path:
            return False
        try:
            return self.plan() == download.plan
        except GeoloupeError:
            return False

    def _refusal(self) -> str:
        """The reason why no pack can be made now; empty where it can."""
        if self._terms.leave is PackLeave.REFUSED:
            return ""
        if self._look.problem:
            return in_language(self._look.problem)
        if not self.file_name:
            return self.tr("Give the file a name that this computer can write.")
        try:
            plan = self.plan()
        except GeoloupeError as error:
            return in_language(error.sentence)
        if 0 <= self._look.free_bytes < plan.estimate().size_bytes:
            sentence = self.tr("That needs about {0}, and only {1} are free where the case lies.")
            return sentence.format(size_words(plan.estimate().size_bytes), size_words(self._look.free_bytes))
        if self._terms.leave is PackLeave.UNKNOWN and not self.agreed.isChecked():
            return self.tr("{0}. Confirm above that its terms allow that.").format(self._estimate_words().rstrip("."))
        return ""

    def _estimate_words(self) -> str:
        try:
            words = in_language(self.plan().estimate().words)
        except GeoloupeError:
            return ""
        free = self._look.free_bytes
        if free < 0:
            return f"{words}."
        return self.tr("{0}; {1} are free.").format(words, size_words(free))

    def _remark(self) -> str:
        """Words on the file: that the case is saved first, or that the pack goes on, or grows."""
        if self._folder() is None and not self._unfit:
            return self.tr("The case is saved first: its packs lie beside it, so that both travel together.")
        meant = self._meant()
        if meant is None:
            return ""
        if meant.name != self.file_name:
            sentence = self.tr("{0} is of the same service, area and levels: it is used, and no second file is made.")
        elif not meant.state.is_whole:
            sentence = self.tr("{0} was begun and is not whole: it goes on where it was left.")
        elif not self._has_all():
            sentence = self.tr("{0} is there and grows: what it has is not asked for again.")
        elif self._is_only_used():
            sentence = self.tr("{0} has all of this area and these levels: the layer will show from it.")
        else:
            sentence = self.tr(
                "{0} has all of this area and these levels. Fetched anew, its tiles stay until newer come."
            )
        return sentence.format(meant.name)

    def _go_words(self, download: PackDownload | None) -> str:
        meant = self._meant()
        is_begun = meant is not None and not meant.state.is_whole
        is_paused = download is not None and download.phase is PackPhase.PAUSED
        if is_begun or is_paused:
            return self.tr("&Go On")
        if self._has_all():
            return self.tr("&Use Pack") if self._is_only_used() else self.tr("Fetch &Anew")
        return self.tr("Save Case and &Make Pack…") if self._folder() is None else self.tr("&Make Pack")


def progress_words(download: PackDownload) -> str:
    """A sentence on how far the work on a pack is."""

    total = in_language(counted(download.total, "tile"))
    counts = translate("PackDialog", "{0} of {1}").format(grouped(download.there), total)
    if download.lacking:
        counts += translate("PackDialog", ", {0} of them not there on the server").format(grouped(download.lacking))
    match download.phase:
        case PackPhase.PREPARING:
            return translate("PackDialog", "Looking at what the pack has…")
        case PackPhase.RUNNING:
            rest = in_language(download.rest.words)
            return translate("PackDialog", "{0}. Left: {1}.").format(counts, rest)
        case PackPhase.WAITING:
            return translate("PackDialog", "{0}. It waits, and goes on by itself: {1}").format(
                counts, in_language(download.sentence)
            )
        case PackPhase.DONE:
            return _held_words(download, total)
    if download.sentence:
        return translate("PackDialog", "{0}. Paused: {1}").format(counts, in_language(download.sentence))
    return translate(
        "PackDialog", "{0}. Paused: it goes on where it was left, also after the program was closed."
    ).format(counts)


def _held_words(download: PackDownload, total: str) -> str:
    """A sentence on the tiles that a whole pack holds, of `total` in words."""
    if not download.lacking:
        return translate("PackDialog", "The pack is whole: {0}. The layer shows from it without a network.").format(
            total
        )
    kept = download.there - download.lacking
    if not kept:
        return translate("PackDialog", "The pack is empty: the server has none of {0}.").format(total)
    return translate(
        "PackDialog",
        "The pack holds {0} of {1}; the server does not have the others. The layer shows from it without a network.",
    ).format(grouped(kept), total)
