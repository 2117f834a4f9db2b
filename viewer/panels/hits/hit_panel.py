"""The answer of an archive in its dialog: the list of hits, what is done with them, and where their pictures are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from layers.document.comparison import MOST_FRAMES
from viewer.network.consent import host_of
from viewer.panels.hits.hit import ArchiveHit, begin_of, ends_of, newest_and_oldest
from viewer.panels.hits.hit_list import HitList
from viewer.panels.hits.hit_rows import HitRows
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.language.text import one_line, plain, tooltip

MOST_HOSTS = 3
"""Most hosts of pictures that are asked about at once: a catalogue has its files at one or two."""


class HitPanel(QWidget):
    """The panel. `add_wanted` and `compare_wanted` carry lists of `ArchiveHit`, those to compare from the oldest on."""

    add_wanted = Signal(list)
    compare_wanted = Signal(list)
    allow_wanted = Signal(list)
    """Emitted with hosts of pictures that the analyst allows."""

    def __init__(self, rows: HitRows, permits: Callable[[str], bool], parent: QWidget | None = None) -> None:
        """`permits` tells whether a host may be contacted."""
        super().__init__(parent)
        self.rows, self._permits = rows, permits
        self._ends: list[ArchiveHit] = []
        self._pair: tuple[ArchiveHit, ...] = ()
        """The oldest and the newest hit; empty where there are not two."""
        self.list = HitList(rows)
        self.where = wrapped("")
        self.where.setAccessibleName(self.tr("Where the pictures are"))
        self.allow_button = QPushButton(self.tr("A&llow"))
        self.allow_button.clicked.connect(lambda: self.allow_wanted.emit(self._hosts()))
        self.add_button = QPushButton(self.tr("&Add as Layer"))
        self.add_button.setToolTip(tooltip(self.tr("Add the chosen scenes to the case as layers (Enter in the list)")))
        self.compare_button = QPushButton(self.tr("&Compare Newest and Oldest"))
        self.add_button.clicked.connect(self._add)
        self.compare_button.clicked.connect(self._compare)
        self.list.add_wanted.connect(self._add)
        self.list.compare_wanted.connect(self._compare)
        self.list.chosen_changed.connect(self._offer)
        rows.rowsInserted.connect(lambda _, first, last: self._show_pair(rows.hits[first : last + 1]))
        rows.modelReset.connect(self._begin_anew)
        for button in (self.allow_button, self.add_button, self.compare_button):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.where, self.allow_button, stretch=0))
        self._begin_anew()

    def take(self, hits: Sequence[ArchiveHit]) -> None:
        """List hits that have come."""
        self.rows.add(hits)
        self.list.follow_top()

    def show_hosts(self) -> None:
        """Say which hosts of pictures have not been allowed, and offer to allow them."""
        hosts = self._hosts()
        self.where.setVisible(bool(hosts))
        self.allow_button.setVisible(bool(hosts))
        if hosts:
            names = one_line(", ".join(hosts), 120)
            words = self.tr("The pictures are at {0}, which has not been allowed: it learns which scenes you look at.")
            self.where.setText(plain(words.format(names)))
            self.allow_button.setAccessibleName(self.tr("Allow {0}").format(names))

    # ---------------------------------------------------------------------------------------------------------------

    def _hosts(self) -> list[str]:
        """The hosts of pictures, large and small, that may not be contacted yet."""
        few = [*self._pair, *self.rows.hits[:1]]
        addresses = (address for hit in few for address in (hit.scene.path, hit.picture))
        hosts = dict.fromkeys(host for address in addresses if (host := host_of(address)))
        return [host for host in hosts if not self._permits(host)][:MOST_HOSTS]

    def _begin_anew(self) -> None:
        self._ends = []
        self._show_pair(self.rows.hits)

    def _show_pair(self, more: Sequence[ArchiveHit]) -> None:
        self._ends = ends_of([*self._ends, *more])
        self._pair = newest_and_oldest(self._ends)
        self.show_hosts()
        self._offer()

    def _compared(self) -> Sequence[ArchiveHit]:
        """The chosen hits where they are several, from the oldest on; else the oldest and the newest."""
        chosen = [hit for hit in self.list.chosen if hit.scene.path]
        return sorted(chosen, key=begin_of) if len(chosen) > 1 else self._pair

    def _offer(self) -> None:
        chosen = self.list.chosen
        several = len(chosen) > 1
        self.add_button.setEnabled(bool(chosen))
        self.compare_button.setText(
            self.tr("&Compare the Chosen Ones") if several else self.tr("&Compare Newest and Oldest")
        )
        self.compare_button.setToolTip(
            tooltip(
                self.tr("Add the chosen scenes, and set them against each other (K in the list)")
                if several
                else self.tr(
                    "Add the newest and the oldest scene that cover the ground, and set them against each other"
                    " (K in the list)"
                )
            )
        )
        self.compare_button.setEnabled(1 < len(self._compared()) <= MOST_FRAMES)

    def _add(self) -> None:
        if chosen := self.list.chosen:
            self.add_wanted.emit(chosen)

    def _compare(self) -> None:
        if self.compare_button.isEnabled():
            self.compare_wanted.emit(list(self._compared()))
