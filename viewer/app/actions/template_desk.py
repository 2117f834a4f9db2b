"""Templates of marks: the tool that draws with one, the list of all, their dialog, and their files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject
from PySide6.QtWidgets import QWidget

from layers.document.mark_template import HOT_KEYS, MarkTemplate, templates_in_text, templates_text
from layers.errors import NotReadable
from layers.project.storage.fsops import write_whole
from viewer.app.actions.action_table import Action, has_case
from viewer.app.desktop.questions import Questions
from viewer.commands.filing.templates import save_templates
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import templates_of_case
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.messages import Messages
from viewer.tools.toolbox import Toolbox

MARK_AS = QT_TRANSLATE_NOOP("Actions", "Mark &As")
MOST_BYTES = 4_000_000
SUGGESTED = "geoloupe-templates.json"


class TemplateDesk(QObject):
    """Draws, lists, edits, reads and writes templates; jobs handle the files. `window` is the parent of dialogs."""

    def __init__(
        self,
        panels: PanelContext,
        toolbox: Toolbox,
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._panels, self._toolbox, self._messages = panels, toolbox, messages
        self._ask, self._window = ask, window

    def of_key(self, key: str) -> MarkTemplate | None:
        """Return the template with this key."""
        return next(
            (template for template in templates_of_case(self._panels.document) if template.hot_key == key), None
        )

    def take(self, key: str) -> None:
        """Take the tool that draws a mark of the template with this key."""
        template = self.of_key(key)
        if template is not None:
            self._toolbox.take_template(template)

    def list_all(self) -> None:
        """Choose a template from the list of all."""
        from viewer.panels.sites.mark_as_dialog import MarkAsDialog  # for start-up time: nobody has asked for it

        dialog = MarkAsDialog(templates_of_case(self._panels.document), self._window)
        dialog.chosen.connect(self._toolbox.take_template)
        dialog.open()

    def add_class(self) -> None:
        """Ask for an own class, and take the tool for its marks; the selected mark is one if that is wanted."""
        from viewer.panels.sites.new_class import NewClassDialog  # for start-up time: nobody has asked for it

        chosen = [uuid for uuid in sorted(self._panels.selection.uuids) if uuid in self._panels.document.sites]
        uuid = chosen[0] if len(chosen) == 1 else ""
        dialog = NewClassDialog(self._panels, uuid, self._window, is_asked=True)
        dialog.added.connect(self._take_new)
        dialog.open()

    def _take_new(self, template: MarkTemplate) -> None:
        self._toolbox.take_template(template)
        words = self.tr("The next mark is a “{0}”: click where it lies. Mark As has the class from now on.")
        self._messages.show("templates", words.format(one_line(template.name)))

    def edit(self) -> None:
        """Show the dialog of the templates."""
        from viewer.panels.sites.template_dialog import TemplateDialog  # for start-up time: nobody has asked for it

        dialog = TemplateDialog(self._panels, self._window)
        dialog.import_wanted.connect(self._import)
        dialog.export_wanted.connect(self._export)
        dialog.show()

    def _export(self) -> None:
        target = self._ask().templates_to_write(Path.home() / SUGGESTED)
        if target is None:
            return
        text = templates_text(templates_of_case(self._panels.document))
        done = self.tr("The templates are in {0}.").format(target.name)
        self._panels.run(
            lambda: write_whole(target, text.encode("utf-8")),
            lambda _: self._messages.show("templates", done),
            self.tr("Saving templates"),
        )

    def _import(self) -> None:
        path = self._ask().templates_to_open(Path.home())
        if path is not None:
            document = self._panels.document
            self._panels.run(
                partial(templates_in_file, path), partial(self._keep, document), self.tr("Reading templates")
            )

    def _keep(self, document: object, templates: list[MarkTemplate]) -> None:
        if self._panels.document is document and self._panels.do(save_templates, templates):
            text = self.tr("{0} are kept in the case.")
            self._messages.show(
                "templates",
                text.format(translate("TemplateDesk", "{count} templates", "{count} template", len(templates))),
            )


def templates_in_file(path: Path) -> list[MarkTemplate]:
    """Read the templates in a file. Raises NotReadable, and InvalidValue where there are none."""
    if not path.is_file():
        raise NotReadable("{name} is no regular file: choose a .json file of templates.", name=path.name)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotReadable(
            "{name} cannot be read ({strerror}): choose another file.", name=path.name, strerror=error.strerror
        ) from error
    return templates_in_text(data.decode("utf-8", "replace"))


def _row(key: str) -> Action:
    def text_now(menu: object) -> str:
        template = _desk(menu).of_key(key)
        return one_line(word(template.name), 60).replace("&", "&&") if template is not None else ""

    def offered(menu: object) -> bool:
        return has_case(menu) and _desk(menu).of_key(key) is not None  # type: ignore[arg-type]

    return Action(
        f"template_{key}",
        QT_TRANSLATE_NOOP("Actions", "Mark by Template"),
        lambda menu: _desk(menu).take(key),
        f"Alt+{key}",
        offered=offered,
        text_now=text_now,
        tip=QT_TRANSLATE_NOOP("Actions", "Draw a mark of this class"),
        submenu=MARK_AS,
    )


def _desk(menu: object) -> TemplateDesk:
    desk = getattr(menu, "templates", None)
    assert isinstance(desk, TemplateDesk), "the menu of these rows has the desk"
    return desk


TEMPLATE_ROWS = (
    Action(
        "mark_as",
        QT_TRANSLATE_NOOP("Actions", "&Choose from All…"),
        lambda menu: _desk(menu).list_all(),
        "Alt+0",
        offered=has_case,
        submenu=MARK_AS,
    ),
    *(_row(key) for key in HOT_KEYS),
    Action(
        "new_class",
        QT_TRANSLATE_NOOP("Actions", "New Class…"),
        lambda menu: _desk(menu).add_class(),
        offered=has_case,
        tip=QT_TRANSLATE_NOOP("Actions", "Add a class of your own, such as Fence, and mark its first one"),
    ),
    Action(
        "edit_templates",
        QT_TRANSLATE_NOOP("Actions", "Edit &Templates…"),
        lambda menu: _desk(menu).edit(),
        offered=has_case,
        tip=QT_TRANSLATE_NOOP("Actions", "Classes of marks with their keys and the fields of their form"),
    ),
)
"""Rows of the Site menu for templates."""
