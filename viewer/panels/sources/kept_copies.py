"""The kept copies of a source in its form: attached, verified, saved elsewhere to be worked on, and their custody."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from layers.disk.kept_kinds import CONTENT_TYPES, PROOF_ENDINGS
from layers.document.changes import Changes
from layers.document.source import SourceFile
from layers.product.custody.custody_report import last_verified
from layers.product.custody.time_proof import proofs_of
from layers.time.written_dates import written_date
from viewer.commands.filing.custody import copies_of, remove_copies
from viewer.panels.context import PanelContext
from viewer.panels.custody.custody_dialog import show_custody
from viewer.panels.flowing_buttons import FlowingButtons
from viewer.panels.kept_files import attach_files, verify, write_copy
from viewer.panels.kept_words import kept_words
from viewer.panels.said_names import said_name
from viewer.panels.sources.copy_opening import CopyOpener, may_open
from viewer.panels.sources.copy_words import CopyWords
from viewer.panels.widgets.form_page import heading, muted, side_by_side
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.row_column import RowColumn
from viewer.support.language.stored_words import capital
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language

HASH_CHARS = 16
"""First characters of a hash that a card shows; the whole is in its tooltip and in the custody."""


class CopyCard(QFrame):
    """One kept copy. Its words are read here, and a PDF or picture is opened from here; others are saved first."""

    removed = Signal(str)
    words_wanted = Signal(str, bool)
    """Emitted with its uuid as its words are to be shown, or no longer."""

    def __init__(self, context: PanelContext, copy: SourceFile, opener: CopyOpener) -> None:
        super().__init__()
        self._context, self.uuid = context, copy.uuid
        self.setObjectName("card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        name = one_line(copy.name, 120) or self.tr("(no name)")
        self.title = LinkButton(name, self.tr("Open {0}").format(name))
        if not may_open(copy):
            tip = self.tr("Save {0} elsewhere: a web page is never opened from here").format(name)
            self.title = LinkButton(name, tip)
        self.title.clicked.connect(lambda: opener.ask(copy) if may_open(copy) else self._save(copy))
        remove = IconButton("close", self.tr("Delete this copy from the case"))
        remove.clicked.connect(lambda: self.removed.emit(copy.uuid))
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(remove)
        self.facts = muted(plain(self._words(copy)))
        self.facts.setToolTip(tooltip(self.tr("SHA-256: {0}").format(copy.sha256)))
        self.open_button = CompactButton(self.tr("Open…"))
        self.open_button.setToolTip(tooltip(self.tr("Open a copy in another program, once you agree")))
        self.open_button.clicked.connect(lambda: opener.ask(copy))
        self.open_button.setVisible(may_open(copy))
        self.save_button = CompactButton(self.tr("Save As…"))
        self.save_button.setToolTip(tooltip(self.tr("Write a working copy elsewhere; the kept one stays untouched")))
        self.verify_button = CompactButton(self.tr("Verify"))
        self.verify_button.setToolTip(tooltip(self.tr("Hash its bytes anew, and log the result in its custody")))
        self.custody_button = CompactButton(self.tr("Custody…"))
        self.words_button = CompactButton(self.tr("Words"))
        self.words_button.setToolTip(tooltip(self.tr("Read and search its words here, without opening the file")))
        self.words_button.setCheckable(True)
        self.words_button.clicked.connect(lambda is_on: self.words_wanted.emit(copy.uuid, is_on))
        self.words_button.setVisible(kept_words(context).has_words(copy))
        buttons = (self.open_button, self.save_button, self.words_button, self.verify_button, self.custody_button)
        for button in buttons:
            button.setAccessibleName(f"{button.text()} {name}")
        self.save_button.clicked.connect(lambda: self._save(copy))
        self.verify_button.clicked.connect(lambda: verify(context, [("source_files", copy.uuid)]))
        self.custody_button.clicked.connect(self._show_custody)
        layout = self.column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.facts)
        layout.addWidget(FlowingButtons(*buttons))

    def _words(self, copy: SourceFile) -> str:
        """Facts on the copy, a line each: kind and type, collector and time, hash, proofs, last verification."""
        document = self._context.document
        kind = capital(copy.copy_kind) if copy.copy_kind else self.tr("Kind of copy not stated")
        when = in_language(written_date(copy.collected_at))
        who = said_name(copy.collected_by, document)
        lines = [", ".join(filter(None, (kind, one_line(copy.content_type, 60))))]
        if when or who:
            lines.append(self.tr("Collected: {0}").format(", ".join(filter(None, (when, who)))))
        if state := kept_words(self._context).state_of(copy):
            lines.append(state)
        lines.append(self.tr("SHA-256 {0}…").format(copy.sha256[:HASH_CHARS]) if copy.sha256 else self.tr("No hash"))
        proofs = proofs_of(copy)
        if proofs:
            names = ", ".join(one_line(proof.name, 60) for proof in proofs)
            lines.append(self.tr("Proof of time: {0}").format(names))
        line = last_verified(document, "source_files", copy.uuid)
        if line is None:
            lines.append(self.tr("Never verified"))
        elif line.matches is False:
            lines.append(self.tr("CHANGED: the hash did not match on {0}").format(in_language(line.when)))
        else:
            lines.append(self.tr("Verified: {0}").format(in_language(line.when)))
        return "\n".join(lines)

    def _save(self, copy: SourceFile) -> None:
        suggestion = Path.home() / (one_line(Path(copy.name).name, 120) or "copy")
        text, _ = QFileDialog.getSaveFileName(self, self.tr("Save a working copy"), str(suggestion))
        if text:
            write_copy(self._context, "source_files", copy.uuid, Path(text))

    def _show_custody(self) -> None:
        show_custody(self._context, "source_files", self.uuid, self.window())


class KeptCopies(QWidget):
    """The part of the form: a card for each copy, and buttons to attach files and to verify all."""

    words_shown = Signal(object)
    """Emitted with the card whose words are shown."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        self._shown: list[object] = []
        self.cards: list[CopyCard] = []
        self._rows, self._opener = RowColumn(spacing=5), CopyOpener(context)
        self.attach_button = CompactButton(self.tr("Attach Files…"))
        self.attach_button.setToolTip(
            tooltip(self.tr("Keep PDF, HTML, pictures, WARC or WACZ in the case, with their proofs of time"))
        )
        self.verify_button = CompactButton(self.tr("Verify All"))
        for button in (self.attach_button, self.verify_button):
            button.setAccessibleName(button.text())
        self.attach_button.clicked.connect(self.choose)
        self.verify_button.clicked.connect(self._verify_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading(self.tr("Kept copies")))
        layout.addLayout(self._rows)
        layout.addLayout(side_by_side(self.attach_button, self.verify_button))
        context.changed.connect(self._heard)
        self._words = kept_words(context)
        self._words.arrived.connect(self._look)
        self.reader = CopyWords(context, self)
        self.reader.hide()
        self._words.wanted.connect(self.read)

    def show_source(self, uuid: str) -> None:
        """Show the copies of another source, or of the same one again."""
        self._uuid = uuid
        self._look()

    def read(self, uuid: str, typed: str = "") -> None:
        """Show the words of a copy, at the words that were typed to find it."""
        card = next((card for card in self.cards if card.uuid == uuid), None)
        copy = next((copy for copy in copies_of(self._context.document, self._uuid) if copy.uuid == uuid), None)
        if card is not None and copy is not None:
            self.reader.show_copy(copy, typed)
            self._put_reader()
            self.words_shown.emit(card)

    def _show_words(self, uuid: str, is_on: bool) -> None:
        if is_on:
            self.read(uuid)
        else:
            self.reader.forget()
            self._put_reader()

    def _put_reader(self) -> None:
        """Put the words that are read into their card; hide them where it is not there."""
        self.reader.setParent(self)
        self.reader.hide()
        for card in self.cards:
            is_read = card.uuid == self.reader.uuid
            card.words_button.setChecked(is_read)
            if is_read:
                card.column.addWidget(self.reader)
                self.reader.show()

    def choose(self) -> None:
        """Ask for files, and attach them to the source."""
        endings = " ".join(f"*{ending}" for ending in (*CONTENT_TYPES, *PROOF_ENDINGS))
        kinds = self.tr("Files that can be kept ({0})").format(endings)
        texts, _ = QFileDialog.getOpenFileNames(self, self.tr("Attach files"), str(Path.home()), kinds)
        self.attach([Path(text) for text in texts])

    def attach(self, paths: list[Path]) -> None:
        """Attach files to the source that is shown."""
        if paths and self._uuid in self._context.document.sources:
            attach_files(self._context, self._uuid, paths)

    def _verify_all(self) -> None:
        verify(self._context, [("source_files", copy.uuid) for copy in copies_of(self._context.document, self._uuid)])

    def _heard(self, changes: Changes) -> None:
        if changes.touches("source_files", "custody"):
            self._look()

    def _look(self) -> None:
        document = self._context.document
        copies = copies_of(document, self._uuid)
        shown: list[object] = [
            (copy, last_verified(document, "source_files", copy.uuid), self._words.state_of(copy)) for copy in copies
        ]
        self.verify_button.setVisible(len(copies) > 1)
        if shown == self._shown and (self.cards or not copies):
            return
        self.reader.setParent(self)  # the cards go
        self._shown, self.cards = shown, []
        self._rows.fill(copies, self._card, self.tr("No copy is kept: links die. Attach one, or drop it here."))
        for card in self.cards:
            card.show()  # now, not once Qt gets to it: the form is scrolled to what is shown in it
        self._put_reader()

    def _card(self, copy: SourceFile) -> CopyCard:
        card = CopyCard(self._context, copy, self._opener)
        card.removed.connect(lambda uuid: self._context.do(remove_copies, (uuid,)))
        card.words_wanted.connect(self._show_words)
        self.cards.append(card)
        return card
