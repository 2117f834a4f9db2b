"""Adds imagery: one list of all that can be added, searched by words or by a pasted address. Adding is consent for the
hosts of a layer; before that, or before a press of a button that says so, nobody new is contacted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import override

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.decoding import encoded
from layers.errors import GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.scenes.view_area import area_of_view
from layers.services.catalog import catalog
from layers.services.entry_text import MOST_BYTES, EntriesRead
from layers.services.imagery_entry import ImageryEntry
from layers.services.listed.connections import read_connections
from layers.services.listed.typed_entry import is_address
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.recognise import recognised, service_document
from layers.services.stac.item import StacItem
from layers.services.stac.saved_item import base_of_saved
from layers.services.stac.separate_bands import places_of_bands
from layers.services.tile_service import TileService
from layers.services.view_tiles import are_speck, is_speck
from viewer.commands.found_layers import dates_of_service
from viewer.commands.imagery.catalogue_layers import add_scene
from viewer.commands.layers import add_layer
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.panels.imagery.asked_servers import AskedServers, ListedOffer, run_apart
from viewer.panels.imagery.entry_delegate import EntryDelegate
from viewer.panels.imagery.entry_form import EntryForm
from viewer.panels.imagery.entry_lists import KeptImagery
from viewer.panels.imagery.entry_rows import EntryModel, EntryRow, arranged, first_choice, row_of
from viewer.panels.imagery.next_step import Doing, NextStep, step_of
from viewer.panels.imagery.offer_source import FetchedOffers, ImageryNetwork
from viewer.panels.logins.sign_in import open_sign_in
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

FORM_PX = 392
SIZE = (900, 600)
MOST_PROBLEMS = 4
"""Most sentences on a list that are shown at once."""


class AddImageryPanel(QWidget):
    """The list with the form of its current entry. `added` is emitted when a layer was added."""

    added = Signal()
    verb_changed = Signal(str, bool)
    """Emitted with the text of the button that goes on, and True where it may be pressed."""
    keeping_changed = Signal(bool)
    """Emitted with True where the current entry can be put into the analyst's own list."""

    def __init__(
        self,
        context: PanelContext,
        network: ImageryNetwork | None = None,
        kept: KeptImagery | None = None,
        offers: dict[str, ListedOffer] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`offers`: those of servers that were asked before, and gets new ones."""
        super().__init__(parent)
        self._context, self._network = context, network or ImageryNetwork()
        self._kept = kept or KeptImagery.in_memory()
        known, case = {} if offers is None else offers, context.case
        self._servers = AskedServers(self._network, case.consent, case.jobs, known, self)
        self._lists: list[EntryRow] = []
        """The rows of all lists: lately added, shipped, and the analyst's own."""
        self._scope = ""
        """The address whose offer alone is listed; empty for all lists."""
        self._remark = ""
        """Sentence in place of a row, where there is none; empty for the usual one."""
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Find imagery"))
        self.line.setClearButtonEnabled(True)
        self.back = QPushButton(self.tr("Show All"))
        self.back.setAccessibleName(self.tr("Show all imagery again"))
        self.says = muted()
        self.says.setWordWrap(False)
        self.model = EntryModel(self.palette())
        self.list = QListView()
        self._set_up_list()
        self.form = EntryForm(self._network, context.view.shown)
        self.form.setFixedWidth(FORM_PX)
        self._lay_out()
        self._set_scope("")
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.back.clicked.connect(self._leave_scope)
        self.form.changed.connect(self.announce)
        self.form.preview_wanted.connect(self._allow_preview)
        self.form.signed_in.connect(self.go_on)
        self._servers.changed.connect(self._show_current)
        self._servers.listed.connect(self._enter_scope)
        self.setAcceptDrops(True)
        run_apart(context.case.jobs, self, self._all_rows, self._take_lists)  # all at once: late rows would move others

    def _set_up_list(self) -> None:
        view = self.list
        view.setModel(self.model)
        view.setItemDelegate(EntryDelegate(view))
        view.setAccessibleName(self.tr("Imagery"))
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().currentChanged.connect(self._show_current)
        view.doubleClicked.connect(self.go_on)  # Enter presses the button of the dialog

    def _lay_out(self) -> None:
        scope = QHBoxLayout()
        scope.addWidget(self.says, 1)
        scope.addWidget(self.back)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that the list stays where it is
        self.back.setSizePolicy(policy)
        left = QVBoxLayout()
        left.addWidget(self.line)
        left.addLayout(scope)
        left.addWidget(self.list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(left, 1)
        layout.addWidget(self.form)

    def _set_scope(self, address: str) -> None:
        self._scope = address
        self.back.setVisible(bool(address))
        all_lists = self.tr("Find imagery, or paste the address of a service")
        self.line.setPlaceholderText(self.tr("Find among these layers") if self._scope else all_lists)

    # -- the lists ----------------------------------------------------------------------------------------------------

    def _all_rows(self) -> tuple[list[EntryRow], tuple[Phrase, ...]]:
        """The rows of all lists. In any thread."""
        recent, own = self._kept.recent.read(), self._kept.own.read()
        rows = [row_of(entry, is_recent=True) for entry in recent.entries]
        rows += [row_of(entry) for group in catalog() for entry in group.entries]
        rows += [row_of(entry, is_own=True) for entry in own.entries]
        return rows, own.problems

    def _take_lists(self, lists: tuple[list[EntryRow], tuple[Phrase, ...]]) -> None:
        self._lists, problems = lists
        if not is_address(self.line.text().strip()):
            self._search()
        if problems:
            self._say_problems(problems)

    # -- searching ----------------------------------------------------------------------------------------------------

    def take_text(self, text: str) -> None:
        """Search for words or an address that came from elsewhere: pasted, dropped, or of the command line.

        A server that is allowed is asked at once, as no other step would ask for consent; a key is never sent so.
        """
        self.suggest(text)
        if self.step.doing is Doing.ASK and not self._servers.has_key:
            row = self.current()
            if row is not None and all(map(self._network.permits, row.entry.hosts)):
                self.go_on()

    def suggest(self, text: str) -> None:
        """Search for a text that nobody has typed here; it is selected, so that typing replaces it."""
        self._leave_scope()
        self.line.setText(text.strip())
        self.line.selectAll()

    def paste(self) -> None:
        """Take the address on the clipboard, or insert other words into the line."""
        text = QGuiApplication.clipboard().text()
        if is_address(text.strip()):
            self.take_text(text)
        else:
            self.line.setFocus()
            self.line.paste()

    def _search(self) -> None:
        """List what holds the typed words; of an address only itself."""
        words, self._remark = self.line.text().strip(), ""
        self._servers.take(words)
        if "://" in words:
            self._set_scope("")
        chosen = None
        if self._scope:
            rows = self._servers.offered(self._scope).rows
            self.model.set_rows(arranged(rows, words))
            chosen = None if words else first_choice(rows, self._servers.named.name, self._context.view.shown())
        elif is_address(words):
            row = self._servers.row_of_typed()
            self.model.set_rows([] if row is None else [row])
        else:
            self.model.set_rows(arranged([*self._lists, *self._servers.known_rows()] if words else self._lists, words))
        self._say_count(words)
        at = self.model.first() if chosen is None else self.model.rows.index(chosen)
        index = self.model.index(at, 0)
        self.list.setCurrentIndex(index)
        if chosen is not None:
            self.list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)  # among its like
        self._show_current()

    def _search_anew(self) -> None:
        """List everything of the scope."""
        if self.line.text():
            self.line.clear()  # which searches
        else:
            self._search()

    def _say_count(self, words: str) -> None:
        count = sum(isinstance(row, EntryRow) and not row.is_recent for row in self.model.rows)
        if self._scope:
            listed = self._servers.offered(self._scope)
            title = one_line(listed.offer.title or self._scope, 60)
            shown = self.tr("%1 of %2").replace("%1", str(count)).replace("%2", str(len(listed.rows)))
            self.says.setText(f"{title}: {shown}")
        elif is_address(words):
            self.says.setText(self.tr("An address"))
        else:
            self.says.setText(translate("Imagery", "{count} entries", "{count} entry", count))

    def _leave_scope(self) -> None:
        self._set_scope("")
        self._search_anew()
        self.line.setFocus()

    def _enter_scope(self, address: str) -> None:
        """List what an address offers, and nothing else."""
        self._set_scope(address)
        self._search_anew()
        listed = self._servers.offered(address)
        if not listed.rows:
            self._remark = self.tr("It offers nothing that can be shown.")
            self._show_current()
        elif listed.offer.problems and self.current() is None:
            self._say_problems(listed.offer.problems)

    def _say_problems(self, problems: Sequence[str]) -> None:
        self.form.show_words("\n\n".join(_few_sentences(problems)))

    # -- the current entry --------------------------------------------------------------------------------------------

    def current(self) -> EntryRow | None:
        """The chosen row."""
        at = self.list.currentIndex().row()
        row = self.model.rows[at] if 0 <= at < len(self.model.rows) else None
        return row if isinstance(row, EntryRow) else None

    @property
    def step(self) -> NextStep:
        """The next step with the chosen row."""
        step = step_of(self.current(), self._network, self._servers.awaited, is_agreed=self.form.is_agreed)
        has_failed = step.doing is Doing.ASK and bool(self._servers.problem)
        return replace(step, verb=self.tr("Try Again")) if has_failed else step

    def _show_current(self) -> None:
        row = self.current()
        if row is None:
            nothing = self.tr("Nothing found. Try other words, or paste the address of a service.")
            self.form.show_words(self._servers.problem or self._remark or nothing)
        else:
            is_named = row.layer is not None and row.layer.name == self._servers.named.name
            contact = self.step.contact
            if self._servers.has_key:
                key = self.tr("The key in the address is shown to this server only, and kept in this session only.")
                contact = f"{contact}\n{key}"
            time = self._servers.named.time if is_named else ""
            remarks = self._servers.offered(self._scope).offer.problems if self._scope else ()
            self.form.show_row(row, contact, self._servers.problem, time, _few_sentences(remarks))
        self.announce()

    def announce(self) -> None:
        """Emit what the buttons say and whether they may be pressed."""
        row, step = self.current(), self.step
        self.verb_changed.emit(step.verb, step.is_possible)
        is_listed = row is None or row.is_own or row.is_recent or (row.layer is None and row in self._lists)
        self.keeping_changed.emit(not is_listed)

    def go_on(self) -> None:
        """Do what the button says: add the layer, ask the server, or open the archive."""
        row, step = self.current(), self.step
        if row is None or not step.is_possible:
            return
        if step.doing is Doing.ADD:
            self._add(row)
        elif step.doing is Doing.ASK:
            self._servers.ask(row.entry.address, row.entry.kind)
        elif (opener := self._network.opener(row.entry)) is not None:
            if row.entry.kind == "cog":
                self._servers.allow(row.entry.hosts)
            self._remember(row.entry)
            self.added.emit()  # closes the dialog before another one opens
            opener(row.entry)

    def _add(self, row: EntryRow) -> None:
        """Add the layer on top of the imagery, and allow its hosts."""
        if row.item is not None:
            self._add_scene(row, row.item)
            return
        service = self.form.service()
        assert service is not None
        try:
            stated = self.form.stated_date()
        except GeoloupeError as error:
            self.form.say_fault(in_language(error.sentence))
            return
        self._servers.allow(service.hosts)
        # Basemaps of lists with terms are known composites; of what was typed or offered nobody has said it.
        undated = "composite" if service.licence and service.kind == "xyz" else "unknown"
        facts = {"credit": service.attribution, **dates_of_service(service, row.entry.title, undated)}
        facts |= {} if stated is None else stated._asdict()
        name, uuid = self.form.layer_name(service), new_uuid()
        if self._context.do(add_layer, "tiles", name, encoded(service), uuid=uuid, **facts):
            self._context.show_layer(uuid)
            self._lead_to(service)
            self._remember(self.form.chosen_entry(row))
            self.added.emit()

    def _add_scene(self, row: EntryRow, item: StacItem) -> None:
        """Add the picture of an item of a catalogue, with its date and all else that the item states of it."""
        self._servers.allow(row.hosts)
        for address in (row.picture, *places_of_bands(item)):
            self._network.note_file(address, item.collection)
        uuid = new_uuid()
        if self._context.do(add_scene, item, row.picture, uuid=uuid):
            self._context.show_layer(uuid)
            view, ground = self._context.view.shown(), item.footprint
            bounds = None if ground is None else Bounds(*ground.bounds)
            if bounds is not None and (are_speck(bounds, view) or not area_of_view(view).intersects(ground)):
                self._context.view.show_bounds(bounds)
            if is_address(row.entry.address):
                self._remember(row.entry)
            self.added.emit()

    def _lead_to(self, service: TileService) -> None:
        """Show all of a service of a region, where the map shows a speck of it at most."""
        if service.bounds is not None and is_speck(service, self._context.view.shown()):
            self._context.view.show_bounds(service.bounds)

    def _remember(self, entry: ImageryEntry) -> None:
        try:
            self._kept.recent.put_first(entry)
        except GeoloupeError as error:
            self._context.report(error.sentence)

    def _allow_preview(self) -> None:
        row = self.current()
        self._servers.allow(row.previewed_hosts if row is not None else ())
        self.form.show_facts()

    # -- the analyst's own list ---------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Put the current entry into the analyst's own list."""
        row = self.current()
        if row is not None:
            self._append(EntriesRead((self.form.chosen_entry(row),)), "")

    def import_file(self, path: Path) -> None:
        """Put the connections in a file of another program into the analyst's own list, or list what a saved document
        of a server offers.
        """

        def take(content: EntriesRead | ServiceOffer) -> None:
            if isinstance(content, EntriesRead):
                self._append(content, path.name)
            else:
                self._servers.take_document(path.name, content)

        run_apart(self._context.case.jobs, self, lambda: _read_file(path), take)

    def _append(self, read: EntriesRead, name: str) -> None:
        try:
            if read.entries:
                self._kept.own.append(list(read.entries))
        except GeoloupeError as error:
            self.form.show_words(in_language(error.sentence))
            return
        self._lists += [row_of(entry, is_own=True) for entry in read.entries]
        if name:
            self._leave_scope()
            count = len(read.entries)
            news = translate("Imagery", "{count} new entries in my list.", "{count} new entry in my list.", count)
            self._say_problems((news, *read.problems) if count else read.problems)
        else:
            self.keeping_changed.emit(False)

    # -- events -------------------------------------------------------------------------------------------------------

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list by the arrow keys, go on by Enter, and take a pasted address, while words are typed."""
        if watched is not self.line or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            return True
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down | Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self.list.keyPressEvent(event)
                return True
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.go_on()
                return True
        return False

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasText() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """Take a dropped address, or a dropped file of connections."""
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile():
            self.import_file(Path(urls[0].toLocalFile()))
        else:
            self.take_text(urls[0].toString() if urls else event.mimeData().text())
        event.acceptProposedAction()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.model.set_palette(self.palette())
        super().changeEvent(event)


def _read_file(path: Path) -> EntriesRead | ServiceOffer:
    """The connections in a file, or the offer in a saved document of a server; a problem where it is neither."""
    try:
        if document := service_document(path):
            return recognised(document, base_of_saved(document, path))
        with path.open("rb") as file:
            return read_connections(file.read(MOST_BYTES + 1))
    except OSError:
        return EntriesRead((), (NotReadable("{path} cannot be read.", path=path.name).sentence,))
    except GeoloupeError as error:
        return EntriesRead((), (error.sentence,))


def _few_sentences(problems: Sequence[str]) -> list[str]:
    """The first problems in the analyst's language, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    sentences = [in_language(problem) for problem in problems[:MOST_PROBLEMS]]
    if more > 0:
        sentences.append(translate("Imagery", "{count} more problems.", "{count} more problem.", more))
    return sentences


class AddImageryDialog(QDialog):
    """The dialog of the panel with its buttons."""

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None = None,
        network: ImageryNetwork | None = None,
        kept: KeptImagery | None = None,
        offers: dict[str, ListedOffer] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add imagery"))
        self.panel = AddImageryPanel(context, network, kept, offers)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = self.buttons.addButton(self.tr("Add"), QDialogButtonBox.ButtonRole.ActionRole)
        self.keep_button, self.import_button = QPushButton(self.tr("Keep in My List")), QPushButton(self.tr("Import…"))
        self.keep_button.setEnabled(False)
        tip = self.tr("My list is a file in the folder of the settings, which can be edited and handed on")
        self.keep_button.setToolTip(tooltip(tip))
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 8)
        row.addWidget(self.keep_button)
        row.addWidget(self.import_button)
        row.addStretch(1)
        row.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel, 1)
        layout.addLayout(row)
        self.panel.verb_changed.connect(self._show_verb)
        self.panel.keeping_changed.connect(self.keep_button.setEnabled)
        self.panel.added.connect(self.accept)
        self.add_button.clicked.connect(self.panel.go_on)
        self.keep_button.clicked.connect(self.panel.keep)
        self.import_button.clicked.connect(self._choose_file)
        self.buttons.rejected.connect(self.reject)
        for push in self.findChildren(QPushButton):
            push.setAutoDefault(push is self.add_button)  # Enter in a field or in the list goes on
        self.add_button.setDefault(True)
        for button in (*self.buttons.buttons(), self.keep_button, self.import_button):
            button.setAccessibleName(button.text().replace("&", ""))
        self.panel.announce()
        self.resize(*SIZE)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a pasted address wherever no text can be typed."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.panel.paste()
        else:
            super().keyPressEvent(event)

    def _show_verb(self, text: str, is_possible: bool) -> None:
        self.add_button.setText(text)
        self.add_button.setAccessibleName(text)
        self.add_button.setEnabled(is_possible)

    def _choose_file(self) -> None:
        title, kinds = self.tr("Import connections"), self.tr("Connections, capabilities (*.xml *.json)")
        text, _ = QFileDialog.getOpenFileName(self, title, str(Path.home()), kinds)
        if text:
            self.panel.import_file(Path(text))


