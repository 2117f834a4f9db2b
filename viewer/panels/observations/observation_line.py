"""The line of the site form on what was seen of the site through time; it opens the sheet of observations."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from layers.observing.seen_words import seen_lines
from layers.observing.sheet import images_showing
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_button import LinkButton
from viewer.rendering.layers.layer_images import LayerImages
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

LONGEST, MOST_LINES = 160, 8
LINE_END = "\u2028"
"""The end of a line within one text."""


class ObservationLine(LinkButton):
    """The line; hidden for marks that are no sites and have no observations."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._context = context
        self._images = LayerImages(lambda: context.document, context.layers.drawing_of)
        self.clicked.connect(lambda: context.typing_wanted.emit("observation_sheet"))
        self.hide()

    def show_site(self, site: Site) -> None:
        """Show the observations of a site: how many there are, and what follows from them."""
        document = self._context.document
        shows = self._context.look.shows
        rows = sum(map(shows, document.links.observations_of_site(site.uuid)))
        shown_on = images_showing(document, (site.uuid,), self._images.scenes()).get(site.uuid, {}) if rows else {}
        lines = [in_language(line) for line in seen_lines(document, site.uuid, shows, shown_on)]
        words = observed_words(rows, lines)
        text = LINE_END.join(one_line(line, LONGEST) for line in words[:MOST_LINES])
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(self.tr("{0}: open the sheet").format(" ".join(words)))
            self.setToolTip(tooltip(self.tr("Open the sheet: this site by the dates of its images (Shift+F9)")))
            self.updateGeometry()
        self.setVisible(site.is_site or rows > 0)


def observed_words(rows: int, seen: Sequence[str]) -> list[str]:
    """The number of rows, and the statements that follow from them: in one line on one thing, else a line a thing."""
    if not rows:
        return [translate("Sheet", "Observations: none yet")]
    counted_rows = translate("Sheet", "Observations: {count} rows", "Observations: {count} row", rows)
    return [", ".join((counted_rows, *seen))] if len(seen) < 2 else [counted_rows, *seen]
