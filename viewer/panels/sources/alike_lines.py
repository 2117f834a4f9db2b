"""Sources that may be the one that is shown: lines in its form, each leading to another."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from layers.document.changes import Changes
from layers.document.source import SourceFile
from layers.finding.alike_sources import AlikeSources, Likeness
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_lines import LinkLine, LinkLines
from viewer.panels.words import source_name
from viewer.support.language.translation import translate

MOST_SHOWN = 6


class KnownAlike(QObject):
    """The index of alike sources of the open case: made when it is first asked, it follows the edits.

    `changed` names the sources that a kept copy or a source beside them may have made alike, or no longer alike.
    """

    changed = Signal(frozenset)

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._context = context
        self._index: AlikeSources | None = None
        self._owners: dict[str, str] = {}
        """The sources of kept copies, which a deleted copy no longer tells."""
        context.changed.connect(self._heard)
        context.document_replaced.connect(self._forget)

    @property
    def index(self) -> AlikeSources:
        """The index, with all edits."""
        if self._index is None:
            document = self._context.document
            self._index = AlikeSources(document)
            rows = document.table("source_files").values()
            self._owners = {row.uuid: row.source_uuid for row in rows if isinstance(row, SourceFile)}
        return self._index

    def _heard(self, changes: Changes) -> None:
        if self._index is None or not changes.touches("sources", "source_files"):
            return
        if changes.everything:
            self._forget()
            return
        document = self._context.document
        touched = set(changes.uuids("sources"))
        for uuid in changes.uuids("source_files"):
            row = document.table("source_files").get(uuid)
            if isinstance(row, SourceFile):
                self._owners[uuid] = row.source_uuid
            touched.add(self._owners.get(uuid, ""))
        beside = self._beside(touched)
        self._index.refresh(document, touched)
        self.changed.emit(frozenset(touched | beside | self._beside(touched)))

    def _beside(self, uuids: set[str]) -> set[str]:
        assert self._index is not None
        return {other for uuid in uuids for other in self._index.alike(uuid)}

    def _forget(self) -> None:
        self._index, self._owners = None, {}


def known_alike(context: PanelContext) -> KnownAlike:
    """The one index of a window."""
    return context.findChild(KnownAlike) or KnownAlike(context)


def likeness_words(kind: Likeness) -> str:
    """The kind of likeness as it is shown."""
    return {
        Likeness.BYTES: translate("AlikeSources", "a kept copy of the same bytes"),
        Likeness.LINK: translate("AlikeSources", "the same link"),
        Likeness.PICTURE: translate("AlikeSources", "a picture that looks the same"),
        Likeness.TITLE: translate("AlikeSources", "the same title"),
    }[kind]


class AlikeLines(LinkLines):
    """The part of the form; hidden where no other source is like the one that is shown."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(translate("AlikeSources", "May be the same source"), MOST_SHOWN, parent=parent)
        self._context = context
        self._known = known_alike(context)
        self.opened.connect(self._open_source)

    def show_source(self, uuid: str) -> None:
        """Show the sources that are like another one, or like the same one again."""
        sources = self._context.document.sources
        alike = [(sources[other], kind) for other, kind in self._known.index.alike(uuid).items() if other in sources]
        self.show_lines(
            [
                LinkLine(
                    self.tr("{0}: {1}").format(source_name(source), likeness_words(kind)),
                    self.tr("Show {0}").format(source_name(source)),
                    source.uuid,
                )
                for source, kind in alike
            ]
        )

    def _open_source(self, uuid: str) -> None:
        self._context.show_row("sources", uuid, raise_form=True)
