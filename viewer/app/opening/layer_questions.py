"""Asks which files of a folder and which layers of a file to add, and how to read a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QWidget

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.pool.protocol import Answer, Request
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from viewer.app.case.session import Session
from viewer.app.opening.case_adder import CaseAdder
from viewer.app.opening.drop_menu import DropMenu
from viewer.app.opening.earth_home import EarthHome
from viewer.app.opening.folder_files import FolderFiles
from viewer.app.opening.folder_picker import FolderPicker
from viewer.app.opening.layer_adder import LayerAdder
from viewer.app.opening.opener import FileOpener
from viewer.app.opening.place_questions import PlaceQuestions
from viewer.app.opening.questions_in_turn import QuestionsInTurn
from viewer.app.opening.site_tables import SiteTables
from viewer.commands.found_layers import FoundLayer
from viewer.commands.layers import read_layer_as
from viewer.panels.context import PanelContext
from viewer.panels.layers.table_picker import TablePicker
from viewer.rendering.access import file_at_hand
from viewer.rendering.context import RenderContext

if TYPE_CHECKING:
    from viewer.panels.layers.table_dialog import Answered


class LayerQuestions(QuestionsInTurn):
    """Asks the questions of opener and adder in dialogs, and passes the answers back."""

    def __init__(
        self,
        session: Session,
        opener: FileOpener,
        adder: LayerAdder,
        context: RenderContext,
        panels: PanelContext,
        places: PlaceQuestions,
        window: QWidget,
    ) -> None:
        super().__init__(session, window)
        self._session, self._opener, self._adder, self._window = session, opener, adder, window
        self._pool, self._jobs, self._folders = context.pool, context.jobs, context.folders
        adder.choice_wanted.connect(self.choose_layers)
        opener.columns_wanted.connect(self.choose_columns)
        opener.files_wanted.connect(self.choose_files)
        home = EarthHome(session, panels, adder, context, opener.messages, window)
        opener.earth_wanted.connect(home.read)
        opener.earth_opened.connect(home.offer)
        opener.table_wanted.connect(SiteTables(panels, context, places, window).read)
        cases = CaseAdder(session, panels, context.jobs, window)
        opener.case_wanted.connect(cases.read)
        cases.open_wanted.connect(lambda path: opener.open([path]))
        self.drops = DropMenu(window)
        opener.use_wanted.connect(self.drops.ask)

    def choose_layers(self, path: Path, layers: list[FoundLayer]) -> None:
        """Ask which layers of a file to add."""

        def make() -> QDialog:
            picker = TablePicker(path.name, layers, self._window)
            picker.chosen.connect(self._adder.add)
            return picker

        self.ask_in_turn(make)

    def choose_files(self, folder: Path, listing: FolderFiles) -> None:
        """Ask which files of a folder to open."""

        def make() -> QDialog:
            picker = FolderPicker(folder.name, listing, self._window)
            picker.chosen.connect(self._opener.open)
            return picker

        self.ask_in_turn(make)

    def choose_columns(self, path: Path) -> None:
        """Ask how to read a table that does not say where its rows lie."""

        from viewer.panels.layers.table_dialog import TableDialog  # for start-up time: nothing is opened yet, as below

        def make() -> QDialog:
            dialog = TableDialog(path.name, self._reader(path), parent=self._window)
            dialog.decided.connect(lambda options, sheet: self._opener.open_as(path, options, sheet))
            return dialog

        self.ask_in_turn(make)

    def choose_reading(self, uuid: str) -> None:
        """Ask again how to read the table of a layer."""
        from viewer.panels.layers.table_dialog import TableDialog  # for start-up time

        layer = self._session.document.layers.get(uuid)
        path = None if layer is None else file_at_hand(layer, self._session.base_folder, self._folders)
        if layer is None or path is None:
            return
        options, sheet = layer.source.get("options"), str(layer.source.get("table", ""))

        def make() -> QDialog:
            dialog = TableDialog(path.name, self._reader(path), options, sheet, self._window)
            dialog.decided.connect(lambda options, sheet: self._read_as(layer, options, sheet))
            return dialog

        self.ask_in_turn(make)

    def _read_as(self, layer: Layer, options: dict[str, Any], sheet: str) -> None:
        if layer.uuid in self._session.document.layers:
            edit = read_layer_as(self._session.document, layer.uuid, options, table=sheet, actor=self._session.actor)
            if edit.changes:
                self._session.push_or_say(edit)

    def _reader(self, path: Path) -> Callable[[dict[str, Any], Answered], None]:
        def ask(options: dict[str, Any], take: Answered) -> None:
            def done(result: Answer | GeoloupeError) -> None:  # on a supervisor's thread
                self._jobs.mailbox.post(self._answered, result, take)

            probe = Probe(str(path), options=options, preview=True)
            self._pool.submit(Request(probe, done, strike_key=str(path)))

        return ask

    def _answered(self, result: Answer | GeoloupeError, take: Answered) -> None:
        if isinstance(result, GeoloupeError):
            take(result)
            return
        probed: Probed = result.facts
        take(list(probed.layers))
