"""Finds and names code in styles and projects that other programs put into a case, and leaves it out of our saves.

QGIS runs Python of forms, actions and macros, and its expressions ask for files and the environment. Parts are taken by
an allow-list; what is unknown goes. A text without any code stands as it stood, to the byte.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from msgspec import Struct

from layers.phrase import Phrase
from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

_STYLE_LIMITS = XmlLimits(8 * 2**20, depth=100, bare_doctype=True)
_PROJECT_LIMITS = XmlLimits(32 * 2**20, depth=100, elements=500_000, bare_doctype=True)
_MOST_MEMBERS = 16
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\b[^>]*?(?:encoding\s*=\s*[\"']([^\"']*)[\"'][^>]*?)?\?>", re.IGNORECASE)
_SQLITE = b"SQLite format 3\0"
_ARCHIVE = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06")

_STYLE_PART_WORDS = """
    DiagramLayerSettings LinearlyInterpolatedDiagramRenderer SingleCategoryDiagramRenderer StackedDiagramRenderer
    aliases attributeEditorForm attributeactions attributetableconfig blendMode brightnesscontrast conditionalstyles
    constraintExpressions constraints customproperties dataDefinedFieldProperties defaults duplicatePolicies editable
    editform editforminit editforminitcode editforminitcodesource editforminitfilepath editorlayout elevation
    excludeAttributesWFS excludeAttributesWMS expressionfields featformsuppress featureBlendMode fieldConfiguration
    flags geometryOptions huesaturation labelOnTop labeling layerGeometryType layerOpacity legend mapTip mergePolicies
    mesh-renderer-settings mesh-simplify-settings noData paintEffect pipe pipe-data-defined-properties
    previewExpression provider rasterrenderer rasterresampler referencedLayers referencingLayers renderer-3d
    renderer-v2 resamplingStage reuseLastValue selection splitPolicies storedexpressions temporal widgets
"""
_STYLE_PARTS = frozenset(_STYLE_PART_WORDS.split())
_LAYER_PART_WORDS = """
    abstract attribution attributionUrl auxiliaryLayer crs dataDependencies dataUrl dataUrlFormat datasource extent id
    keywordList layerDependencies layername legendUrl map-layer-style-manager metadataUrl metadataUrls
    resourceMetadata serverProperties shortname srs timestamp title userNotes vectorjoins wgs84extent
"""
_LAYER_PARTS = _STYLE_PARTS | frozenset(_LAYER_PART_WORDS.split())
_PROJECT_PART_WORDS = """
    Annotations Bookmarks ElevationProperties Layouts ProjectDisplaySettings ProjectGpsSettings ProjectStyleSettings
    ProjectTimeSettings ProjectViewSettings Sensors autotransaction avoidIntersectionsList customproperties
    dataDefinedServerProperties elevation-shading-renderer evaluateDefaultValues homePath labelEngineSettings
    layer-tree-group layerorder legend main-annotation-layer mapViewDocks mapViewDocks3D mapcanvas
    polymorphicRelations projectCrs projectFlags projectMetadata projectModels projectlayers properties relations
    snapping-settings title transaction transformContext trust verticalCrs visibility-presets
"""
_PROJECT_PARTS = frozenset(_PROJECT_PART_WORDS.split())
_PROPERTY_WORDS = """
    AtlasSettings Colors DefaultStyles Digitizing ExpressionFunctions Gui Identify Layouts Legend Macros Measure
    Measurement PAL Paths PositionPrecision RequiredLayers SpatialRefSys Variables WCSLayers WCSUrl WFSLayers
    WFSTLayers WFSUrl WMSAccess WMSAddWktGeometry WMSContactMail WMSContactOrganization WMSContactPerson
    WMSContactPhone WMSContactPosition WMSCrsList WMSDefaultMapUnitsPerMm WMSExtent
    WMSFeatureInfoUseAttributeFormSettings WMSFees WMSImageQuality WMSKeywordList WMSMaxAtlasFeatures
    WMSOnlineResource WMSPrecision WMSRequestDefinedDataSources WMSRestrictedComposers WMSRestrictedLayers WMSRootName
    WMSSegmentizeFeatureInfoGeometry WMSServiceAbstract WMSServiceCapabilities WMSServiceTitle WMSTileBuffer WMSUrl
    WMSUseLayerIDs WMTSGrids WMTSJpegLayers WMTSLayers WMTSMinScale WMTSPngLayers WMTSUrl
