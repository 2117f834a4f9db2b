"""History of the records shown in the inspector: its title names the present one, a button leads back."""

from __future__ import annotations

from typing import NamedTuple, override

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QDockWidget

from layers.document.claim import Claim
from layers.document.edit import Table
from layers.document.site import Site
from layers.document.source import Source
from viewer.app.arranging.tab_bars import TabBars
from viewer.panels.context import PanelContext
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.words import no_name, no_words, site_name, source_name
from viewer.support.language.text import one_line, short_line, tooltip

LONGEST_TITLE, SHORTEST_TITLE = 19, 8
"""Most and least letters of a name in the title: fewer where it would reach the button, none where 8 have no room."""
MOST_STOPS = 50
TABLES: dict[str, Table] = {
    "site_form": "sites",
    "claim_form": "claims",
    "source_form": "sources",
    "response_form": "responses",
    "layer_properties": "layers",
}
"""The tables whose rows the inspector's pages show."""
_BUTTON_PX = 20
_TITLE_EDGES_PX = 20
"""Room before and after the title, in logical pixels."""


class _Stop(NamedTuple):
    """A page of the inspector and the uuid of its row; an empty uuid where it shows none, or several."""

    page: str
    uuid: str


class InspectorTrail(QObject):
    """Records every page that is shown. `changed`: the step back leads elsewhere now, or nowhere."""

    changed = Signal()

    def __init__(self, dock: QDockWidget, titles: dict[str, str], context: PanelContext, tabs: TabBars) -> None:
        """`titles` names the pages of the inspector's `dock`, which may have a tab in one of the `tabs`."""
        super().__init__(dock)
        self._tabs = tabs
        self._dock, self._titles, self._context = dock, titles, context
        self._stops: list[_Stop] = []
        self._now = _Stop("", "")
        self._is_going_back = False
        self._words = ""
        self._words_in_title = "", ""
        """The title of the page that is shown and the name of its row; empty for no page."""
        self.button = IconButton("back", self.tr("Back to what was shown before"), dock)
        self.button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        self.button.clicked.connect(self.go_back)
        self.button.hide()
        dock.installEventFilter(self)
        for signal in (context.selection.changed, context.claim_shown, context.row_shown, context.layer_shown):
            signal.connect(self._look)
        context.changed.connect(self._look)
        context.document_replaced.connect(self._begin_anew)
        tabs.fitted.connect(self._fit_title)

    def show_page(self, page: str) -> None:
        """Record that a page is in front, with the row that it shows."""
        self._now = _Stop(page, self._now.uuid) if page == self._now.page else self._leave(page)
        self._look()

    @property
    def row(self) -> tuple[Table, str] | None:
        """The table and uuid of the row that is shown; None where there is none, or several."""
        return (TABLES[self._now.page], self._now.uuid) if self._now.uuid and self._now.page in TABLES else None

    def can_go_back(self) -> bool:
        """True where a record shown before is still in the case."""
        return bool(self._before())

    def go_back(self) -> None:
        """Show the record shown before."""
        before = self._before()
        if not before:
            return
        stop = before[-1]
        del self._stops[len(before) - 1 :]
        self._is_going_back = True
        context = self._context
        if stop.page == "site_form":
            context.selection.set((stop.uuid,))
        elif stop.page == "claim_form":
            context.show_claim(stop.uuid)
        elif stop.page == "layer_properties":
            context.show_layer(stop.uuid)
        else:
            context.show_row(TABLES[stop.page], stop.uuid)
        context.panel_wanted.emit(stop.page)
        self._is_going_back = False
        self._look()

    # -- following ----------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self._stops.clear()
        self._now = _Stop(self._now.page, "")
        self._look()

    def _leave(self, page: str) -> _Stop:
        self._keep()
        return _Stop(page, "")

    def _keep(self) -> None:
        if self._now.uuid and not self._is_going_back and (not self._stops or self._stops[-1] != self._now):
            self._stops = [*self._stops[1 - MOST_STOPS :], self._now]

    def _look(self, *_: object) -> None:
        uuid = self._uuid_shown(self._now.page)
        if uuid != self._now.uuid:
            self._keep()
            self._now = _Stop(self._now.page, uuid)
        title = self._title(self._now)
        if title:
            self._words_in_title = title, self._name(self._now)
        before = self._before()
        words = self._words_of(before[-1]) if before else ""
        if words == self._words:
            self._fit_title()
            return
        self._words = words
        self.button.setAccessibleName(words)
        self.button.setToolTip(tooltip(f"{words} (Alt+Backspace)"))
        self.button.setVisible(bool(words))
        self._stand()
        self.changed.emit()

    def _words_of(self, stop: _Stop) -> str:
        """Tooltip of the button that leads back to a stop."""
        return self.tr("Back to {0}: {1}").format(self._title(stop), one_line(self._name(stop), 60))

    def _before(self) -> list[_Stop]:
        """Stops up to the last that is still in the case and is not the present one."""
        for count in range(len(self._stops), 0, -1):
            stop = self._stops[count - 1]
            if stop != self._now and stop.uuid in self._context.document.table(TABLES[stop.page]):
                return self._stops[:count]
        return []

    def _uuid_shown(self, page: str) -> str:
        context = self._context
        if page == "site_form":
            return next(iter(context.selection.uuids)) if len(context.selection) == 1 else ""
        if page == "claim_form":
            return context.claim_uuid
        if page == "layer_properties":
            return context.layer_uuid
        return context.shown_row(TABLES[page]) if page in TABLES else ""

    def _title(self, stop: _Stop) -> str:
        """Title of a page: for the site's form, the kind of mark that it shows; empty for no page."""
        site = self._context.document.sites.get(stop.uuid) if stop.page == "site_form" else None
        kinds = {
            "annotation": self.tr("Annotation"),
            "measurement": self.tr("Measurement"),
            "search area": self.tr("Search area"),
            "photo": self.tr("Photo"),
        }
        title = self._titles.get(stop.page, "")
        return title if site is None or site.is_site else kinds.get(site.mark_kind, title)

    def _name(self, stop: _Stop) -> str:
        """Name of the row that a page shows; empty for none."""
        document = self._context.document
        if stop.page == "site_form" and not stop.uuid and len(self._context.selection) > 1:
            return self.tr("{0} selected").format(len(self._context.selection))
        row = document.table(TABLES[stop.page]).get(stop.uuid) if stop.page in TABLES else None
        if row is None:
            return ""
        match row:
            case Site():
                return site_name(row, document)
            case Source():
                return source_name(row)
            case Claim():
                return row.statement or row.source_wording or no_words()
        return next((name for column in ("name", "speaker") if (name := getattr(row, column, ""))), no_name())

    # -- the button in the title bar ----------------------------------------------------------------------------

    def _stand(self) -> None:
        """Place the button left of Qt's own buttons in the title bar."""
        buttons = (self._dock.findChild(QAbstractButton, f"qt_dockwidget_{name}button") for name in ("float", "close"))
        shown = [button for button in buttons if button is not None and not button.isHidden()]
        if shown:
            left = min(shown, key=lambda button: button.x())
            self.button.move(left.x() - _BUTTON_PX - 4, left.geometry().center().y() - _BUTTON_PX // 2 + 1)
            self.button.raise_()
        self._fit_title()

    def _fit_title(self) -> None:
        """Shorten the name in the title to the room before the button, and to that in the tab.

        The other tabs stay whole: their titles are two words that a middle left out makes a riddle.
        """
        title, whole = self._words_in_title
        if not title:
            return
        font = QFont(self._dock.font())
        font.setBold(True)
        room = self.button.x() - _TITLE_EDGES_PX if not self.button.isHidden() else self._dock.width()
        before, letters = self._dock.windowTitle(), LONGEST_TITLE
        words = self._titled(title, short_line(whole, letters))
        while letters >= SHORTEST_TITLE and (
            QFontMetrics(font).horizontalAdvance(words) > room or not self._tabs.has_room(before, words)
        ):
            letters -= 1
            words = self._titled(title, short_line(whole, letters)) if letters >= SHORTEST_TITLE else title
        if words != before:
            self._dock.setWindowTitle(words)

    def _titled(self, title: str, name: str) -> str:
        return f"{title}: {name}" if name else self.tr("Details")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._stand()
        return False
