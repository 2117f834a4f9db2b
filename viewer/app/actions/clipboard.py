"""The clipboard of a window: marks and places are copied to it; marks, addresses, links, pictures and places pasted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from layers.geo.on_earth import why_off_earth
from viewer.app.actions.link_paster import LinkPaster
from viewer.app.actions.mark_clipboard import MarkClipboard
from viewer.app.case.session import Session
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.place_paster import PlacePaster
from viewer.app.opening.pictures import PicturePaster
from viewer.export.data.copied_place import CopiedPlace, PlaceForm
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import Messages
from viewer.support.outside_words import address_in, is_web_address

if TYPE_CHECKING:
    from viewer.panels.search.hits import Hit


class Paster(Protocol):
    """Takes one kind of content from the clipboard."""

    def can_paste(self, content: QMimeData) -> bool:
        """True where `content` holds something that this paster takes."""

    def paste(self, content: QMimeData) -> None:
        """Add the content to the case."""


class PasteDoors(Struct, frozen=True):
    """Functions that take what was pasted."""

    files: Callable[[list[str]], None]
    """Adds pasted pictures and files as layers."""
    address: Callable[[str], None]
    """Looks into a pasted address."""
    place: Callable[[Hit], None]
    """Goes to a pasted coordinate."""


class AddressPaster:
    """Leads a pasted address to Add Imagery. While a claim is open, a link is a source of it, unless only programs read
    such links.
    """

    def __init__(self, panels: PanelContext, open_address: Callable[[str], None]) -> None:
        self._panels, self._open = panels, open_address

    def can_paste(self, content: QMimeData) -> bool:
        """True for a text that is an address and nothing else; a picture that has one is a picture."""
        is_address = is_web_address(address_in(content), is_sure=bool(self._panels.claim_uuid))
        return is_address and not content.hasImage()

    def paste(self, content: QMimeData) -> None:
        """Open Add Imagery on the address."""
        self._open(address_in(content))


class Clipboard(QObject):
    """Copies and pastes, and says in the message line what was copied."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        views: MapViews,
        jobs: Jobs,
        doors: PasteDoors,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panels, self._views, self._messages = panels, views, messages
        self.marks = MarkClipboard(panels, messages, self)
        links, pictures = LinkPaster(panels, messages, self), PicturePaster(session, panels, jobs, doors.files, self)
        addresses, places = AddressPaster(panels, doors.address), PlacePaster(panels, doors.place, messages, self)
        self._pasters: tuple[Paster, ...] = (self.marks, places, addresses, links, pictures)
        self.take_picture = pictures.paste
        """Keeps a dropped picture as a file and opens it, as a pasted one."""

    def paste(self) -> None:
        """Paste the content by its kind: marks, a coordinate, an address of imagery, a link of a claim, a picture."""
        content = QGuiApplication.clipboard().mimeData()
        for paster in self._pasters if content is not None else ():
            if paster.can_paste(content):
                paster.paste(content)
                return
        nothing = self.tr(
            "There is nothing on the clipboard that the map can take: marks, GeoJSON, coordinates, a picture or the "
            "address of imagery; or, while a claim is open, a link."
        )
        self._messages.show("pasted", nothing, "warning")

    def copy_place(self, form: PlaceForm) -> None:
        """Copy the coordinates of the selected site, else of the middle of the map, in the notation of `form`."""
        uuids = self._panels.selection.uuids
        site = self._panels.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None
        lon, lat = self._views.map_centre()
        if site is not None and (nowhere := why_off_earth(site.geometry)):
            self._messages.show("copied", self.tr("Nothing is copied. {0}").format(in_language(nowhere)), "warning")
            return
        if site is None and (self._views.is_off_earth or not (math.isfinite(lon) and math.isfinite(lat))):
            self._messages.show("copied", self.tr("Nothing is copied: the map shows no place on the Earth."), "warning")
            return
        half_px = self._views.metres_per_pixel() / 2
        place = CopiedPlace.of_site(site) if site is not None else CopiedPlace.of_map(lon, lat, half_px)
        text = place.text(form)
        QGuiApplication.clipboard().setText(text)
        sentence = self.tr("Copied: {0}") if site is not None else self.tr("Copied, of the middle of the map: {0}")
        self._messages.show("copied", sentence.format(one_line(text, 200)))