"""
_PROPERTIES = frozenset(_PROPERTY_WORDS.split())

_CODE = {
    "actionsetting": Phrase("an action"),
    "editform": Phrase("a form of its own"),
    "editforminit": Phrase("Python of a form"),
    "editforminitcode": Phrase("Python of a form"),
    "editforminitfilepath": Phrase("Python of a form"),
    "annotationform": Phrase("a form of its own"),
    "attributeEditorQmlElement": Phrase("QML in a form"),
    "attributeEditorHtmlElement": Phrase("HTML in a form"),
    "attributeEditorAction": Phrase("an action"),
    "mapTip": Phrase("HTML of map tips"),
    "Macros": Phrase("macros"),
    "ExpressionFunctions": Phrase("functions in Python"),
    "pythonCode": "Python",
    "projectModels": Phrase("processing models"),
    "Sensors": Phrase("sensors"),
    "HtmlAnnotationItem": Phrase("HTML on the map"),
    "FormAnnotationItem": Phrase("a form on the map"),
    "ComposerHtml": Phrase("HTML in a layout"),
}
"""Elements that hold code, at any depth; QGIS writes most of them empty too, and then they hold none."""
_GAP = r"(?:\s|/\*.*?\*/|--[^\n]*\n)*\("
_CALL = re.compile(
    r"\b(?:env|eval|eval_template|load_layer|decode_uri|base_file_name|exif|exif_geotag|is_file|is_directory|"
    rf"sqlite_fetch_and_increment|file_\w+){_GAP}",
    re.IGNORECASE | re.DOTALL,
)
"""Functions of QGIS's expressions that ask for files or the environment, or run a text as an expression."""
_CALL_WORDS = Phrase("an expression that asks for files or the environment")
_CALL_BEGINNINGS = {
    name: re.compile(rf"{name}(?<!\w{name})\w*{_GAP}", re.DOTALL)
    for name in (
        *("env", "eval", "load_layer", "decode_uri", "base_file_name", "exif", "is_file", "is_directory"),
        *("sqlite_fetch_and_increment", "file_"),
    )
}
"""Beginnings of the functions that are looked for: one search for all names takes ten times as long as one for each."""
_FOLDED = str.maketrans("İıſ\N{KELVIN SIGN}", "iisk")
"""Letters that are those of a function to a search that ignores case, and not to `lower`."""
_SUSPECTS = (
    re.compile(rf"<(?:{'|'.join(_CODE)})\b", re.IGNORECASE),
    re.compile("&#(?!(?:9|10|13|x9|xA|xD);)", re.IGNORECASE),
    re.compile("%[0-9a-f]{2}", re.IGNORECASE),
)
_TEMPLATE_WORDS = re.compile(
    r"def my_form_open\(dialog, layer, feature\):\s+geom = feature.geometry\(\)\s+control = dialog"
)


class JudgedText(Struct, frozen=True):
    """A text or bytes of another program without its code; None where nothing of it may stay."""

    content: str | bytes | None
    left_out: tuple[str, ...] = ()
    """Nouns, such as "an action"; empty where it held no code."""


def is_suspect(text: str) -> bool:
    """False where the text certainly holds no code, and need not be parsed."""
    return any(pattern.search(text) for pattern in _SUSPECTS) or (_may_call(text) and _CALL.search(text) is not None)


