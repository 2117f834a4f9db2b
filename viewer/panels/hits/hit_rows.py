"""The rows of a list of hits, sorted by date, cloud or covered ground; those that come later keep the others' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache
from operator import itemgetter
from typing import Any, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from viewer.panels.hits.hit import ArchiveHit, begin_of, cloud_words, day_words, part_words, sensor_words
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.painting import painting

type Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
PICTURE_PX = QSize(48, 32)
SHARPNESS = 2
"""Pixels of a picture for each logical one, as some screens have them."""
LOADING_PX = 10
"""Height of the letters in the place of a picture that is on its way."""
MOST_ICONS = 300
_ROLE = Qt.ItemDataRole
_UNKNOWN_CLOUD = 101.0
_FIRST = itemgetter(0)
_ANSWERED = frozenset(map(int, (_ROLE.DisplayRole, _ROLE.DecorationRole, _ROLE.ToolTipRole, _ROLE.AccessibleTextRole)))


class HitColumn(IntEnum):
    """The columns of a list of hits."""

    DATE, SENSOR, CLOUD, PART, STATE = range(5)


class HitRows(QAbstractTableModel):
    """The list of one search. Texts and pictures are made for the rows that are painted."""

    def __init__(
        self,
        picture_of: Callable[[str], QImage | None],
        is_awaited: Callable[[str], bool],
        is_added: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        """`picture_of` gives the small picture of the scene at a path, or None until it is there; `is_awaited` tells
        whether it is on its way, `is_added` whether the case has the scene with a key.
        """
        super().__init__(parent)
        self._picture_of, self._is_awaited, self._is_added = picture_of, is_awaited, is_added
        self._of_site = False
        self.hits: list[ArchiveHit] = []
        """The hits in the order of the list."""
        self._keys: list[tuple[Any, ...]] = []
        """The keys by which they are sorted."""
        self._rows: dict[str, int] = {}
        """The row of each hit, by the key of its scene."""
        self._column, self._descending = HitColumn.DATE, True
        self._blank = _icon_of(None)
        self._icons: dict[str, QIcon] = {}
        """Pictures of rows that were painted, by the path of the scene."""

    # -- content ------------------------------------------------------------------------------------------------

    def show_hits(self, hits: Iterable[ArchiveHit], *, of_site: bool) -> None:
        """Show the hits of another search; `of_site` says whether it asked about sites or the view."""
        self.beginResetModel()
        self._of_site = of_site
        self._take(list(hits))
        self.endResetModel()

    def add(self, hits: Iterable[ArchiveHit]) -> None:
        """Add hits that have come now, each at its place; one that is listed already is left out."""
        more = [hit for hit in hits if hit.scene.key not in self._rows]
        if not more:
            return
        first = len(self.hits)
        keyed = self._sorted(more)
        self.beginInsertRows(NOWHERE, first, first + len(more) - 1)
        self._rows.update((hit.scene.key, row) for row, (_, hit) in enumerate(keyed, start=first))
        self._keys += [key for key, _ in keyed]
        self.hits += [hit for _, hit in keyed]
        self.endInsertRows()
        if first and self._keys[first] < self._keys[first - 1]:
            self._arrange(sorted(zip(self._keys, self.hits, strict=True), key=_FIRST))

    def row_of(self, key: str) -> int:
        """The row of the hit with the key of a scene; -1 for none."""
        return self._rows.get(key, -1)

    def tell_state(self) -> None:
        """Show anew which hits are in the case."""
        if self.hits:
            self.dataChanged.emit(self.index(0, HitColumn.STATE), self.index(len(self.hits) - 1, HitColumn.STATE))

    def tell_pictures(self, path: str) -> None:
        """Show the small picture that has come of a scene, where it is listed."""
        self._icons.pop(path, None)
        for row, hit in enumerate(self.hits):
            if hit.scene.path == path:
                self.dataChanged.emit(self.index(row, HitColumn.DATE), self.index(row, HitColumn.DATE))

    def _take(self, hits: list[ArchiveHit]) -> None:
        keyed = self._sorted(hits)
        self._keys, self.hits = [key for key, _ in keyed], [hit for _, hit in keyed]
        self._rows = {hit.scene.key: row for row, hit in enumerate(self.hits)}

    def _key(self, hit: ArchiveHit) -> tuple[Any, ...]:
        """The key by which a hit is sorted, in the chosen column; of equal ones the newest comes first."""
        sign = -1.0 if self._descending else 1.0
        newest = -begin_of(hit)
        match self._column:
            case HitColumn.SENSOR:
                name = sensor_words(hit).casefold()
                return tuple(-ord(letter) for letter in name) if self._descending else name, newest, hit.scene.key
            case HitColumn.CLOUD:
                cloud = hit.scene.cloud_percent
                return cloud is None, sign * (_UNKNOWN_CLOUD if cloud is None else cloud), newest, hit.scene.key
            case HitColumn.PART:
                return sign * hit.part, newest, hit.scene.key
            case HitColumn.STATE:
                return sign * self._is_added(hit.scene.key), newest, hit.scene.key
        return not hit.scene.is_dated, sign * -newest, hit.scene.key

    def _sorted(self, hits: list[ArchiveHit]) -> list[tuple[tuple[Any, ...], ArchiveHit]]:
        """The hits in order, each with what it is sorted by, which no two of them share."""
        return sorted(((self._key(hit), hit) for hit in hits), key=_FIRST)

    def _arrange(self, keyed: list[tuple[tuple[Any, ...], ArchiveHit]]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        names = [self.hits[index.row()].scene.key for index in before]
        self._keys, self.hits = [key for key, _ in keyed], [hit for _, hit in keyed]
        self._rows = {hit.scene.key: row for row, hit in enumerate(self.hits)}
        after = [self.index(self._rows[name], old.column()) for name, old in zip(names, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- Qt's side ----------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.hits)

    @override
    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(HitColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != _ROLE.DisplayRole:
            return None
        names = (self.tr("Date (UTC)"), self.tr("Imagery"), self.tr("Cloud"), self.tr("Covers"), self.tr("Added"))
        return names[section] if 0 <= section < len(names) else None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._descending = HitColumn(column), order == Qt.SortOrder.DescendingOrder
        self._arrange(self._sorted(self.hits))

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if role not in _ANSWERED or not 0 <= index.row() < len(self.hits):
            return None
        hit, column = self.hits[index.row()], index.column()
        if role == _ROLE.DecorationRole:
            return self._picture(hit) if column == HitColumn.DATE else None
        if role == _ROLE.ToolTipRole:
            return tooltip(self._whole(hit))
        if role == _ROLE.AccessibleTextRole and column == HitColumn.DATE:
            return self._whole(hit).replace("\n", ", ")
        return self._words(hit, HitColumn(column))

    def _picture(self, hit: ArchiveHit) -> QIcon:
        path = hit.scene.path
        if path in self._icons:
            return self._icons[path]
        image = self._picture_of(path) if hit.picture else None
        if image is None:
            return _loading() if hit.picture and self._is_awaited(path) else self._blank
        if len(self._icons) >= MOST_ICONS:
            self._icons.clear()
        icon = self._icons[path] = _icon_of(image)
        return icon

    def _words(self, hit: ArchiveHit, column: HitColumn) -> str:
        match column:
            case HitColumn.DATE:
                return day_words(hit.scene)
            case HitColumn.SENSOR:
                return sensor_words(hit)
            case HitColumn.CLOUD:
                return self.tr("radar") if hit.item.is_radar else cloud_words(hit.scene)
            case HitColumn.PART:
                return part_words(hit.part, self._of_site)
        return self.tr("yes") if self._is_added(hit.scene.key) else ""

    def _whole(self, hit: ArchiveHit) -> str:
        """All that a row says, with name, kind of date, credit and licence."""
        scene = hit.scene
        cloud = self.tr("radar") if hit.item.is_radar else self.tr("cloud {0}").format(cloud_words(scene))
        facts = [one_line(scene.title, 80), in_language(scene.when), sensor_words(hit), cloud]
        facts.append(self.tr("covers {0}").format(part_words(hit.part, self._of_site)) if hit.part > 0 else "")
        facts.append(self.tr("Credit: {0}").format(one_line(scene.credit, 80) or self.tr("not stated")))
        facts.append(self.tr("Licence: {0}").format(one_line(in_language(hit.item.terms), 80)))
        return "\n".join(filter(None, facts))


@cache
def _loading() -> QIcon:
    """The word in the place of a picture that is on its way, in a grey that both themes can show."""
    place = QPixmap(PICTURE_PX * SHARPNESS)
    place.fill(Qt.GlobalColor.transparent)
    place.setDevicePixelRatio(SHARPNESS)
    with painting(place) as painter:
        font = painter.font()
        font.setPixelSize(LOADING_PX)
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.darkGray)
        painter.drawText(QRect(QPoint(), PICTURE_PX), Qt.AlignmentFlag.AlignCenter, translate("HitRows", "Loading…"))
    return QIcon(place)


def _icon_of(image: QImage | None) -> QIcon:
    """A picture in the middle of a place that all pictures of the list share; None for an empty one."""
    size = PICTURE_PX * SHARPNESS
    place = QPixmap(size)
    place.fill(Qt.GlobalColor.transparent)
    if image is not None:
        fitted = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        with painting(place) as painter:
            painter.drawImage((size.width() - fitted.width()) // 2, (size.height() - fitted.height()) // 2, fitted)
    place.setDevicePixelRatio(SHARPNESS)
    return QIcon(place)
