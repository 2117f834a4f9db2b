"""The web maps that are known: the user's own list, then the shipped one; and the page that was copied last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from layers.errors import GeoloupeError, NotReadable
from layers.geo.coordinates import Notation, format_coordinate
from layers.phrase import joined
from viewer.support.messages import Messages
from viewer.support.settings import config_folder

if TYPE_CHECKING:
    from layers.services.web_views.web_page import ShownPage
    from layers.services.web_views.web_viewer import WebMaps

FILE_NAME = "web_maps.toml"


class KnownWebMaps(QObject):
    """Web maps as data. Used on the window's thread only; contacts nobody."""

    def __init__(self, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._messages = messages
        self.copied = ""
        """The address of a page that was pasted or dropped without a picture; a picture may follow."""

    @property
    def path(self) -> Path:
        """The file of the user's own list, which need not exist."""
        return config_folder() / FILE_NAME

    def say(self, sentence: str) -> None:
        """Say what hinders a web map from being opened."""
        self._messages.show("web maps", sentence, "warning")

    def maps(self) -> WebMaps:
        """All entries: the user's own first. A fault in the own list is said, and costs what it spoils."""
        from layers.services.web_views.web_viewer import joined_maps, shipped_web_maps  # for start-up time

        try:
            own = _own_maps(self.path)
        except GeoloupeError as error:
            self._messages.show("web maps", error.sentence, "warning")
            return shipped_web_maps()
        if own.problems:
            self._messages.show("web maps", joined(" ", own.problems[:3]), "warning")
        else:
            self._messages.clear("web maps")
        return joined_maps(own, shipped_web_maps())

    def read(self, address: str) -> ShownPage:
        """Read the address of a page. Raises BadCoordinate."""
        from layers.services.web_views.web_page import read_page  # for start-up time

        return read_page(address, self.maps().viewers)

    def is_page(self, address: str) -> bool:
        """True for the address of a page whose view is known, and of no service."""
        if "://" not in address[:10]:
            return False
        from layers.services.listed.typed_entry import SURE_KINDS  # for start-up time: it reads documents, too
        from layers.services.offers.typed_address import address_kind

        typed = address_kind(address)
        if typed is None or typed.kind in SURE_KINDS:
            return False
        try:
            self.read(address)
        except GeoloupeError:
            return False
        return True

    def page_or(self, ask: Callable[[str], None]) -> Callable[[str], None]:
        """A function for pasted addresses: that of a page is kept for the picture that follows, others go to `ask`."""

        def take(address: str) -> None:
            if self.is_page(address):
                self._keep(address)
            else:
                ask(address)

        return take

    def _keep(self, address: str) -> None:
        page = self.read(address)
        self.copied = address
        where = format_coordinate(page.lon, page.lat, Notation.DD, max(page.error_m, 10.0))
        sentence = self.tr(
            "That is a view of {0}, about {1}: copy its picture there and paste it here (Ctrl+V), and it is placed by"
            " this address. Its tiles are not for other programs."
        )
        if page.why_not:
            self._messages.show("web maps", page.why_not, "warning")
        else:
            self._messages.show("web maps", sentence.format(page.viewer, where), "info")

    def take_copied(self) -> str:
        """The kept address, once."""
        address, self.copied = self.copied, ""
        return address


def _own_maps(path: Path) -> WebMaps:
    """The user's own list; empty where there is none. Raises NotReadable."""
    from layers.services.web_views.web_viewer import MOST_BYTES, WebMaps, read_web_maps  # for start-up time

    try:
        with path.open("rb") as file:
            return read_web_maps(file.read(MOST_BYTES + 1).decode("utf-8"))
    except FileNotFoundError:
        return WebMaps()
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadable("{path} cannot be read ({error}).", path=path, error=error) from error
