"""The rows of the list of imagery: entries that hold the typed words, under headings of what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, override

from msgspec import Struct
from PySide6.QtCore import QT_TRANSLATE_NOOP, QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPalette

from layers.grid.tile_grid import View
from layers.places.names import name_key, tight
from layers.services.imagery_entry import ROLES, ImageryEntry, host_of_address
from layers.services.offers.offer import OfferedLayer
from layers.services.stac.item import StacItem
from layers.services.stac.separate_bands import places_of_bands
from layers.services.view_tiles import finest_detail_m
from viewer.panels.search.hits import WantedKey
from viewer.panels.search.palette_rows import HEADING_ROLE, NOTE_ROLE
from viewer.support.icons import line_icon
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate

ROLE_TITLES: dict[str, object] = {
    "basemap": QT_TRANSLATE_NOOP("Imagery", "Basemaps"),
    "dated": QT_TRANSLATE_NOOP("Imagery", "Dated imagery"),
    "archive": QT_TRANSLATE_NOOP("Imagery", "Archives to search"),
    "vectors": QT_TRANSLATE_NOOP("Imagery", "Vectors"),
    "server": QT_TRANSLATE_NOOP("Imagery", "Servers to look into"),
}
ICONS = {"basemap": "tiles", "dated": "time_strip", "archive": "search", "vectors": "vector", "server": "link"}
KIND_NAMES = {
    "xyz": "XYZ",
    "tms": "TMS",
    "tilejson": "TileJSON",
    "wmts": "WMTS",
    "wms": "WMS",
    "arcgis": "ArcGIS",
    "wfs": "WFS",
    "ogcapi": "OGC API",
    "cog": "COG",
    "pmtiles": "PMTiles",
    **dict.fromkeys(("stac-item", "stac-items", "stac-collection", "stac-catalog", "stac-api"), "STAC"),
}
"""Names of the kinds of services, as their standards have them."""
LONGEST_SEARCHED = 2000
"""Most characters of an entry's texts that a search looks through."""

MOST_LOOKED_AT = 200
"""Most layers of an offer that are looked at for what they have in the view: each costs about 50 microseconds."""


class EntryRow(Struct, frozen=True, eq=False):
    """An entry as it is listed: `layer`, or the `item` of a catalogue, is the offer it comes from; `key` is searched,
    `closed_key` has no spaces.
    """

    entry: ImageryEntry
    layer: OfferedLayer | None = None
    item: StacItem | None = None
    is_recent: bool = False
    is_own: bool = False
    key: str = ""
    closed_key: str = ""

    @property
    def picture(self) -> str:
        """The address of the picture of its item; empty without one."""
        asset = None if self.item is None else self.item.picture.asset
        return "" if asset is None else asset.web

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that are contacted for it."""
        if self.item is None or not self.picture:
            return self.entry.hosts
        return tuple(dict.fromkeys(map(host_of_address, (self.picture, *places_of_bands(self.item)))))

    @property
    def small_picture(self) -> str:
        """The address of the small picture of its item; empty without one."""
        small = None if self.item is None else self.item.thumbnail
        return "" if small is None else small.web

    @property
    def previewed_hosts(self) -> tuple[str, ...]:
        """Hosts that are contacted for a picture of it in the dialog."""
        return (host_of_address(self.small_picture),) if self.small_picture else self.entry.hosts


type ListedRow = EntryRow | str
"""A row of the list; a text is a heading."""


def row_of(
    entry: ImageryEntry,
    layer: OfferedLayer | None = None,
    item: StacItem | None = None,
    *,
    is_recent: bool = False,
    is_own: bool = False,
) -> EntryRow:
    """The row of an entry. In any thread."""
    name = "" if layer is None else layer.name
    texts = (entry.title, name, entry.group, KIND_NAMES.get(entry.kind, ""), *entry.hosts, entry.note, entry.licence)
    key = name_key(" ".join(texts)[:LONGEST_SEARCHED])
    return EntryRow(entry, layer, item, is_recent, is_own, key, tight(key))


def arranged(rows: Iterable[EntryRow], words: str) -> list[ListedRow]:
    """The rows that hold the words, each group under its heading, the best first; without words in their own order."""
    key = name_key(words)
    kept = list(rows)
    if key:
        wanted = WantedKey(key)
        scored = [(wanted.score(row.key, row.closed_key), row) for row in kept]
        matches = [(score, row) for score, row in scored if score is not None]
        kept = [row for _, row in sorted(matches, key=lambda match: match[0])]
    listed: list[ListedRow] = []
    recent = [row for row in kept if row.is_recent]
    if recent:
        listed += [translate("Imagery", "Added lately"), *recent]
    for role in ROLES:
        group = [row for row in kept if row.entry.role == role and not row.is_recent]
        if group:
            listed += [translate("Imagery", ROLE_TITLES[role]), *group]
    return listed


def first_choice(rows: Sequence[EntryRow], name: str, view: View) -> EntryRow | None:
    """The row of an offer that is chosen at first: the layer of this name, else the first dated layer that has
    something in the middle of the view, else the first one that has, or that can be drawn at all. None where nothing
    can be drawn.
    """
    named = name.casefold()
    layers = [(row, row.layer, row.entry.service) for row in rows if row.layer is not None]
    alike = [(row, layer.name) for row, layer, _ in layers if named and layer.name.casefold() == named]
    if alike:
        return next((row for row, spelled in alike if spelled == name), alike[0][0])
    drawn = [(row, service) for row, _, service in layers if service is not None]
    dated_first = sorted(drawn, key=lambda pair: pair[0].entry.role != "dated")
    here = (row for row, service in dated_first[:MOST_LOOKED_AT] if finest_detail_m(service, view) is not None)
    return next(here, drawn[0][0] if drawn else None)


class EntryModel(QAbstractListModel):
    """The rows for a view; they are drawn by the delegate of the palette."""

    def __init__(self, palette: QPalette) -> None:
        super().__init__()
        self.rows: Sequence[ListedRow] = ()
        self._palette = palette
        self._icons: dict[str, QIcon] = {}

    def set_rows(self, rows: Sequence[ListedRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def set_palette(self, palette: QPalette) -> None:
        """Draw the icons anew, in the colours of another theme."""
        self._palette = palette
        self._icons.clear()

    def first(self) -> int:
        """The number of the first row that can be chosen; -1 where there is none."""
        return next((at for at, row in enumerate(self.rows) if isinstance(row, EntryRow)), -1)

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    @override
    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else role == HEADING_ROLE or None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(row.entry.title)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(ICONS[row.entry.role])
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip("\n".join(filter(None, (row.entry.title, word(row.entry.note)))))
            case Qt.ItemDataRole.AccessibleTextRole:
                kind = translate("Imagery", ROLE_TITLES[row.entry.role])
                return ", ".join(filter(None, (one_line(row.entry.title), _note(row), kind)))
        return _note(row) if role == NOTE_ROLE else None

    def _icon(self, name: str) -> QIcon:
        if name not in self._icons:
            self._icons[name] = line_icon(name, self._palette)
        return self._icons[name]


def _note(row: EntryRow) -> str:
    """The provider or the headings above an entry, and whether it is of the analyst's own list."""
    own = translate("Imagery", "my list") if row.is_own else ""
    return " · ".join(filter(None, (one_line(row.entry.group, 60), own)))
