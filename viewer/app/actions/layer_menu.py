"""The Layer menu: add, save and remove layers, care for their files, work offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.raster.info import RasterInfo
from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.actions.file_menu import FileMenu
from viewer.app.actions.service_menu import ServiceMenu
from viewer.app.arranging.docks import Docks
from viewer.app.case.session import Session
from viewer.app.desktop.offline import OfflineMode
from viewer.app.georeferencing.georeferencing_desk import GeoreferencingDesk
from viewer.app.imagery.feature_desk import FeatureDesk
from viewer.app.imagery.pack_desk import PackDesk
from viewer.app.opening.upkeep import Upkeep
from viewer.commands.layers import remove_layers
from viewer.panels.context import PanelContext
from viewer.support.outside_words import CopiedAddress

if TYPE_CHECKING:
    from viewer.panels.imagery.asked_servers import ListedOffer


class LayerMenu(CaseMenu):
    """Actions on the current layer, the one in the layer properties. Refused edits go to the message line."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        docks: Docks,
        files: FileMenu,
        upkeep: Upkeep,
        georeferencing: GeoreferencingDesk,
        offline: OfflineMode,
        window: QWidget,
    ) -> None:
        """`files` asks for files and opens them; `window` is the parent of dialogs."""
        super().__init__(session, window)
        self._panels, self._docks, self._window = panels, docks, window
        self._files, self._upkeep, self._georeferencing = files, upkeep, georeferencing
        self._offline, self._copied = offline, CopiedAddress(self)
        self._offers: dict[str, ListedOffer] = {}
        """Offers of servers since the program started, by the address that was asked."""
        self.features = FeatureDesk(session, panels, files.opener, window)
        self.packs = PackDesk(session, panels, offline.fetcher, files.save_then, window)
        panels.layer_verbs.make_pack.connect(self.packs.open)
        panels.layer_verbs.date_by_name.connect(self._date_by_name)
        self.services = ServiceMenu(panels, self.features, self.packs, window)
        panels.layer_shown.connect(self.changed)
        panels.picture_wanted.connect(lambda address: files.opener.open([address]))
        upkeep.changed.connect(self.changed)

    def add_files(self) -> None:
        self._files.add_files()

    def add_imagery(self) -> None:
        """Open Add Imagery, on the address of a service where one was just copied."""
        from viewer.panels.imagery.add_imagery import open_add_imagery  # for start-up time

        open_add_imagery(self._panels, self._window, self._copied.take(), is_suggested=True, offers=self._offers)

    def ask_server(self, address: str) -> None:
        """Offer to ask a server what it has, at an address that was dropped, pasted or typed at the start."""
        from viewer.panels.imagery.add_imagery import open_add_imagery  # for start-up time

        self._copied.forget()
        open_add_imagery(self._panels, self._window, address, offers=self._offers)

    def open_item(self, path: Path) -> None:
        """Offer the image of a saved item of a catalogue, which comes from a host."""
        from viewer.panels.imagery.add_imagery import open_add_imagery  # for start-up time

        open_add_imagery(self._panels, self._window, offers=self._offers).panel.import_file(path)

    def zoom_layer(self) -> None:
        self._panels.view.show_layer(self._panels.layer_uuid)

    def register_layer(self) -> None:
        """Find the offset between the current layer and another one."""
        from viewer.panels.layers.register_dialog import RegisterDialog  # for start-up time

        if self._panels.layer is not None:
            RegisterDialog(self._panels, self._panels.layer, self._window).show()

    def date_layers(self) -> None:
        """Date the selected layers, or all without a date, by the names of their files."""
        self._date_by_name(self._docks.layer_tree.selected())

    def _date_by_name(self, uuids: Sequence[str]) -> None:
        from viewer.panels.layers.layer_dates_dialog import open_layer_dates  # for start-up time

        open_layer_dates(self._panels, uuids, self._window)

    def save_layer(self) -> None:
        self._panels.layer_verbs.save.emit(self._panels.layer_uuid)

    def remove_layer(self) -> None:
        if self._panels.layer_uuid:
            self._panels.do(remove_layers, [self._panels.layer_uuid])

    def show_properties(self) -> None:
        self._docks.show_panel("layer_properties")

    def show_style(self) -> None:
        """Show the style of the current layer in its properties form."""
        self._panels.show_style()

    def georeference(self) -> None:
        """Place the current picture by control points."""
        self._georeferencing.open(self._panels.layer_uuid)

    def can_georeference(self) -> bool:
        """True while the current layer is a picture that control points can place."""
        return self._georeferencing.can_open(self._panels.layer_uuid)

    def mark_camera(self) -> None:
        """Mark the position of the camera of the current photograph."""
        from viewer.panels.layers.camera_place import mark_camera_of_layer  # for start-up time

        mark_camera_of_layer(self._panels, self._panels.layer_uuid)

    def has_camera(self) -> bool:
        """True while the current layer is a photograph with a camera position."""
        info = self._panels.layers.info_of(self._panels.layer_uuid)
        if not isinstance(info, RasterInfo) or not any(key.startswith("EXIF_GPS") for key in info.tags):
            return False
        from viewer.panels.layers.camera_place import photograph_of  # for start-up time

        return photograph_of(info) is not None

    def build_overviews(self) -> None:
        self._upkeep.build_current()

    def read_again(self) -> None:
        self._upkeep.read_current_again()

    def relink_files(self) -> None:
        self._panels.layer_verbs.relink.emit("")

    def set_offline(self, offline: bool) -> None:
        """Turn offline mode on or off: while it is on, no server is contacted."""
        self._offline.set(offline)

    def is_offline(self) -> bool:
        return self._offline.is_on

    # -- when they are offered ----------------------------------------------------------------------------------

    def has_layer(self) -> bool:
        """True while there is a current layer."""
        return self._panels.layer is not None

    def has_vector(self) -> bool:
        """True while the current layer is a vector layer."""
        layer = self._panels.layer
        return layer is not None and layer.kind == "vector"

    def has_raster(self) -> bool:
        """True while the current layer is a raster that has been read."""
        return isinstance(self._panels.layers.info_of(self._panels.layer_uuid), RasterInfo)

    def has_image(self) -> bool:
        """True while the current layer is an image, of a file or of a service."""
        layer = self._panels.layer
        return layer is not None and layer.kind != "vector"

    def has_undated(self) -> bool:
        """True while an image of the case has no date of its own."""
        layers = self._panels.document.layers.values()
        return any(layer.kind == "raster" and not layer.acquired_at for layer in layers)

    def can_build(self) -> bool:
        """True while overviews of the current layer can be built."""
        return self._upkeep.can_build_current

    id = "layer"
    actions = (
        Action(
            "add_files",
            QT_TRANSLATE_NOOP("Actions", "&Add Files…"),
            add_files,
            "Ctrl+L",
            "add_layer",
            toolbar=True,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Add rasters and vectors as layers"),
        ),
        Action(
            "add_imagery",
            QT_TRANSLATE_NOOP("Actions", "Add &Imagery…"),
            add_imagery,
            "Ctrl+I",
            "imagery",
            toolbar=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Add public satellite imagery or a tile service"),
        ),
        Action(
            "zoom_layer",
            QT_TRANSLATE_NOOP("Actions", "&Zoom to Layer"),
            zoom_layer,
            "Ctrl+Shift+L",
            "zoom_layer",
            offered=has_layer,
            breaks=True,
        ),
        Action(
            "register_layer",
            QT_TRANSLATE_NOOP("Actions", "R&egister To…"),
            register_layer,
            "Ctrl+Shift+K",
            offered=has_image,
            tip=QT_TRANSLATE_NOOP("Actions", "Find by how much the current image lies off another, and move it there"),
        ),
        Action(
            "date_layers",
            QT_TRANSLATE_NOOP("Actions", "&Date by Name…"),
            date_layers,
            offered=has_undated,
            tip=QT_TRANSLATE_NOOP("Actions", "Take dates of images from the names of their files, in one table"),
        ),
        Action(
            "save_layer",
            QT_TRANSLATE_NOOP("Actions", "&Save Layer As…"),
            save_layer,
            "",
            "save_as",
            offered=has_vector,
            tip=QT_TRANSLATE_NOOP("Actions", "Save the vector layer as GeoPackage, FlatGeobuf, GeoJSON or CSV"),
        ),
        Action(
            "remove_layer", QT_TRANSLATE_NOOP("Actions", "&Remove Layer"), remove_layer, "", "delete", offered=has_layer
        ),
        Action(
            "layer_properties",
            QT_TRANSLATE_NOOP("Actions", "&Properties…"),
            show_properties,
            "",
            "properties",
            offered=has_layer,
        ),
        Action(
            "vector_style",
            QT_TRANSLATE_NOOP("Actions", "S&tyle…"),
            show_style,
            "F7",
            "form",
            offered=has_vector,
            tip=QT_TRANSLATE_NOOP("Actions", "How the current vector layer is drawn and labelled"),
        ),
        Action(
            "georeference",
            QT_TRANSLATE_NOOP("Actions", "&Georeference…"),
            georeference,
            "Ctrl+Shift+G",
            offered=can_georeference,
            tip=QT_TRANSLATE_NOOP("Actions", "Place a screenshot, photograph or scan by control points"),
        ),
        Action(
            "mark_camera",
            QT_TRANSLATE_NOOP("Actions", "&Mark the Camera’s Place"),
            mark_camera,
            offered=has_camera,
            tip=QT_TRANSLATE_NOOP("Actions", "Mark where the camera of the current photograph was, as its EXIF says"),
        ),
        Action(
            "build_overviews",
            QT_TRANSLATE_NOOP("Actions", "&Build Overviews"),
            build_overviews,
            offered=can_build,
            tip=QT_TRANSLATE_NOOP("Actions", "Build the overviews that the layer’s file lacks, in the cache folder"),
        ),
        Action(
            "read_again",
            QT_TRANSLATE_NOOP("Actions", "Read the &File Again"),
            read_again,
            offered=has_raster,
            tip=QT_TRANSLATE_NOOP("Actions", "Read the layer’s file anew, for it has changed"),
        ),
        Action(
            "relink_files",
            QT_TRANSLATE_NOOP("Actions", "Re&link Files…"),
            relink_files,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Point layers to where their files are now"),
        ),
        Action(
            "offline",
            QT_TRANSLATE_NOOP("Actions", "Work &Offline"),
            set_offline,
            check="own",
            breaks=True,
            checked=is_offline,
            tip=QT_TRANSLATE_NOOP("Actions", "Contact no server"),
        ),
    )
