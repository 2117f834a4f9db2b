"""The line of the site form on what was seen of the site through time; it opens the sheet of observations."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from layers.observing.seen_words import seen_words
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

LONGEST = 160


class ObservationLine(LinkButton):
    """The line; hidden for marks that are no sites and have no observations."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._context = context
        self.clicked.connect(lambda: context.typing_wanted.emit("observation_sheet"))
        self.hide()

    def show_site(self, site: Site) -> None:
        """Show the observations of a site: how many there are, and what follows from them."""
        document = self._context.document
        shows = self._context.look.shows
        rows = sum(map(shows, document.links.observations_of_site(site.uuid)))
        text = observed_words(rows, in_language(seen_words(document, site.uuid, shows)))
        if text != self.text():
            self.setText(one_line(text, LONGEST))
            self.setAccessibleName(self.tr("{0}: open the sheet").format(self.text()))
            self.setToolTip(tooltip(self.tr("Open the sheet: this site by the dates of its images (Shift+F9)")))
            self.updateGeometry()
        self.setVisible(site.is_site or rows > 0)


def observed_words(rows: int, seen: str) -> str:
    """The number of rows, and the statements that follow from them."""
    if not rows:
        return translate("Sheet", "Observations: none yet")
    counted_rows = translate("Sheet", "Observations: {count} rows", "Observations: {count} row", rows)
    return f"{counted_rows}, {seen}" if seen else counted_rows
