"""The panel below the map: scenes of the view or of the selected site along a line of time, and the current one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import override

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from layers.scenes.passes import Pass
from viewer.panels.layers.date_offers import UndatedLink
from viewer.panels.time_strip.folder_dialog import FolderDialog
from viewer.panels.time_strip.scene_desk import SceneDesk, SearchedGround
from viewer.panels.time_strip.scene_pictures import ScenePictures
from viewer.panels.time_strip.seen_marks import SeenMark
from viewer.panels.time_strip.strip_clouds import StripClouds
from viewer.panels.time_strip.strip_view import StripView
from viewer.panels.time_strip.tick_tip import TickTip
from viewer.panels.time_strip.tick_words import strip_sentence, tick_lines
from viewer.panels.widgets.form_page import laid_out, muted
from viewer.support.elided import FittedLabel
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.still_boxes import ComboBox

PICTURE_PX = 44
COMPARISON_PX = 44
"""Height of the controls of a comparison, which are between the map and the strip."""
SIDE_PX, HEAD_SPACING_PX = 6, 8
SUMMARY_AT = 2
"""Place of the summary in the head."""
SUMMARY_PX = 110
"""Least width for the number of scenes, in logical pixels."""
MOST_LINES, LOW_PX = 2, 600
"""Most lines of the summary below the head, and the height of the window below which it has one."""


class TimeStripPanel(QWidget):
    """The panel; it follows the desk, and searches nothing while it is hidden."""

    def __init__(
        self,
        desk: SceneDesk,
        pictures: ScenePictures,
        ask_folder: Callable[[], Path | None],
        search_archives: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._pictures = desk, pictures
        self._ask_folder, self._search_archives = ask_folder, search_archives
        self._clouds = StripClouds(desk, self)
        self._tip_path = ""
        self._tip_tick: Pass | None = None
        self.view = StripView()
        self.tip = TickTip(self)
        self.setFocusProxy(self.view)
        self._awaits_view = False
        """True while the keyboard, meant for the strip, stands in the head because there is no strip yet."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIDE_PX, 4, SIDE_PX, 4)
        layout.setSpacing(4)
        self._head = self._build_head()
        layout.addLayout(self._head)
        self._below_head = QHBoxLayout()
        """The room of the summary where the head has too little for it."""
        layout.addLayout(self._below_head)
        self.hint = muted("")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.hint)
        layout.addWidget(self.pages, 1)
        layout.addLayout(self._build_foot())
        self.view.stepped.connect(desk.step)
        self.view.jumped.connect(desk.step_to_end)
        self.view.used.connect(desk.use)
        self.view.tip_wanted.connect(self._tip)
        self.place.installEventFilter(self)
        pictures.arrived.connect(self._picture_arrived)
        desk.ticks_changed.connect(self._show_ticks)
        desk.current_changed.connect(self.tip.hide)  # it would tell of the scene that was left
        desk.current_changed.connect(self._show_current)
        desk.ground_changed.connect(self._show_current)
        desk.outlines_switched.connect(self._show_outlines)
        desk.frames_changed.connect(self._show_frames)
        desk.place_changed.connect(self._show_place)
        desk.pointed.changed.connect(lambda: self.view.show_pointed(desk.pointed.key))
        desk.context.selection.changed.connect(self._show_hint)
        desk.folders.folders_changed.connect(self._show_hint)
        desk.archives.searches_changed.connect(self._show_hint)
        desk.folders.changed.connect(pictures.forget)
        self._clouds.changed.connect(self._show_clouds)
        self._show_place()
        self._show_outlines()
        self._show_frames()
        self._show_ticks()

    def begin(self) -> None:
        """Move the keyboard into the strip; until it has a scene, into the head."""
        has_strip = self.view.isVisibleTo(self)
        (self.view if has_strip else self.place).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _build_head(self) -> QHBoxLayout:
        self.place = ComboBox()
        self.place.addItem(self.tr("Scenes of the view"), SearchedGround.VIEW)
        self.place.addItem(self.tr("Scenes of the site"), SearchedGround.SITE)
        self.place.setAccessibleName(self.tr("Ground whose scenes are shown"))
        self.place.setToolTip(
            tooltip(self.tr("Scenes that cover some of the view, or of the one site that is selected"))
        )
        self.place.currentIndexChanged.connect(lambda at: self._desk.set_place(SearchedGround(self.place.itemData(at))))
        self.frame = ComboBox()
        self.frame.setAccessibleName(self.tr("Picture of the comparison that a scene comes into"))
        self.frame.setToolTip(tooltip(self.frame.accessibleName()))
        self.frame.activated.connect(self._desk.set_frame)
        self.summary = FittedLabel()
        self.summary.setAccessibleName(self.tr("Number of scenes"))
        self.outlines = QCheckBox(self.tr("&Outlines"))
        self.outlines.setToolTip(tooltip(self.tr("Draw on the map the ground that each scene of the strip covers")))
        self.outlines.toggled.connect(self._desk.show_outlines)
        self.add_button = QPushButton(self.tr("Add &Folder…"))
        self.add_button.setToolTip(tooltip(self.tr("Choose a folder of images; it is searched and remembered")))
        self.add_button.clicked.connect(self.add_folder)
        self.folders_button = QPushButton(self.tr("Fo&lders…"))
        self.folders_button.setToolTip(tooltip(self.tr("Folders that are searched for scenes")))
        self.folders_button.clicked.connect(self.show_folders)
        self.archives_button = QPushButton(self.tr("Search &Archives…"))
        self.archives_button.setAccessibleName(self.tr("Search archives"))
        self.archives_button.setToolTip(
            tooltip(self.tr("Ask public archives which scenes of the view, or of the selected sites, they have"))
        )
        self.archives_button.clicked.connect(lambda: self._search_archives())
        self.sheet_button = QPushButton(self.tr("O&bservations…"))
        self.sheet_button.setAccessibleName(self.tr("Observations"))
        self.sheet_button.setToolTip(tooltip(self.tr("Open the sheet: sites by the dates of images (Shift+F9)")))
        self.sheet_button.clicked.connect(lambda: self._desk.context.typing_wanted.emit("observation_sheet"))
        row = QHBoxLayout()
        row.setSpacing(HEAD_SPACING_PX)
        row.addWidget(self.place)
        row.addWidget(self.frame)
        row.addWidget(self.summary, 1)
        row.addWidget(self.outlines)
        row.addWidget(self.sheet_button)
        row.addWidget(self.archives_button)
        row.addWidget(self.add_button)
        row.addWidget(self.folders_button)
        fixed = self.place, self.outlines, self.sheet_button
        others = (*fixed, self.archives_button, self.add_button, self.folders_button)
        self._whole_head_px = sum(widget.sizeHint().width() + row.spacing() for widget in others) + SUMMARY_PX
        return row

    def _build_foot(self) -> QHBoxLayout:
        self.picture = QLabel()
        self.picture.setFixedHeight(PICTURE_PX)
        self.picture.setAccessibleName(self.tr("Picture of the scene"))
        self.words = FittedLabel()
        self.words.setFixedHeight(PICTURE_PX)  # two lines, also where there is one: the strip keeps its height
        self.words.setAccessibleName(self.tr("Current scene"))
        self.undated = UndatedLink(self._desk.context)
        self.undated.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.use_button = QPushButton(self.tr("Add to the Case"))
        self.use_button.clicked.connect(lambda: self._desk.use())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.picture)
        row.addWidget(self.words, 1)
        row.addWidget(self.undated)
        row.addWidget(self.use_button)
        return row

    # -- what is done -------------------------------------------------------------------------------------------

    def add_folder(self) -> None:
        """Ask for a folder of scenes and add it."""
        folder = self._ask_folder()
        if folder is not None:
            self._desk.folders.add(str(folder))

    def show_folders(self) -> None:
        """Show the list of folders."""
        FolderDialog(self._desk.folders, self._ask_folder, self).show()

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def _is_of_site(self) -> bool:
        return self._desk.place is SearchedGround.SITE

    def _show_ticks(self) -> None:
        self.view.show_ticks(self._desk.ticks, self._desk.seen)
        self.updateGeometry()
        self._show_current()
        self._show_hint()

    def _show_hint(self) -> None:
        ticks, folders = self._desk.ticks, self._desk.folders
        scenes = sum(len(tick.scenes) for tick in ticks)
        undated = sum(not tick.is_dated for tick in ticks)
        parts: list[str] = [translate("TimeStripPanel", "{count} scenes", "{count} scene", scenes)] if ticks else []
        parts += [self.tr("{0} undated").format(undated)] if undated else []
        layers = (scene for tick in ticks for scene in tick.scenes if scene.layer_uuid)
        self.undated.show_images(
            [scene.layer_uuid for scene in layers if not scene.acquired and scene.date_kind != "composite"]
        )
        if folders.is_first_look:
            parts.append(self.tr("looking for more…"))
        if not self._desk.archives.is_idle:
            parts.append(self.tr("an archive is being searched…"))
        seen = self._desk.seen
        words = "" if seen.lines else in_language(seen.words)  # on several things the strip has a line each
        self.summary.say("; ".join(filter(None, (words, ", ".join(parts)))))
        self._fit_summary()
        self.pages.setCurrentIndex(0 if ticks or self._desk.seen.marks else 1)
        if self._awaits_view and self.view.isVisible():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._is_of_site and not self._desk.site_uuid:
            self.hint.setText(self.tr("Select one site to see the scenes that cover it."))
        elif not folders.folders:
            self.hint.setText(
                self.tr(
                    "No scene with a place is known here. Add a folder of images or satellite deliveries: they are read"
                    " where they lie, and nothing leaves this computer."
                )
            )
        elif folders.is_first_look:
            self.hint.setText(self.tr("No scene is known here yet; the folders are still being searched."))
        else:
            here = self.tr("No scene covers the site.") if self._is_of_site else self.tr("No scene covers this view.")
            self.hint.setText(here)

    def _show_current(self) -> None:
        tick = self._desk.current
        if tick is not None and self.isVisible():
            self._clouds.look_at(tick)
        self.use_button.setVisible(tick is not None)
        if tick is not None:
            all_there = len(tick.layers) == len(tick.scenes)
            text = self.tr("Show the Layer") if all_there else self.tr("Add to the Case")
            text = self.tr("Show in the Comparison") if self._desk.frames else text
            short = self.tr("Show") if all_there or self._desk.frames else self.tr("Add")
            self.use_button.setText(short if self.add_button.isHidden() else text)
            self.use_button.setAccessibleName(text)
            keys = self.tr("{0} (Enter in the strip; ← and → go to the scene before and after)")
            self.use_button.setToolTip(tooltip(keys.format(text)))
        self._show_picture(tick)
        self._show_words(tick)

    def _show_words(self, tick: Pass | None) -> None:
        words = "" if tick is None else strip_sentence(tick, self._is_of_site, self._clouds.of(tick))
        self.view.show_current("" if tick is None else tick.key, words)
        self.words.say(words or (self.tr("Choose a scene: a click or Enter adds it.") if self._desk.ticks else ""))

    def _show_clouds(self) -> None:
        """Tell what has come to be known of clouds."""
        self._show_words(self._desk.current)
        if self.tip.isVisible() and self._tip_tick is not None:
            self.tip.show_lines(tick_lines(self._tip_tick, self._is_of_site, self._clouds.of(self._tip_tick)))

    def _show_picture(self, tick: Pass | None) -> None:
        image = self._pictures.of(_pictured(tick)) if tick is not None else None
        self.picture.setVisible(image is not None)
        if image is not None:
            size = QSize(2 * PICTURE_PX, PICTURE_PX)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.picture.setPixmap(QPixmap.fromImage(image.scaled(size, keep, smooth)))

    def _picture_arrived(self, path: str) -> None:
        tick = self._desk.current
        if tick is not None and _pictured(tick) == path:
            self._show_picture(tick)
        if self.tip.isVisible() and path == self._tip_path:
            self.tip.show_picture(self._pictures.of(path))

    def _tip(self, under: Pass | SeenMark | str | None, at: QPoint) -> None:
        self._tip_tick = under if isinstance(under, Pass) else None
        if isinstance(under, Pass):
            self._tip_path = _pictured(under)
            self._clouds.look_at(under)
            lines = tick_lines(under, self._is_of_site, self._clouds.of(under))
            self.tip.show_at(self._above(at), lines, self._pictures.of(self._tip_path))
        elif isinstance(under, SeenMark):
            self.tip.show_at(self._above(at), [under.words], None)
        elif isinstance(under, str):
            self.tip.show_at(self._above(at), [under], None)
        else:
            self.tip.hide()

    def _above(self, at: QPoint) -> QPoint:
        """Place of a tip over the map, rather than over the controls of the panel and of the comparison above it."""
        panel = self.parentWidget()
        while panel is not None and not isinstance(panel, QDockWidget):
            panel = panel.parentWidget()
        top = (panel or self).mapToGlobal(QPoint(0, 0)).y()
        return QPoint(at.x(), top - (COMPARISON_PX if self._desk.frames else 0))

    def _show_frames(self) -> None:
        """Offer the pictures of the comparison, while there is one."""
        frames = self._desk.frames
        if self.frame.count() != frames:
            self.frame.clear()
            self.frame.addItems([self.tr("Into picture {0}").format(at + 1) for at in range(frames)])
        self.frame.setCurrentIndex(self._desk.frame)
        self.frame.setVisible(frames > 0)
        self._fit_head()
        self._show_current()

    def _show_place(self) -> None:
        self.place.setCurrentIndex(list(SearchedGround).index(self._desk.place))

    def _show_outlines(self) -> None:
        self.outlines.setChecked(self._desk.shows_outlines)

    def _fit_head(self) -> None:
        """Leave out of the head what is also elsewhere, where there is no room for all of it."""
        frame_px = self.frame.sizeHint().width() if self._desk.frames else 0
        is_whole = self.width() >= self._whole_head_px + frame_px
        self.add_button.setVisible(is_whole)  # the list of folders has it, too
        self.sheet_button.setVisible(is_whole)  # as has the Panels menu
        self.archives_button.setText(self.tr("Search &Archives…") if is_whole else self.tr("&Archives…"))
        shown = self.place, self.outlines, self.archives_button, self.folders_button
        narrow_px = sum(widget.sizeHint().width() + HEAD_SPACING_PX for widget in shown) + frame_px
        self.outlines.setVisible(is_whole or self.width() >= narrow_px + SUMMARY_PX)  # the Image menu has them, too
        self._fit_summary()

    def _fit_summary(self) -> None:
        """Put the summary into the head where it fits there in a line, else below it in as many as there is room."""
        metrics, text = self.summary.fontMetrics(), self.summary.text()
        beside = [widget for widget in laid_out(self._head) if widget is not self.summary and not widget.isHidden()]
        beside_px = sum(widget.sizeHint().width() + HEAD_SPACING_PX for widget in beside)
        wide = self.width() - 2 * SIDE_PX
        is_below = metrics.horizontalAdvance(text) > wide - beside_px
        lines = -(-metrics.boundingRect(0, 0, wide, 0, Qt.TextFlag.TextWordWrap, text).height() // metrics.height())
        most = MOST_LINES if self.window().height() >= LOW_PX else 1
        self.summary.setFixedHeight(min(lines, most) * metrics.height() if is_below else self.place.sizeHint().height())
        if is_below != (self._below_head.count() > 0):
            before, after = (self._head, self._below_head) if is_below else (self._below_head, self._head)
            before.removeWidget(self.summary)
            after.insertWidget(0 if is_below else SUMMARY_AT, self.summary, 1)
            self.updateGeometry()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that the keyboard came into the head by the panel's shortcut: keys of the strip do nothing there until
        there is one.
        """
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            is_called = event.reason() == Qt.FocusReason.ShortcutFocusReason
            self._awaits_view = is_called and not self.view.isVisibleTo(self)
        elif self._awaits_view and isinstance(event, QKeyEvent) and self.view.is_key(event.key()):
            return True
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress):
            self._awaits_view = False
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()
        self._show_current()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._desk.set_watched("strip", True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.tip.hide()
        self._desk.set_watched("strip", False)

    @override
    def minimumSizeHint(self) -> QSize:
        is_more = self.view.more_px > 0 or self._below_head.count() > 0
        return QSize(320, max(130, super().minimumSizeHint().height() if is_more else 0))


def _pictured(tick: Pass | None) -> str:
    """The path of the scene whose picture a tick shows; empty where none has one."""
    scenes = () if tick is None else tick.scenes
    return next((scene.path for scene in scenes if scene.has_picture), "")
