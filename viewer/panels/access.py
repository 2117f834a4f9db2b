"""Functions through which panels reach what the document does not hold: case, view, layers and messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from layers.document.edit import Edit
from layers.errors import NotAllowed
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from viewer.network.fetcher import Fetcher
from viewer.network.secrets import Secret
from viewer.panels.feature_access import FeatureAccess
from viewer.panels.image_access import ImageAccess
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.server_ways import ServerWays
from viewer.support.jobs import Jobs
from viewer.support.messages import Level, MessageAction

if TYPE_CHECKING:
    from layers.project.saving.kept_bytes import KeptBytes
    from layers.project.saving.later_history import RecordedHistory

type BlobReader = Callable[[str, Sequence[str], str], dict[str, bytes]]


def _whole_world() -> View:
    return View.of_bounds(WEB_MERCATOR, world_bounds(WEB_MERCATOR), 1024, 1024)


def _no_bytes() -> KeptBytes:
    raise NotAllowed("There is no working copy yet to keep files in: save the case first.")


class CaseAccess(Struct, frozen=True):
    """The case apart from its document: who edits it, through which function, and what it may reach."""

    push: Callable[[Edit], None]
    """Apply an edit as one step to undo. Raises InvalidEdit."""
    named: Callable[[], str] = lambda: ""
    """Returns the name that goes into the stamps of rows; empty for nobody named."""
    jobs: Jobs | None = None
    """Builds large edits off the window's thread; None builds them at once."""
    consent: Callable[[str], None] = lambda host: None
    """Allow a host that the analyst has agreed to contact."""
    kept_bytes: Callable[[], KeptBytes] = _no_bytes
    """Returns the bytes of kept copies and chips, for any thread. Raises NotAllowed where they cannot be kept."""
    fetcher: Fetcher | None = None
    """The way to the network; None where nothing may use it."""
    ways: ServerWays | None = None
    """The orders of axes that servers of maps want."""
    history: Callable[[], RecordedHistory | None] = lambda: None
    """Returns the history with all edits; None without a working copy. It waits for the disk."""
    blob_reader: Callable[[], BlobReader] = lambda: lambda table, uuids, column: {}
    """Returns a function that reads bytes of a table's rows by uuid, in any thread."""

    is_last: Callable[[str], bool] = lambda uuid: False
    """True where the last step changed the row of this uuid, and nothing was undone since."""
    give_reason: Callable[[str, Sequence[str], str], None] = lambda uuid, columns, reason: None
    """Keep the reason for the last change of these columns of a row in the history; without columns, that of its
    deletion.
    """
    pool: ReaderPool | None = None
    """Readers of files; None where no words of kept copies are read."""

    @property
    def actor(self) -> str:
        """The name that goes into the stamps of rows now."""
        return self.named()

    def show_key(self, host: str, secret: Secret) -> None:
        """Show a host the key of an address that was typed, in this session, and have it asked again."""
        if self.fetcher is not None:
            self.fetcher.sign_in(host, secret)


class ViewAccess(Struct, frozen=True):
    """Reads and moves the view of the map. Bounds are in degrees of longitude and latitude."""

    show_bounds: Callable[[Bounds], None] = lambda bounds: None
    show_points: Callable[[Bounds], None] | None = None
    """Show the bounds of points, which have no width of their own; None shows them as any other bounds."""
    show_layer: Callable[[str], None] = lambda uuid: None
    shown: Callable[[], View] = _whole_world
    follow: Callable[[Callable[[], None]], object] = lambda listener: None
    """Call a listener whenever another part of the map is in view, also many times a second."""


class KnownLayers(Struct, frozen=True):
    """Facts about layers beyond their rows."""

    info_of: Callable[[str], RasterInfo | VectorInfo | None] = lambda uuid: None
    """The facts that a reader found in a layer's file; None until then."""
    drawing_of: Callable[[str], LayerDrawing | None] = lambda uuid: None
    """The drawing of a layer on the canvas; None where there is none."""
    features: FeatureAccess | None = None
    """The features of vector layers."""
    images: ImageAccess | None = None
    """The images behind marks."""


class MessageAccess(Struct, frozen=True):
    """Writes to the message line."""

    report: Callable[[str], None] = lambda sentence: None
    offer: Callable[[str, Level, MessageAction | None], None] | None = None
    """Show a sentence of a level, with a button where there is one; None shows it as `report` does."""
    withdraw: Callable[[str], None] = lambda sentence: None
    """Remove a sentence that no longer holds."""
    tell: Callable[[str], None] = lambda sentence: None
    """Show a sentence on something that has gone well."""
    deleted: Callable[[str], None] = lambda sentence: None
    """Show a sentence on what the last step deleted, with a button that undoes it, until the next one or a save."""

    def report_with(self, sentence: str, action: MessageAction) -> None:
        """Warn by a sentence with a button, where the message line has buttons."""
        self._offer(sentence, "warning", action)

    def note(self, sentence: str, action: MessageAction | None = None) -> None:
        """Show a sentence that only informs, until it is withdrawn or another one takes its place."""
        self._offer(sentence, "info", action)

    def _offer(self, sentence: str, level: Level, action: MessageAction | None) -> None:
        if self.offer is None:
            self.report(sentence)
        else:
            self.offer(sentence, level, action)


class LayerVerbs(QObject):
    """Requests about one layer from wherever it is shown; each signal carries the layer's uuid."""

    make_sites = Signal(str)
    """Make sites of its selected features."""
    ask_place = Signal(str)
    """Ask for the place of the layer."""
    georeference = Signal(str)
    """Place the layer by control points."""
    place_by_file = Signal(str)
    """Remove its control points, so that it lies where its file says."""
    ask_reading = Signal(str)
    """Ask how its table is read."""
    save = Signal(str)
    """Save a vector layer as a file of its own."""
    save_style = Signal(str)
    """Save the style of a vector layer as a QML file."""
    load_style = Signal(str)
    """Draw a vector layer in the style of a QML file."""
    make_pack = Signal(str)
    """Make an offline pack of a layer of tiles."""
    date_by_name = Signal(object)
    """Offer the dates in the names of their files for these layers, by uuid, in one table."""
    look_for_dates = Signal(str)
    """Read anew which dates a service has, and show the newest one."""
    leave_state = Signal(str, str)
    """Take a way out of the state of a service: with a `Way`."""
    relink = Signal(str)
    """Look for its file; with empty text for those of all layers."""
