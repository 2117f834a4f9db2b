"""The rows of what is new: each site with its scenes below it, as a picture and two lines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, override

from PySide6.QtCore import QAbstractListModel, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyleOptionViewItem

from layers.observing.archive_question import COLLECTIONS
from layers.scenes.news import NewScene
from layers.text.counted import grouped
from viewer.commands.imagery.look_intervals import intervals
from viewer.network.consent import host_of
from viewer.panels.bookmarks.bookmark_rows import FACTS_ROLE, BookmarkDelegate
from viewer.panels.hits.hit import day_words
from viewer.panels.named_lists.named_rows import NOWHERE, Index
from viewer.panels.news.news_desk import FOLDERS, NewsDesk
from viewer.panels.time_strip.scene_pictures import ScenePictures
from viewer.panels.words import no_name
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

HEAD_ROLE = Qt.ItemDataRole.UserRole + 2
HEAD_GAP_PX = 8
_TOLD_ROLES = frozenset(
    map(int, (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, FACTS_ROLE))
)


class NewsRow(NamedTuple):
    """A row: a scene of a site, or the head of a site where there is no scene. Its words are made for rows in sight."""

    site: str
    new: NewScene | None
    tell: Callable[[], tuple[str, str]]

    @property
    def words(self) -> str:
        """The first line."""
        return self.tell()[0]

    @property
    def facts(self) -> str:
        """The second line; empty for a head."""
        return self.tell()[1]


class NewsRows(QAbstractListModel):
    """The list. It is read anew whenever the desk has changed; heads cannot be chosen."""

    def __init__(self, desk: NewsDesk, pictures: ScenePictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._pictures = desk, pictures
        self.rows: list[NewsRow] = []
        pictures.arrived.connect(self._show_picture)

    def read(self) -> None:
        """Read the list of the desk."""
        rows: list[NewsRow] = []
        days = intervals(self._desk.context.document)
        for site, scenes in self._desk.listed().items():
            rows.append(NewsRow(site, None, partial(self._head, site, len(scenes), days.get(site, 0))))
            rows += [NewsRow(site, new, partial(self._words, site, new)) for new in scenes]
        before = self.rows
        same = len(rows) == len(before) and all(
            row.new is was.new and row.site == was.site for row, was in zip(rows, before, strict=True)
        )
        if same and rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))  # other words, perhaps
        elif rows or before:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def scenes_of(self, site: str) -> list[NewScene]:
        """The scenes that are listed of a site."""
        return [row.new for row in self.rows if row.site == site and row.new is not None]

    def _head(self, site: str, count: int, days: int) -> tuple[str, str]:
        mark = self._desk.context.document.sites.get(site)
        words = translate("NewsRows", "{count} scenes to decide on", "{count} scene to decide on", count)
        listed = self._desk.listed_count(site)
        decided = listed - count
        if decided and count:
            words = self.tr("{0}, {1} decided on").format(words, decided)
        elif decided:
            words = translate("NewsRows", "all {count} scenes decided on", "its {count} scene decided on", decided)
        if (count_of_all := self._desk.found_count(site)) > listed:
            words = self.tr("{0}, the best {1} of {2}").format(words, listed, grouped(count_of_all))
        kept = self._desk.last.get(site)
        last = (
            self.tr("last look {0} by {1}").format(kept.row.at[:10], one_line(kept.row.observer, 40) or no_name())
            if kept is not None
            else self.tr("first look")
        )
        state = words if count or decided else self._nothing()
        every = translate("NewsRows", "every {count} days", "every {count} day", days) if days else ""
        name = "" if mark is None else one_line(mark.label, 60)
        return " · ".join(filter(None, (name or no_name(), state, last, every))), ""

    def _nothing(self) -> str:
        """That nothing is new, of the kind of imagery that was asked for."""
        names = {name: in_language(words) for name, words in COLLECTIONS.items()}
        kinds = ", ".join(names.get(name, name) for name in self._desk.collections)
        return self.tr("nothing new of {0}").format(kinds) if kinds else self.tr("nothing new")

    def _words(self, site: str, new: NewScene) -> tuple[str, str]:
        """Date, with its kind, and platform; cloud, or that it is radar, what is covered, and whose it is."""
        scene, item = new.scene, self._desk.desk.archives.item_of(new.scene.key)
        cloud = self._desk.clouds.of(site, scene)
        problem = translate("NewsRows", "mask not read") if cloud.problem else ""
        part = (
            translate("NewsRows", "covers the site")
            if new.part >= 1.0
            else translate("NewsRows", "covers {0} % of the site").format(max(1, min(99, round(100 * new.part))))
        )
        source = translate("NewsRows", "folder") if new.source == FOLDERS else host_of(new.source)
        is_radar = item is not None and item.is_radar
        over = translate("NewsRows", "radar") if is_radar and cloud.cloud is None else in_language(cloud.words)
        title = " · ".join(filter(None, (day_words(scene), one_line(scene.sensor, 40) or in_language(scene.kind))))
        return title, " · ".join(filter(None, (over, problem, part, source, one_line(scene.title, 60))))

    def _show_picture(self, path: str) -> None:
        for at, row in enumerate(self.rows):
            if row.new is not None and row.new.scene.path == path:
                self.dataChanged.emit(self.index(at), self.index(at))

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.of(row.new.scene.path) if row.new is not None else None
        if role == HEAD_ROLE:
            return row.new is None
        if role not in _TOLD_ROLES:
            return None
        words, facts = row.tell()
        whole = f"{words}\n{facts}" if facts else words
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return words
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip("\n".join(filter(None, (whole, self._problem_of(row)))))
            case Qt.ItemDataRole.AccessibleTextRole:
                return whole.replace("\n", ", ")
        return facts

    def _problem_of(self, row: NewsRow) -> str:
        """Why the mask of a scene could not be read; empty where it was, or there is none."""
        problem = "" if row.new is None else self._desk.clouds.of(row.site, row.new.scene).problem
        return self.tr("Its mask of clouds: {0}").format(one_line(in_language(problem), 200)) if problem else ""

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        is_scene = index.isValid() and self.rows[index.row()].new is not None
        return flag.ItemIsSelectable | flag.ItemIsEnabled if is_scene else flag.NoItemFlags


class NewsDelegate(BookmarkDelegate):
    """Paints scenes as bookmarks are painted, and the head of a site as one line of bold letters."""

    def __init__(self, view: QListView, rows: NewsRows) -> None:
        super().__init__(view, view.accessibleName())
        self._rows = rows
        self._sizes: tuple[QSize, QSize] | None = None
        """Sizes of a head and of a scene; None before the first row is asked for."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.row()
        if self._sizes is None or row == 0:  # rows are asked for from the first on: thousands are of two sizes
            scene = super().sizeHint(option, index)
            self._sizes = QSize(scene.width(), option.fontMetrics.lineSpacing() + HEAD_GAP_PX), scene
        return self._sizes[self._rows.rows[row].new is not None]

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not index.data(HEAD_ROLE):
            super().paint(painter, option, index)
            return
        painter.save()
        font = option.font
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text))
        place = option.rect.adjusted(HEAD_GAP_PX // 2, 0, -HEAD_GAP_PX // 2, 0)
        cut = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)
        painter.restore()
