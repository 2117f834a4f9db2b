"""Warns that the sites are hidden when a new or found one cannot be seen; one click shows them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from layers.document.changes import Changes
from viewer.app.navigation.hit_navigator import HitNavigator
from viewer.commands.meta import SITES_VISIBLE, set_sites_visible, sites_visible
from viewer.panels.context import PanelContext
from viewer.support.messages import MessageAction, Messages
from viewer.tools.toolbox import Toolbox

KEY = "hidden sites"


class HiddenSites(QObject):
    """Shows the warning, and clears it once the sites are shown."""

    def __init__(
        self, toolbox: Toolbox, hits: HitNavigator, panels: PanelContext, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panels, self._messages = panels, messages
        toolbox.drawn.connect(lambda _uuid: self._tell(self.tr("The mark was made, but all sites are hidden.")))
        toolbox.measured.connect(lambda _uuid: self._tell(self.tr("The measurement was made, but it is hidden.")))
        hits.site_found.connect(lambda: self._tell(self.tr("The site was found, but all sites are hidden.")))
        panels.changed.connect(self._follow_edit)

    def _tell(self, sentence: str) -> None:
        if not sites_visible(self._panels.document):
            shows = MessageAction(self.tr("Show Sites"), self._show)
            self._messages.show(KEY, sentence, "warning", shows, leads=True)

    def _show(self) -> None:
        self._panels.do(set_sites_visible, True)

    def _follow_edit(self, changes: Changes) -> None:
        if SITES_VISIBLE in changes.uuids("meta") and sites_visible(self._panels.document):
            self._messages.clear(KEY)