def open_add_imagery(
    context: PanelContext,
    window: QWidget,
    text: str = "",
    *,
    is_suggested: bool = False,
    offers: dict[str, ListedOffer] | None = None,
) -> AddImageryDialog:
    """Open the dialog over the window, on words or an address that came from elsewhere.

    `is_suggested`: nobody has said that the text is meant for it. `offers`: what servers have offered since the program
    started, and gets new ones.
    """
    fetcher, jobs = context.case.fetcher, context.case.jobs
    openers: dict[str, Callable[[ImageryEntry], None]]
    openers = {
        "archive": lambda entry: context.archive_wanted.emit(entry.address),
        "cog": lambda entry: context.picture_wanted.emit(entry.address),
    }
    network = ImageryNetwork(openers=openers)
    if fetcher is not None and jobs is not None:
        openers["vectors"] = context.features_wanted.emit
        source = FetchedOffers(fetcher, jobs, recognised)
        ways = fetcher.fetch, fetcher.consent.permits, context.case.show_key
        sign_in = partial(open_sign_in, context)
        network = ImageryNetwork(source, *ways, openers, fetcher.respect, fetcher.wants_login, sign_in)
        network = replace(network, note_file=fetcher.signing.note)
    if context.case.ways is not None:
        network = replace(network, preferred=context.case.ways.preferred)
    dialog = AddImageryDialog(context, window, network, KeptImagery.of_user(), offers)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if text:
        (dialog.panel.suggest if is_suggested else dialog.panel.take_text)(text)
    dialog.open()
    return dialog
