"""The state of a service in the properties of its layer: whole sentences, and the ways out of it as links."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.widgets.form_page import wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.rendering.service_state import WAY_WORDS, ServiceState, Way
from viewer.support.language.text import plain
from viewer.support.language.translation import in_language


class ServiceStateForm(QWidget):
    """Shows a state; hidden while all is shown. `way_chosen` carries a `Way` that was clicked."""

    way_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = wrapped("")
        self.words.setAccessibleName(self.tr("State of the service"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        self.links: dict[Way, LinkButton] = {}
        for way in Way:
            words = in_language(WAY_WORDS[way])
            link = self.links[way] = LinkButton(words, words)
            link.clicked.connect(lambda _checked=False, way=way: self.way_chosen.emit(way))
            layout.addWidget(link)
        self.hide()

    def show_state(self, state: ServiceState) -> None:
        """Show the state of a layer."""
        words = (in_language(state.sentence), in_language(state.advice))
        self.words.setText(plain(" ".join(text for text in words if text)))
        for way, link in self.links.items():
            link.setVisible(way in state.ways)
        self.setVisible(bool(state.sentence))
