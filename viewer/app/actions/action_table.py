"""One table of all actions. Menus, the toolbar, the palette, the shortcut sheet and a test are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette

from layers.raster.presets import COMBINATIONS, Combination
from viewer.support.icons import line_icon

CONTEXT = "Actions"

MENUS: tuple[tuple[str, Any], ...] = (
    ("file", QT_TRANSLATE_NOOP("Actions", "&File")),
    ("edit", QT_TRANSLATE_NOOP("Actions", "&Edit")),
    ("view", QT_TRANSLATE_NOOP("Actions", "&View")),
    ("layer", QT_TRANSLATE_NOOP("Actions", "&Layer")),
    ("feature", QT_TRANSLATE_NOOP("Actions", "Feat&ures")),
    ("image", QT_TRANSLATE_NOOP("Actions", "&Image")),
    ("site", QT_TRANSLATE_NOOP("Actions", "&Site")),
    ("tools", QT_TRANSLATE_NOOP("Actions", "&Tools")),
    ("panels", QT_TRANSLATE_NOOP("Actions", "&Panels")),
    ("help", QT_TRANSLATE_NOOP("Actions", "&Help")),
)
"""(id, title) in the order of the menu bar."""


@dataclass(frozen=True)
class ActionSpec:
    """What an action is. An empty icon stands where its menu entry says it all: it is in no toolbar."""

    id: str
    menu: str
    text: str
    shortcut: str = ""
    icon: str = ""
    tip: str = ""
    toolbar: bool = False
    check: str = ""
    """"" is a plain action, "own" switches by itself, any other word names an exclusive group."""
    needs: str = ""
    """What must be so for the action to be offered: case, selection, layer, raster, coarse, undo, redo, changes, or for
    a combination of bands the action's own id."""
    breaks: bool = False
    """A separator stands before it, in the menu and in the toolbar."""


def _spec(id_: str, menu: str, text: Any, shortcut: str = "", icon: str = "", **more: Any) -> ActionSpec:
    return ActionSpec(id_, menu, text, shortcut, icon, **more)


def band_action(combination: Combination) -> str:
    """The id of the action that shows a combination of bands."""
    return f"bands_{combination.name}"


