"""The Site menu: tools that draw sites, claims and judgements about them, and new sources and responses.

The Edit menu (`edit_menu.py`) holds the actions that change, move or copy selected sites.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QAbstractButton, QWidget

from layers.document.edit import Edit
from layers.errors import GeoloupeError
from viewer.app.actions.action_table import Action, has_case
from viewer.app.actions.shadow_rows import SHADOW_ROWS
from viewer.app.actions.template_desk import TEMPLATE_ROWS, TemplateDesk
from viewer.app.actions.tools_menu import ToolMenu, tool_action
from viewer.app.arranging.docks import Docks
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.observing.observation_tables import ObservationTables
from viewer.commands.shapes.measurements import make_measurements, make_sites
from viewer.panels.claims import claim_verbs
from viewer.panels.claims.image_citing import cite_image_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.tools.toolbox import Toolbox

DRAW = QT_TRANSLATE_NOOP("Actions", "&Draw")
SHAPES = (
    tool_action("tool_rectangle", QT_TRANSLATE_NOOP("Actions", "&Rectangle"), "Shift+R", "rectangle", submenu=DRAW),
    tool_action(
        "tool_turned_rectangle",
        QT_TRANSLATE_NOOP("Actions", "T&urned Rectangle"),
        "Shift+B",
        "turned_rectangle",
        submenu=DRAW,
        tip=QT_TRANSLATE_NOOP("Actions", "Draw a rectangle along one of its sides"),
    ),
    tool_action("tool_circle", QT_TRANSLATE_NOOP("Actions", "&Circle"), "O", "circle", submenu=DRAW),
    tool_action(
        "tool_range_ring",
        QT_TRANSLATE_NOOP("Actions", "Range Rin&gs"),
        "G",
        "range_ring",
        submenu=DRAW,
        tip=QT_TRANSLATE_NOOP("Actions", "Draw circles that say how far something reaches"),
    ),
    tool_action("tool_freehand", QT_TRANSLATE_NOOP("Actions", "&Freehand Line"), "W", "freehand", submenu=DRAW),
    tool_action("tool_arrow", QT_TRANSLATE_NOOP("Actions", "&Arrow"), "A", "arrow", submenu=DRAW),
    tool_action("tool_text", QT_TRANSLATE_NOOP("Actions", "&Text"), "T", "text", submenu=DRAW),
    tool_action(
        "tool_callout",
        QT_TRANSLATE_NOOP("Actions", "Call&out"),
        "Shift+T",
        "callout",
        submenu=DRAW,
        tip=QT_TRANSLATE_NOOP("Actions", "Write in a box with a line to what the words are about"),
    ),
    tool_action("tool_numbered_marker", QT_TRANSLATE_NOOP("Actions", "&Numbered Marker"), "U", "number", submenu=DRAW),
)
"""Marks with a shape, in the order of their button in the toolbar."""


class SiteMenu(ToolMenu):
    """Handlers of the Site menu.

    A new source or response is made through its panel's own button, so that its form is in sight.
    """

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        docks: Docks,
        panels: PanelContext,
        templates: TemplateDesk,
        ask: Callable[[], Questions],
        parent: QWidget,
    ) -> None:
        super().__init__(session, toolbox, parent)
        self._docks, self._panels, self.templates = docks, panels, templates
        self.tables = ObservationTables(session, panels, ask, parent)
        panels.claim_shown.connect(self.changed)
        panels.row_shown.connect(self.changed)
        toolbox.taken.connect(self.changed)
        toolbox.kept_changed.connect(self.changed)

    @property
    def panels(self) -> PanelContext:
        return self._panels

    def keep_tool(self, kept: bool) -> None:
        """Choose whether the drawing tool stays in hand after each mark."""
        self.toolbox.set_kept(kept)

    def is_tool_kept(self) -> bool:
        return self.toolbox.is_kept

    def can_keep_tool(self) -> bool:
        """True while a drawing tool is in hand."""
        return self.session.is_begun and self.toolbox.can_keep

    def report(self) -> None:
        """Begin a reported claim about the selected sites, and show its form."""
        claim_verbs.report(self._panels)

    def judge(self) -> None:
        """Begin the analyst's own claim about the selected sites, and show its form."""
        claim_verbs.judge(self._panels)

    def choose_report(self) -> bool:
        """Let the analyst choose the report to judge, by keys alone; False where the case has none."""
        from viewer.panels.claims.report_chooser import ReportChooser, reports_to_judge  # for start-up time

        document = self._panels.document
        if not (self.session.is_begun and reports_to_judge(document)):
            return False
        window = self.parent()
        assert isinstance(window, QWidget)
        chooser = ReportChooser(document, window)
        chooser.chosen.connect(partial(claim_verbs.judge_this, self._panels))
        chooser.open()
        return True

    def take_chip(self) -> None:
        """Take a chip, the exact pixels and the view, of the selected site or of the case."""
        from viewer.panels.sites.sighting import SIGHTING, is_unsaid  # for start-up time

        panels, selected = self._panels, self._panels.selection.uuids
        if panels.layers.images is None:
            return
        panels.layers.images.take_chip()
        if len(selected) == 1 and not self._docks.arrangement.is_alone and is_unsaid(panels, *selected):
            panels.field_wanted.emit("site_form", SIGHTING)  # at once: the next letters are what is seen

    def link_chip(self) -> None:
        """Link the newest chip of the open claim's sites as support."""
        from viewer.panels.claims.chip_linking import link_newest_chip  # for start-up time

        link_newest_chip(self._panels, self._panels.claim_uuid)

    def show_case_chips(self) -> None:
        """Show the chips that belong to no site."""
        from viewer.panels.sites.case_chips import show_case_chips  # for start-up time: nobody has asked for them

        window = self.parent()
        assert isinstance(window, QWidget)
        show_case_chips(self._panels, window)

    def cite_image(self) -> None:
        """Cite the image behind the sites of the open claim."""
        cite_image_of(self._panels, self._panels.claim_uuid)

    def is_claim_open(self) -> bool:
        return self.session.is_begun and bool(self._panels.claim_uuid)

    def make_sites(self) -> None:
        """Turn the selected measurements into sites."""
        self._turn(make_sites, self.tr("No measurement is selected: click one on the map or in its list."))

    def make_measurements(self) -> None:
        """Turn the selected sites with a line or an area into measurements."""
        self._turn(make_measurements, self.tr("No line and no area is selected that is no measurement yet."))

    def has_selection(self) -> bool:
        """True while marks are selected."""
        return self.session.is_begun and len(self._panels.selection) > 0

    def _turn(self, command: Callable[..., Edit], nothing: str) -> None:
        chosen = sorted(self._panels.selection.uuids)
        try:
            edit = command(self._panels.document, chosen, actor=self._panels.case.actor)
        except GeoloupeError as error:
            self._panels.report(error.sentence)
            return
        if not edit.changes:
            self._panels.report(nothing)
            return
        self._panels.do(lambda document, actor: edit)

    def search_area(self) -> None:
        """Ask for a search of the selected search area, or of another ground, cell by cell."""
        self._panels.search_wanted.emit("")

    def count(self, _checked: bool) -> None:
        """Count by ticks for the current cell of the sheet of observations, which is shown."""
        self._docks.show_panel("panel_observations")
        self.toolbox.take("tool_count")

    def import_observations(self) -> None:
        """Record the rows of a spreadsheet as observations."""
        self.tables.bring_in()

    def export_observations(self) -> None:
        """Write the observations of the selected sites, or of all, as a spreadsheet."""
        self.tables.write_out()

    def has_observations(self) -> bool:
        return self.tables.has_rows

    def add_source(self) -> None:
        self._press("panel_sources", self._docks.sources)

    def attach_file(self) -> None:
        """Choose files to be kept with the open source."""
        self._panels.panel_wanted.emit("source_form")
        self._docks.attach_to_source()

    def is_source_open(self) -> bool:
        return self.session.is_begun and bool(self._panels.shown_row("sources"))

    def add_response(self) -> None:
        self._press("panel_responses", self._docks.responses)

    def _press(self, name: str, late: LazyPanel) -> None:
        self._docks.show_panel(name)
        button = getattr(late.panel, "add_button", None)
        assert isinstance(button, QAbstractButton)
        button.click()

    id = "site"
    actions = (
        tool_action("tool_point", QT_TRANSLATE_NOOP("Actions", "Mark a &Point"), "P", "point", toolbar=True),
        tool_action("tool_line", QT_TRANSLATE_NOOP("Actions", "Draw a &Line"), "L", "line", toolbar=True),
        tool_action("tool_polygon", QT_TRANSLATE_NOOP("Actions", "Draw a Pol&ygon"), "Y", "polygon", toolbar=True),
        *SHAPES,
        tool_action(
            "tool_edit_vertices", QT_TRANSLATE_NOOP("Actions", "Edit &Vertices"), "E", "edit_vertices", toolbar=True
        ),
        Action(
            "keep_tool",
            QT_TRANSLATE_NOOP("Actions", "&Keep the Drawing Tool"),
            keep_tool,
            "Shift+K",
            check="own",
            offered=can_keep_tool,
            checked=is_tool_kept,
            tip=QT_TRANSLATE_NOOP("Actions", "Draw mark after mark with the current drawing tool"),
        ),
        *TEMPLATE_ROWS,
        Action(
            "report",
            QT_TRANSLATE_NOOP("Actions", "&Report a Claim"),
            report,
            "R",
            "claims",
            tip=QT_TRANSLATE_NOOP("Actions", "Report what somebody says, of the selected sites or of the case"),
            offered=has_case,
            breaks=True,
        ),
        Action(
            "judge",
            QT_TRANSLATE_NOOP("Actions", "&Judge"),
            judge,
            "J",
            "judge",
            tip=QT_TRANSLATE_NOOP("Actions", "Judge the open report, the selected sites or the case for yourself"),
            offered=has_case,
        ),
        Action(
            "take_chip",
            QT_TRANSLATE_NOOP("Actions", "Take a C&hip"),
            take_chip,
            "C",
            tip=QT_TRANSLATE_NOOP("Actions", "Keep exact pixels and the view, of the selected site or of the case"),
            offered=has_case,
        ),
        Action(
            "case_chips",
            QT_TRANSLATE_NOOP("Actions", "Ch&ips of the Case"),
            show_case_chips,
            "",
            tip=QT_TRANSLATE_NOOP("Actions", "Show the chips of views, which belong to no site"),
            offered=has_case,
        ),
        Action(
            "cite_image",
            QT_TRANSLATE_NOOP("Actions", "&Cite the Image"),
            cite_image,
            "Ctrl+Shift+R",
            tip=QT_TRANSLATE_NOOP("Actions", "Cite the image that the site of the open claim was drawn on"),
            offered=is_claim_open,
        ),
        Action(
            "link_chip",
            QT_TRANSLATE_NOOP("Actions", "Link the Ne&west Chip"),
            link_chip,
            "Ctrl+Shift+T",
            tip=QT_TRANSLATE_NOOP("Actions", "Link the newest chip of the open claim's sites as support"),
            offered=is_claim_open,
        ),
        *SHADOW_ROWS,
        Action(
            "search_area",
            QT_TRANSLATE_NOOP("Actions", "Search an &Area…"),
            search_area,
            "Q",
            "search_area",
            tip=QT_TRANSLATE_NOOP("Actions", "Go through an area cell by cell, and say what was not seen and where"),
            offered=has_case,
        ),
        Action(
            "tool_count",
            QT_TRANSLATE_NOOP("Actions", "Count on the Ima&ge"),
            count,
            "Shift+U",
            "number",
            check="tool",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Count by numbered ticks, for the current cell of the sheet"),
            breaks=True,
        ),
        Action(
            "import_observations",
            QT_TRANSLATE_NOOP("Actions", "&Import Observations…"),
            import_observations,
            "",
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Record the rows of a spreadsheet: site, date, present or absent, count, words"
            ),
            offered=has_case,
        ),
        Action(
            "export_observations",
            QT_TRANSLATE_NOOP("Actions", "E&xport Observations…"),
            export_observations,
            "",
            tip=QT_TRANSLATE_NOOP("Actions", "Write what was seen, of the selected sites or of all, as CSV or XLSX"),
            offered=has_observations,
        ),
        Action(
            "measurements_to_sites",
            QT_TRANSLATE_NOOP("Actions", "Make Sites of Meas&urements"),
            make_sites,
            "",
            tip=QT_TRANSLATE_NOOP("Actions", "Count, list and export the selected measurements as sites"),
            offered=has_selection,
            breaks=True,
        ),
        Action(
            "sites_to_measurements",
            QT_TRANSLATE_NOOP("Actions", "Make Measurements &of Sites"),
            make_measurements,
            "",
            tip=QT_TRANSLATE_NOOP("Actions", "Measure the selected lines and areas, and count them as sites no more"),
            offered=has_selection,
        ),
        Action(
            "add_source", QT_TRANSLATE_NOOP("Actions", "Add a &Source"), add_source, "", "sources", offered=has_case
        ),
        Action(
            "attach_file",
            QT_TRANSLATE_NOOP("Actions", "Attach &Files to the Source…"),
            attach_file,
            "",
            tip=QT_TRANSLATE_NOOP("Actions", "Keep PDF, HTML, pictures, WARC or WACZ in the case with the open source"),
            offered=is_source_open,
        ),
        Action(
            "add_response",
            QT_TRANSLATE_NOOP("Actions", "Add a R&esponse"),
            add_response,
            "",
            "responses",
            offered=has_case,
        ),
    )
