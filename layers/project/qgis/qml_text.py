"""QML text of unknown origin as a tree: no entities, bounded size, depth and number of elements."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from layers.errors import InvalidValue
from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

MAX_BYTES = 8 * 2**20
_LIMITS = XmlLimits(MAX_BYTES, depth=100, bare_doctype=True)  # as QGIS writes it


def parse_qml(text: bytes) -> Element:
    """The root element. Raises InvalidValue."""
    try:
        root = parse_xml(text, _LIMITS)
    except BadXml as error:
        raise InvalidValue(
            "The style is not read, for {error}: choose a .qml file that QGIS has written.", error=error
        ) from error
    if root.tag != "qgis":
        raise InvalidValue("The file is XML, but no style of QGIS: choose a .qml file.")
    return root


def values_of(element: Element) -> dict[str, str]:
    """The options of a symbol layer, as QGIS writes them now (Option) and wrote them once (prop)."""
    options = {prop.get("k", ""): prop.get("v", "") for prop in element.findall("prop")}
    outer = element.find("Option")
    if outer is not None:
        options |= {option.get("name", ""): option.get("value", "") for option in outer.findall("Option")}
    return options