ACTIONS: tuple[ActionSpec, ...] = (
    _spec("new_case", "file", QT_TRANSLATE_NOOP("Actions", "&New Case"), "Ctrl+N", "new", toolbar=True),
    _spec("open", "file", QT_TRANSLATE_NOOP("Actions", "&Open…"), "Ctrl+O", "open", toolbar=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Open a case, or add rasters and vectors")),
    _spec("open_demo", "file", QT_TRANSLATE_NOOP("Actions", "Open the &Demo Case"), "", "demo"),
    _spec("save", "file", QT_TRANSLATE_NOOP("Actions", "&Save"), "Ctrl+S", "save", toolbar=True, breaks=True,
          needs="changes"),
    _spec("save_as", "file", QT_TRANSLATE_NOOP("Actions", "Save &As…"), "Ctrl+Shift+S", "save_as", needs="case"),
    _spec("export_picture", "file", QT_TRANSLATE_NOOP("Actions", "&Export Map Picture…"), "Ctrl+E", "export",
          toolbar=True, needs="case", breaks=True),
    _spec("export_sites", "file", QT_TRANSLATE_NOOP("Actions", "Export S&ites…"), "", "export", needs="case"),
    _spec("permissions", "file", QT_TRANSLATE_NOOP("Actions", "&Permissions…"), "", needs="case", breaks=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Hosts and folders outside the case that its layers may use")),
    _spec("close_case", "file", QT_TRANSLATE_NOOP("Actions", "&Close Case"), "Ctrl+W", "close", needs="case",
          breaks=True),
    _spec("quit", "file", QT_TRANSLATE_NOOP("Actions", "&Quit"), "Ctrl+Q", "quit"),
    _spec("undo", "edit", QT_TRANSLATE_NOOP("Actions", "&Undo"), "Ctrl+Z", "undo", toolbar=True, needs="undo",
          breaks=True),
    _spec("redo", "edit", QT_TRANSLATE_NOOP("Actions", "&Redo"), "Ctrl+Shift+Z", "redo", toolbar=True, needs="redo"),
    _spec("delete", "edit", QT_TRANSLATE_NOOP("Actions", "&Delete Selected Sites"), "Delete", "delete",
          needs="selection", breaks=True),
    _spec("select_all", "edit", QT_TRANSLATE_NOOP("Actions", "Select &All Sites"), "Ctrl+A", needs="case"),
    _spec("select_none", "edit", QT_TRANSLATE_NOOP("Actions", "Select &None"), "Ctrl+Shift+A", needs="selection"),
    _spec("copy_coordinate", "edit", QT_TRANSLATE_NOOP("Actions", "&Copy Coordinate"), "Ctrl+Shift+C", "copy",
          needs="case", breaks=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Copy the coordinate under the pointer")),
    _spec("zoom_in", "view", QT_TRANSLATE_NOOP("Actions", "Zoom &In"), "Ctrl++", "zoom_in", toolbar=True,
          needs="case", breaks=True),
    _spec("zoom_out", "view", QT_TRANSLATE_NOOP("Actions", "Zoom &Out"), "Ctrl+-", "zoom_out", toolbar=True,
          needs="case"),
    _spec("full_view", "view", QT_TRANSLATE_NOOP("Actions", "&Full View"), "Ctrl+0", "full_view", toolbar=True,
          needs="case", tip=QT_TRANSLATE_NOOP("Actions", "Show everything")),
    _spec("zoom_selection", "view", QT_TRANSLATE_NOOP("Actions", "Zoom to &Selection"), "Ctrl+J", "zoom_selection",
          needs="selection", toolbar=True),
    _spec("go_to", "view", QT_TRANSLATE_NOOP("Actions", "&Go to Coordinate…"), "Ctrl+G", "go_to", toolbar=True,
          needs="case"),
    _spec("back", "view", QT_TRANSLATE_NOOP("Actions", "&Back"), "Alt+Left", "back", needs="case", toolbar=True),
    _spec("forward", "view", QT_TRANSLATE_NOOP("Actions", "For&ward"), "Alt+Right", "forward", needs="case",
          toolbar=True),
    _spec("rotate_left", "view", QT_TRANSLATE_NOOP("Actions", "Rotate &Left"), "Ctrl+Left", "rotate_left",
          needs="case", breaks=True),
    _spec("rotate_right", "view", QT_TRANSLATE_NOOP("Actions", "Rotate &Right"), "Ctrl+Right", "rotate_right",
          needs="case"),
    _spec("north_up", "view", QT_TRANSLATE_NOOP("Actions", "&North Up"), "Ctrl+Up", "north_up", needs="case"),
    _spec("next_notation", "view", QT_TRANSLATE_NOOP("Actions", "Ne&xt Coordinate Notation"), "Ctrl+Shift+N",
          breaks=True),
    _spec("dark", "view", QT_TRANSLATE_NOOP("Actions", "&Dark Colours"), "Ctrl+Shift+D", "theme", check="own"),
    _spec("full_screen", "view", QT_TRANSLATE_NOOP("Actions", "F&ull Screen"), "F11", "full_screen", check="own"),
    _spec("add_files", "layer", QT_TRANSLATE_NOOP("Actions", "&Add Files…"), "Ctrl+L", "add_layer", toolbar=True,
          breaks=True, tip=QT_TRANSLATE_NOOP("Actions", "Add rasters and vectors as layers")),
    _spec("add_imagery", "layer", QT_TRANSLATE_NOOP("Actions", "Add &Imagery…"), "Ctrl+I", "imagery", toolbar=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Add public satellite imagery or a tile service")),
    _spec("zoom_layer", "layer", QT_TRANSLATE_NOOP("Actions", "&Zoom to Layer"), "Ctrl+Shift+L", "zoom_layer",
          needs="layer", breaks=True),
    _spec("save_layer", "layer", QT_TRANSLATE_NOOP("Actions", "&Save Layer As…"), "", "save_as", needs="vector",
          tip=QT_TRANSLATE_NOOP("Actions", "Save the vector layer as GeoPackage, FlatGeobuf, GeoJSON or CSV")),
    _spec("remove_layer", "layer", QT_TRANSLATE_NOOP("Actions", "&Remove Layer"), "", "delete", needs="layer"),
    _spec("layer_properties", "layer", QT_TRANSLATE_NOOP("Actions", "&Properties…"), "", "properties", needs="layer"),
    _spec("vector_style", "layer", QT_TRANSLATE_NOOP("Actions", "S&tyle…"), "F7", "form", needs="vector",
          tip=QT_TRANSLATE_NOOP("Actions", "How the current vector layer is drawn and labelled")),
    _spec("build_overviews", "layer", QT_TRANSLATE_NOOP("Actions", "&Build Overviews"), needs="coarse",
          tip=QT_TRANSLATE_NOOP("Actions", "Build the overviews that the layer’s file lacks, in the cache folder")),
    _spec("read_again", "layer", QT_TRANSLATE_NOOP("Actions", "Read the &File Again"), needs="raster",
          tip=QT_TRANSLATE_NOOP("Actions", "Read the layer’s file anew, for it has changed")),
    _spec("relink_files", "layer", QT_TRANSLATE_NOOP("Actions", "Re&link Files…"), "", needs="case",
          tip=QT_TRANSLATE_NOOP("Actions", "Lead layers to where their files are now")),
    _spec("offline", "layer", QT_TRANSLATE_NOOP("Actions", "Work &Offline"), "", check="own", breaks=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Contact no server")),
    _spec("attribute_table", "feature", QT_TRANSLATE_NOOP("Actions", "Attribute &Table"), "", "table", needs="vector",
          breaks=True, tip=QT_TRANSLATE_NOOP("Actions", "The attributes of the current vector layer")),
    _spec("tool_identify", "feature", QT_TRANSLATE_NOOP("Actions", "&Identify"), "Ctrl+Shift+I", "identify",
          toolbar=True, check="tool", needs="case", breaks=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Click a feature to see its attributes")),
    _spec("tool_select_features", "feature", QT_TRANSLATE_NOOP("Actions", "&Select Features"), "F", "select_features",
          toolbar=True, check="tool", needs="case",
          tip=QT_TRANSLATE_NOOP("Actions", "Select features of vector layers by click or box")),
    _spec("tool_select_lasso", "feature", QT_TRANSLATE_NOOP("Actions", "Select in a &Lasso or Polygon"), "Shift+F",
          "lasso", check="tool", needs="case"),
    _spec("tool_select_within", "feature", QT_TRANSLATE_NOOP("Actions", "Select within a &Distance of a Place"), "",
          "within", check="tool", needs="case"),
    _spec("select_near", "feature", QT_TRANSLATE_NOOP("Actions", "Select &Near the Selected…"), "", needs="features",
          tip=QT_TRANSLATE_NOOP("Actions", "Add the features within a distance of the selected ones")),
    _spec("select_expression", "feature", QT_TRANSLATE_NOOP("Actions", "Select by &Expression…"), "Ctrl+F3",
          needs="vector"),
    _spec("select_no_features", "feature", QT_TRANSLATE_NOOP("Actions", "Select No &Features"), "", needs="features"),
    _spec("zoom_features", "feature", QT_TRANSLATE_NOOP("Actions", "&Zoom to Selected Features"), "Ctrl+Shift+J",
          "zoom_selection", needs="features", breaks=True),
    _spec("clear_filter", "feature", QT_TRANSLATE_NOOP("Actions", "&Clear the Filter of the Layer"), "", "filter",
          needs="filter"),
    _spec("make_sites", "feature", QT_TRANSLATE_NOOP("Actions", "&Make Sites of Selected Features…"), "Ctrl+Shift+M",
          "sites", needs="features", breaks=True),
    *(
        _spec(band_action(each), "image", each.title, each.key, needs=band_action(each), breaks=each is COMBINATIONS[0])
        for each in COMBINATIONS
    ),
    _spec("dra", "image", QT_TRANSLATE_NOOP("Actions", "&Stretch from the View (DRA)"), "D", "dra", toolbar=True,
          check="own", needs="raster", breaks=True,
          tip=QT_TRANSLATE_NOOP("Actions", "Stretch the layer by what is in view; off keeps the stretch as it is")),
    _spec("copy_stretch", "image", QT_TRANSLATE_NOOP("Actions", "&Copy Stretch"), "Ctrl+Alt+C", "copy",
          needs="raster"),
    _spec("paste_stretch", "image", QT_TRANSLATE_NOOP("Actions", "&Paste Stretch"), "Ctrl+Alt+V", needs="raster"),
    _spec("invert", "image", QT_TRANSLATE_NOOP("Actions", "&Invert"), "I", check="own", needs="raster",
          tip=QT_TRANSLATE_NOOP("Actions", "Show dark as light and light as dark")),
    _spec("auto_style", "image", QT_TRANSLATE_NOOP("Actions", "&Automatic Style"), "", needs="raster",
          tip=QT_TRANSLATE_NOOP("Actions", "Back to the bands and the stretch found when the file was opened")),
    _spec("image_style", "image", QT_TRANSLATE_NOOP("Actions", "&Histogram and Style…"), "Ctrl+H", needs="raster",
          breaks=True, tip=QT_TRANSLATE_NOOP("Actions", "Bands, indices, band maths, stretch, colours of the layer")),
    _spec("combine_bands", "image", QT_TRANSLATE_NOOP("Actions", "Combine &Bands of Layers…"), "Ctrl+B",
          needs="raster",
          tip=QT_TRANSLATE_NOOP("Actions", "Red, green and blue from any open images, as a new layer")),
    _spec("tool_point", "site", QT_TRANSLATE_NOOP("Actions", "Mark a &Point"), "P", "point", toolbar=True,
          check="tool", needs="case"),
    _spec("tool_line", "site", QT_TRANSLATE_NOOP("Actions", "Draw a &Line"), "L", "line", toolbar=True,
          check="tool", needs="case"),
    _spec("tool_polygon", "site", QT_TRANSLATE_NOOP("Actions", "Draw a Pol&ygon"), "Y", "polygon", toolbar=True,
          check="tool", needs="case"),
    _spec("tool_edit_vertices", "site", QT_TRANSLATE_NOOP("Actions", "Edit &Vertices"), "E", "edit_vertices",
          toolbar=True, check="tool", needs="case"),
    _spec("add_claim", "site", QT_TRANSLATE_NOOP("Actions", "Add a &Claim"), "Ctrl+Shift+K", "claims", needs="case",
          breaks=True),
    _spec("add_source", "site", QT_TRANSLATE_NOOP("Actions", "Add a &Source"), "", "sources", needs="case"),
    _spec("add_response", "site", QT_TRANSLATE_NOOP("Actions", "Add a &Response"), "", "responses", needs="case"),
    _spec("tool_pan", "tools", QT_TRANSLATE_NOOP("Actions", "&Pan"), "H", "pan", toolbar=True, check="tool",
          needs="case", breaks=True),
    _spec("tool_select", "tools", QT_TRANSLATE_NOOP("Actions", "&Select and Move"), "V", "select", toolbar=True,
          check="tool", needs="case"),
    _spec("tool_box_zoom", "tools", QT_TRANSLATE_NOOP("Actions", "&Zoom to a Box"), "Z", "box_zoom", toolbar=True,
          check="tool", needs="case"),
    _spec("tool_measure", "tools", QT_TRANSLATE_NOOP("Actions", "&Measure"), "M", "measure", toolbar=True,
          check="tool", needs="case"),
    _spec("panel_layers", "panels", QT_TRANSLATE_NOOP("Actions", "&Layers"), "Ctrl+1", "layers", check="own"),
    _spec("panel_sites", "panels", QT_TRANSLATE_NOOP("Actions", "&Sites"), "Ctrl+2", "sites", check="own"),
    _spec("panel_claims", "panels", QT_TRANSLATE_NOOP("Actions", "&Claims"), "Ctrl+3", "claims", check="own"),
    _spec("panel_sources", "panels", QT_TRANSLATE_NOOP("Actions", "S&ources"), "Ctrl+4", "sources", check="own"),
    _spec("panel_responses", "panels", QT_TRANSLATE_NOOP("Actions", "&Responses"), "Ctrl+5", "responses",
          check="own"),
    _spec("panel_details", "panels", QT_TRANSLATE_NOOP("Actions", "&Details"), "Ctrl+6", "form", check="own"),
    _spec("panel_acquisition", "panels", QT_TRANSLATE_NOOP("Actions", "&Acquisition"), "Ctrl+7", "acquisition",
          check="own"),
    _spec("panel_attributes", "panels", QT_TRANSLATE_NOOP("Actions", "A&ttributes"), "F6", "table", check="own"),
    _spec("reset_panels", "panels", QT_TRANSLATE_NOOP("Actions", "R&eset Panels"), breaks=True, needs="case"),
    _spec("palette", "help", QT_TRANSLATE_NOOP("Actions", "&Find a Command or a Place…"), "Ctrl+K", "search",
          toolbar=True, breaks=True),
    _spec("shortcuts", "help", QT_TRANSLATE_NOOP("Actions", "&Keyboard Shortcuts"), "F1", "keyboard"),
    _spec("copy_diagnostics", "help", QT_TRANSLATE_NOOP("Actions", "&Copy Diagnostics"), "", "copy", breaks=True),
    _spec("show_log", "help", QT_TRANSLATE_NOOP("Actions", "Show the &Log Folder"), "", "log"),
    _spec("about", "help", QT_TRANSLATE_NOOP("Actions", "&About Geoloupe"), "", "about"),
)  # fmt: skip

TOOLBAR_ORDER: tuple[str, ...] = ("file", "edit", "layer", "feature", "image", "tools", "site", "view", "help")
"""The toolbar's groups, by menu: layers and tools come before the view, as they are used most."""

PANELS: tuple[str, ...] = tuple(spec.id for spec in ACTIONS if spec.id.startswith("panel_"))


class ActionTable(QObject):
    """The QActions of one window. `handlers` must name exactly the ids of ACTIONS; a checkable one gets its check."""

    def __init__(self, handlers: Mapping[str, Callable[..., None]], parent: QObject) -> None:
        super().__init__(parent)
        known = {spec.id for spec in ACTIONS}
        if known != set(handlers):
            raise ValueError(f"actions without or handlers too many: {sorted(known ^ set(handlers))}")
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.id: self._build(spec, handlers[spec.id]) for spec in ACTIONS}

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def in_menu(self, menu: str) -> list[ActionSpec]:
        return [spec for spec in ACTIONS if spec.menu == menu]

    def in_toolbar(self) -> list[ActionSpec]:
        """In the toolbar's order."""
        return [spec for menu in TOOLBAR_ORDER for spec in ACTIONS if spec.menu == menu and spec.toolbar]

    def offer(self, conditions: Iterable[str]) -> None:
        """Enable what the conditions that hold now allow."""
        held = set(conditions)
        for spec in ACTIONS:
            if spec.needs:
                self._actions[spec.id].setEnabled(spec.needs in held)

    def color(self, palette: QPalette) -> None:
        """Draw the toolbar's icons in the text colour of a palette: nothing else shows them all the time."""
        for spec in ACTIONS:
            if spec.toolbar:
                self._actions[spec.id].setIcon(line_icon(spec.icon, palette))

    def set_text(self, id_: str, text: str) -> None:
        """A menu text that says more for the moment, such as what would be undone; empty: the table's own."""
        spec = next(spec for spec in ACTIONS if spec.id == id_)
        self._label(self._actions[id_], spec, text or translated(spec.text))

    def _build(self, spec: ActionSpec, handler: Callable[..., None]) -> QAction:
        action = QAction(self.parent())
        action.setObjectName(spec.id)
        action.setIconVisibleInMenu(False)
        if spec.check:
            action.setCheckable(True)
            if spec.check != "own":
                group = self._groups.setdefault(spec.check, QActionGroup(self))
                group.addAction(action)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        self._label(action, spec, translated(spec.text))
        # PySide counts a callable's arguments to decide whether to hand over the check; a partial's it counts wrongly.
        if spec.check:
            action.triggered.connect(lambda checked: handler(checked))
        else:
            action.triggered.connect(lambda _checked: handler())
        return action

    def _label(self, action: QAction, spec: ActionSpec, text: str) -> None:
        action.setText(text)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = translated(spec.tip) if spec.tip else bare(text)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)


def translated(text: str) -> str:
    return QCoreApplication.translate(CONTEXT, text) if text else ""


def bare(text: str) -> str:
    """A menu text without the marks of its menu."""
    return text.replace("&", "").rstrip("…")