def _may_call(text: str) -> bool:
    """False where no function of `_CALL` begins in a long text, by searches that are quicker than that one."""
    folded = (text if text.isascii() else text.translate(_FOLDED)).lower()
    return any(name in folded and begins.search(folded) for name, begins in _CALL_BEGINNINGS.items())


def judged_style(qml: str) -> JudgedText:
    """Return a style in QML as it may stand in a case of ours."""
    return _judged(qml, _STYLE_LIMITS)


def judged_sld(sld: str) -> JudgedText:
    """Return a style in SLD, whole or not at all: QGIS takes its functions for those of expressions."""
    if "<" not in sld:
        return JudgedText(sld)
    try:
        root = parse_xml(sld.encode("utf-8", "replace"), _STYLE_LIMITS)
    except BadXml:
        return JudgedText(None, (Phrase("a style that cannot be read"),))
    names = [element.get("name", "") for element in root.iter() if element.tag.endswith("Function")]
    called = any(_CALL.match(f"{name.strip()}(") for name in names)
    return JudgedText(None, (_CALL_WORDS,)) if called or _has_call(sld) else JudgedText(sld)


def judged_project(content: str | bytes, *, is_ours: bool = False) -> JudgedText:
    """Return a QGIS project without its code, as the database has it: a zipped project in hexadecimal digits.

    A text that is no archive is kept. A project of ours is parsed only where it `is_suspect`: each save makes it anew.
    """
    text = content if isinstance(content, str) else content.decode("latin-1")
    digits = "".join(re.findall("[0-9a-fA-F]", text))  # QGIS skips whatever else there is
    packed = bytes.fromhex(digits[: len(digits) // 2 * 2])
    if not any(sign in data for sign in _ARCHIVE for data in (packed, text.encode("latin-1", "replace"))):
        return JudgedText(None, (Phrase("a project in the open"),)) if "<qgis" in text else JudgedText(content)
    left_out: list[str] = []
    try:
        members = list(_members(packed, left_out))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return JudgedText(None, (Phrase("a project that cannot be read"),))
    kept: list[tuple[str, bytes]] = []
    is_changed = bool(left_out)
    for name, data in members:
        if not name.endswith(".qgs"):
            kept.append((name, data))
            continue
        old = data.decode("utf-8", "replace")
        cleaned = JudgedText(old) if is_ours and not is_suspect(old) else _judged(old, _PROJECT_LIMITS)
        if not isinstance(cleaned.content, str):
            return cleaned
        is_changed = is_changed or cleaned.content != old
        left_out += cleaned.left_out
        kept.append((name, cleaned.content.encode("utf-8")))
    if not is_changed:
        return JudgedText(content)
    new = _packed(kept).hex()
    return JudgedText(new.encode() if isinstance(content, bytes) else new, tuple(dict.fromkeys(left_out)))


def _members(packed: bytes, left_out: list[str]) -> Iterator[tuple[str, bytes]]:
    """Return the project, its own small database and that of its styles; all else in the archive goes to `left_out`."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_MEMBERS or sum(entry.filename.endswith(".qgs") for entry in entries) != 1:
            raise ValueError("no project, or several")
        for entry in entries:
            if (
                entry.filename.endswith((".qgs", ".qgd", "_styles.db"))
                and "/" not in entry.filename
                and "\\" not in entry.filename
            ):
                with archive.open(entry) as file:
                    data = file.read(_PROJECT_LIMITS.size + 1)
                if len(data) > _PROJECT_LIMITS.size:
                    raise ValueError("too large")
                if entry.filename.endswith("_styles.db") and is_suspect(
                    data.replace(b"\0", b"").decode("utf-8", "replace")
                ):
                    left_out.append(Phrase("styles with code"))
                    continue
                if entry.filename.endswith(".qgs") or data.startswith(_SQLITE) or not data:
                    yield entry.filename, data
                    continue
            left_out.append(Phrase("files in its archive"))


def _packed(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _judged(text: str, limits: XmlLimits) -> JudgedText:
    if "<" not in text:
        return JudgedText(text)
    declared = _DECLARATION.match(text)
    bare = text[declared.end() :] if declared else text  # it is UTF-8 from here on, whatever it declares
    try:
        root = parse_xml(bare.encode("utf-8", "xmlcharrefreplace"), limits)
    except BadXml:
        return JudgedText(None, (Phrase("XML that cannot be read"),))
    if root.tag != "qgis":
        return JudgedText(None, (Phrase("XML that is none of QGIS"),))
    is_project = root.find("projectlayers") is not None or root.find("layer-tree-group") is not None
    sweep = _Sweep(is_changed=declared is not None and (declared[1] or "utf-8").lower() != "utf-8")
    sweep.children(root, _PROJECT_PARTS if is_project else _STYLE_PARTS)
    if not sweep.is_changed:
        return JudgedText(text)
    return JudgedText(_DOCTYPE + ET.tostring(root, encoding="unicode"), tuple(dict.fromkeys(sweep.left_out)))


class _Sweep:
    """Removes code from a tree, and notes the removed kinds."""

    def __init__(self, *, is_changed: bool) -> None:
        self.left_out: list[str] = []
        self.is_changed = is_changed

    def children(self, parent: Element, allowed: frozenset[str] | None) -> None:
        """Judge the children of a part; `allowed` None: it may hold anything but code."""
        for child in list(parent):
            if allowed is not None and child.tag not in allowed:
                self._remove(parent, child, Phrase("a part that is not known ({tag})", tag=_short(child.tag)))
            elif what := _code_of(child, parent):
                self._remove(parent, child, what)
            elif child.tag == "editforminitcode" and (child.text or "").strip():
                self._remove(parent, child, "")  # the template that QGIS writes, and never runs
            else:
                self._values(child)
                self.children(child, _ALLOWED_IN.get(child.tag))

    def _remove(self, parent: Element, child: Element, what: str) -> None:
        parent.remove(child)
        self.is_changed = True
        if what:
            self.left_out.append(what)

    def _values(self, element: Element) -> None:
        for name, value in element.attrib.items():
            if _has_call(value):
                element.set(name, "")
                self._note_call()
        if element.text and _has_call(element.text):
            element.text = ""
            self._note_call()

    def _note_call(self) -> None:
        self.is_changed = True
        self.left_out.append(_CALL_WORDS)


_ALLOWED_IN: dict[str, frozenset[str]] = {
    "maplayer": _LAYER_PARTS,
    "qgis": _STYLE_PARTS,  # further styles of a layer, within a project
    "properties": _PROPERTIES,
}


def _code_of(element: Element, parent: Element) -> str:
    """The noun for an element that holds code; empty for one that holds none."""
    tag = element.tag
    if tag == "properties" and parent.tag != "qgis":
        return ""
    if tag in ("LayoutMultiFrame", "LayoutItem") and (
        element.get("html") or element.get("url") or element.get("htmlState", "0") != "0"
    ):
        return "HTML in a layout"
    if tag not in _CODE:
        return ""
    if tag == "editforminitcode" and _is_template(element, parent):
        return ""
    is_empty = tag not in ("actionsetting", "attributeEditorAction", "HtmlAnnotationItem", "FormAnnotationItem")
    if is_empty and not any((inner.text or "").strip() for inner in element.iter()):
        return "" if tag not in ("Sensors", "projectModels") or not len(element) else _CODE[tag]
    return _CODE[tag]


def _is_template(element: Element, parent: Element) -> bool:
    """True for the comment and example that QGIS writes for every layer, where nothing runs them."""
    text = (element.text or "").strip()
    runs = (parent.findtext("editforminitcodesource") or "0").strip() not in ("", "0")
    return not runs and (not text or (len(text) < 1000 and _TEMPLATE_WORDS.search(text) is not None))


def _has_call(text: str) -> bool:
    return _CALL.search(text) is not None or ("%" in text and _CALL.search(unquote(text)) is not None)


def _short(tag: str) -> str:
    return " ".join(tag.split())[:40]
