"""Adds imagery: one list of all that can be added, searched by words or by a pasted address. Adding is consent for the
hosts of a layer; before that, or before a press of a button that says so, nobody is contacted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
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
from layers.errors import BadTemplate, GeoloupeError, NotReadable
from layers.phrase import Phrase
from layers.services.address_keys import KeyedAddress, split_key
from layers.services.catalog import catalog
from layers.services.entry_text import MOST_BYTES, EntriesRead
from layers.services.features.feature_question import is_of_features
from layers.services.imagery_entry import ImageryEntry, host_of_address
from layers.services.listed.connections import read_connections
from layers.services.listed.offered_entries import entries_of_offer
from layers.services.listed.typed_entry import entry_of_text, is_address
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.recognise import recognised, service_document
from layers.services.times.time_steps import written_time
from viewer.commands.layers import add_layer
from viewer.commands.stamps import new_uuid
from viewer.network.secrets import Secret, SecretKind
from viewer.panels.context import PanelContext
from viewer.panels.imagery.entry_form import EntryForm
from viewer.panels.imagery.entry_lists import KeptImagery
from viewer.panels.imagery.entry_rows import EntryModel, EntryRow, arranged, row_of
from viewer.panels.imagery.offer_source import FetchedOffers, ImageryNetwork
from viewer.panels.logins.sign_in import open_sign_in
from viewer.panels.search.palette_rows import PaletteDelegate
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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._network = context, network or ImageryNetwork()
        self._kept = kept or KeptImagery.in_memory()
        self._lists: list[EntryRow] = []
        """The rows of all lists: lately added, shipped, and the analyst's own."""
        self._offers: dict[str, tuple[ServiceOffer, list[EntryRow]]] = {}
        """Offers by the address that was asked."""
        self._scope = ""
        """The address whose offer alone is listed; empty for all lists."""
        self._asked_address = ""
        """The address that has not answered yet; empty for none."""
        self._problem = ""
        self._typed_key = KeyedAddress("")
        """The typed address and its key, which stays out of lists and cases."""
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find imagery, or paste the address of a service"))
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
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.back.clicked.connect(self._leave_scope)
        self.form.changed.connect(self.announce)
        self.form.preview_wanted.connect(self._allow_preview)
        self.form.signed_in.connect(self.go_on)
        self.setAcceptDrops(True)
        self._read_lists()

    def _set_up_list(self) -> None:
        view = self.list
        view.setModel(self.model)
        view.setItemDelegate(PaletteDelegate(view))
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
        self.back.hide()
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

    def _read_lists(self) -> None:
        """Read all lists, in a job where there is one, then show them all: rows that came later would move others."""
        self._run(self._all_rows, self._take_lists)

    def _all_rows(self) -> tuple[list[EntryRow], tuple[Phrase, ...]]:
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

    def _run[T](self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Work in a job where there is one; `done` is not called once the dialog is gone."""
        jobs = self._context.case.jobs
        if jobs is None:
            done(work())
        else:
            jobs.run(lambda _: work(), lambda result: done(result) if shiboken6.isValid(self) else None, apart=True)

    # -- searching ----------------------------------------------------------------------------------------------------

    def take_text(self, text: str) -> None:
        """Search for words or an address that came from elsewhere: dropped, or of the command line."""
        self._leave_scope()
        self.line.setText(text.strip())

    def _search(self) -> None:
        """List what holds the typed words; of an address only itself."""
        words, self._problem, self._asked_address = self.line.text().strip(), "", ""
        self._typed_key = split_key(words)
        if "://" in words:
            self._set_scope("")
        if not self._scope and is_address(words):
            try:
                rows = [row_of(entry_of_text(self._typed_key.address))]
            except BadTemplate as error:
                rows, self._problem = [], in_language(error.sentence)
            self.model.set_rows(rows)
        else:
            rows = self._offers[self._scope][1] if self._scope else self._lists
            self.model.set_rows(arranged(rows, words))
        self._say_count(words)
        self.list.setCurrentIndex(self.model.index(self.model.first(), 0))
        self._show_current()

    def _say_count(self, words: str) -> None:
        count = sum(isinstance(row, EntryRow) and not row.is_recent for row in self.model.rows)
        if self._scope:
            offer, rows = self._offers[self._scope]
            title = one_line(offer.title or self._scope, 60)
            shown = self.tr("%1 of %2").replace("%1", str(count)).replace("%2", str(len(rows)))
            self.says.setText(f"{title}: {shown}")
        elif is_address(words):
            self.says.setText(self.tr("An address"))
        else:
            self.says.setText(translate("Imagery", "{count} entries", "{count} entry", count))

    def _leave_scope(self) -> None:
        self._set_scope("")
        self.line.clear()
        self._search()
        self.line.setFocus()

    def _enter_scope(self, address: str) -> None:
        """List what an address offers, and nothing else."""
        self._set_scope(address)
        self.line.clear()
        self._search()
        offer, rows = self._offers[address]
        if not rows:
            self._problem = self.tr("It offers nothing that can be shown.")
            self._show_current()
        elif offer.problems:
            self._say_problems(offer.problems)

    def _say_problems(self, problems: Sequence[str]) -> None:
        more = len(problems) - MOST_PROBLEMS
        sentences = [in_language(problem) for problem in problems[:MOST_PROBLEMS]]
        if more > 0:
            sentences.append(translate("Imagery", "{count} more problems.", "{count} more problem.", more))
        self.form.show_words("\n\n".join(sentences))

    # -- the current entry --------------------------------------------------------------------------------------------

    def current(self) -> EntryRow | None:
        """The chosen row."""
        at = self.list.currentIndex().row()
        row = self.model.rows[at] if 0 <= at < len(self.model.rows) else None
        return row if isinstance(row, EntryRow) else None

    def _show_current(self) -> None:
        row = self.current()
        if row is None:
            nothing = self.tr("Nothing found. Try other words, or paste the address of a service.")
            self.form.show_words(self._problem or nothing)
        else:
            self.form.show_row(row, self._contact(row), self._problem)
        self.announce()

    def _contact(self, row: EntryRow) -> str:
        """Sentences on whom the next step contacts, and what becomes of a key."""
        key = self.tr("The key in the address is shown to this server only, and kept in this session only.")
        has_key = bool(self._typed_key.key) and not self._scope
        return f"{self._contacted(row)}\n{key}" if has_key else self._contacted(row)

    def _contacted(self, row: EntryRow) -> str:
        hosts = one_line(", ".join(row.entry.hosts), 200)
        if row.entry.service is not None:
            return self.tr("Adding it allows Geoloupe to contact %1, which learns where you look.").replace("%1", hosts)
        if self._asked_address == row.entry.address:
            return self.tr("%1 is asked…").replace("%1", hosts)
        if self._is_other(row) and row.entry.role not in self._network.openers:
            return self.tr("This can be listed, but not opened yet.")
        if self._is_features(row):
            words = self.tr("Adding it fetches what lies in the view, once: %1 learns where you look.")
            return words.replace("%1", hosts)
        if self._is_other(row):
            is_known = self._is_allowed(row)
            words = self.tr("Searching it asks %1.") if is_known else self.tr("Nothing is sent to %1 yet.")
            return words.replace("%1", hosts)
        if row.layer is not None:
            return self.tr("It cannot be drawn.")
        if self._is_allowed(row):
            return self.tr("Press the button to ask %1 what it offers.").replace("%1", hosts)
        words = self.tr("Press the button to allow %1 and ask what it offers. Nothing is sent before.")
        return words.replace("%1", hosts)

    def _is_allowed(self, row: EntryRow) -> bool:
        return all(map(self._network.permits, row.entry.hosts))

    def _is_other(self, row: EntryRow) -> bool:
        """True for what is searched or read as a whole: an archive, a layer of vectors, one large picture."""
        entry = row.entry
        is_whole = entry.role == "archive" or self._is_features(row)
        return entry.service is None and (is_whole or entry.kind in ("cog", "pmtiles"))

    def _is_features(self, row: EntryRow) -> bool:
        """True for one layer of features, also of my list; False for a server of them, which has to be asked."""
        if row.entry.role != "vectors":
            return False
        return bool(row.layer.address) if row.layer is not None else is_of_features(row.entry.kind, row.entry.address)

    def _verb(self, row: EntryRow | None) -> tuple[str, bool]:
        """The text of the button that goes on, and True where it may be pressed."""
        if row is None or row.entry.service is not None:
            return self.tr("Add"), row is not None and self.form.is_agreed
        if self._is_other(row):
            text = self.tr("Search Archive…") if row.entry.role == "archive" else self.tr("Add")
            return text, row.entry.role in self._network.openers
        if row.layer is not None:
            return self.tr("Add"), False
        is_waiting = self._asked_address == row.entry.address
        text = self.tr("Ask") if self._is_allowed(row) else self.tr("Allow and Ask")
        return text, self._network.offers is not None and not is_waiting

    def announce(self) -> None:
        """Emit what the buttons say and whether they may be pressed."""
        row = self.current()
        self.verb_changed.emit(*self._verb(row))
        is_listed = row is None or row.is_own or row.is_recent or (row.layer is None and row in self._lists)
        self.keeping_changed.emit(not is_listed)

    def go_on(self) -> None:
        """Do what the button says: add the layer, ask the server, or open the archive."""
        row = self.current()
        if row is None or not self._verb(row)[1]:
            return
        if row.entry.service is not None:
            self._add(row)
        elif self._is_other(row):
            self.added.emit()  # closes the dialog before another one opens
            self._network.openers[row.entry.role](row.entry)
        else:
            self._ask(row.entry.address)

    def _add(self, row: EntryRow) -> None:
        """Add the layer on top of the imagery, and allow its hosts."""
        service = self.form.service()
        assert service is not None
        facts = {"credit": service.attribution, "acquired_at": written_time(service.time)}
        self._allow(service.hosts)
        # Basemaps of lists with terms are known composites; of what was typed or offered nobody has said it.
        undated = "composite" if service.licence and service.kind == "xyz" else "unknown"
        kind = service.date_kind if service.is_dated else undated
        name, uuid = self.form.layer_name(service), new_uuid()
        if self._context.do(add_layer, "tiles", name, encoded(service), uuid=uuid, date_kind=kind, **facts):
            self._context.show_layer(uuid)
            self._remember(self.form.chosen_entry(row))
            self.added.emit()

    def _remember(self, entry: ImageryEntry) -> None:
        try:
            self._kept.recent.put_first(entry)
        except GeoloupeError as error:
            self._context.report(error.sentence)

    def _allow_preview(self) -> None:
        row = self.current()
        self._allow(row.entry.hosts if row is not None else ())
        self.form.show_facts()

    def _allow(self, hosts: Sequence[str]) -> None:
        """Allow hosts, and show them the key that was typed in their address, in this session."""
        typed = self._typed_key
        for host in hosts:
            self._context.case.consent(host)
            if typed.key and not self._scope:
                kind = SecretKind.BASIC if typed.is_password else SecretKind.QUERY
                self._network.use_secret(host, Secret(kind, typed.key, typed.name))

    # -- asking a server ----------------------------------------------------------------------------------------------

    def _ask(self, address: str) -> None:
        """Allow the host of an address, and ask what it offers; the answer counts while the address is still chosen."""
        if address in self._offers:
            self._enter_scope(address)
            return
        assert self._network.offers is not None
        self._allow((host_of_address(address),))
        self._problem, self._asked_address = "", address
        self._show_current()

        def done(offer: ServiceOffer | None, error: GeoloupeError | None) -> None:
            if not shiboken6.isValid(self):
                return
            if offer is not None:
                self._read_offer(address, offer)
            elif self._asked_address == address:
                self._asked_address = ""
                self._problem = in_language(error.sentence) if error is not None else ""
                self._show_current()

        self._network.offers.ask(address, done)

    def _read_offer(self, address: str, offer: ServiceOffer) -> None:
        """Make rows of an offer, in a job: servers have thousands of layers."""

        def rows() -> list[EntryRow]:
            return [row_of(offered.entry, offered.layer) for offered in entries_of_offer(offer, address)]

        def take(made: list[EntryRow]) -> None:
            self._offers[address] = offer, made
            if self._asked_address == address:
                self._asked_address = ""
                self._enter_scope(address)

        self._run(rows, take)

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

        def read() -> EntriesRead | ServiceOffer:
            try:
                if document := service_document(path):
                    return recognised(document, "")
                with path.open("rb") as file:
                    return read_connections(file.read(MOST_BYTES + 1))
            except OSError:
                return EntriesRead((), (NotReadable("{path} cannot be read.", path=path.name).sentence,))
            except GeoloupeError as error:
                return EntriesRead((), (error.sentence,))

        def take(content: EntriesRead | ServiceOffer) -> None:
            if isinstance(content, EntriesRead):
                self._append(content, path.name)
            else:
                self._asked_address = path.name
                self._read_offer(path.name, content)

        self._run(read, take)

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
        """Move in the list by the arrow keys, and go on by Enter, while words are typed."""
        if watched is not self.line or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
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


class AddImageryDialog(QDialog):
    """The dialog of the panel with its buttons."""

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None = None,
        network: ImageryNetwork | None = None,
        kept: KeptImagery | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add imagery"))
        self.panel = AddImageryPanel(context, network, kept)
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

    def _show_verb(self, text: str, is_possible: bool) -> None:
        self.add_button.setText(text)
        self.add_button.setAccessibleName(text)
        self.add_button.setEnabled(is_possible)

    def _choose_file(self) -> None:
        title, kinds = self.tr("Import connections"), self.tr("Connections, capabilities (*.xml *.json)")
        text, _ = QFileDialog.getOpenFileName(self, title, str(Path.home()), kinds)
        if text:
            self.panel.import_file(Path(text))


def open_add_imagery(context: PanelContext, window: QWidget, text: str = "") -> AddImageryDialog:
    """Open the dialog over the window, on words or an address that came from elsewhere."""
    fetcher, jobs = context.case.fetcher, context.case.jobs
    openers: dict[str, Callable[[ImageryEntry], None]]
    openers = {"archive": lambda entry: context.archive_wanted.emit(entry.address)}
    network = ImageryNetwork(openers=openers)
    if fetcher is not None and jobs is not None:
        openers["vectors"] = context.features_wanted.emit
        offers = FetchedOffers(fetcher, jobs, recognised)
        ways = fetcher.fetch, fetcher.consent.permits, fetcher.logins.secrets.put
        sign_in = partial(open_sign_in, context)
        network = ImageryNetwork(offers, *ways, openers, fetcher.respect, fetcher.wants_login, sign_in)
    dialog = AddImageryDialog(context, window, network, KeptImagery.of_user())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if text:
        dialog.panel.take_text(text)
    dialog.open()
    return dialog
