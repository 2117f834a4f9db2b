"""QML text of unknown origin as a tree: no entities, bounded size, depth and number of elements."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from layers.errors import InvalidValue

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 100
MAX_ELEMENTS = 200_000


def parse_qml(text: bytes) -> Element:
    """The root element. Raises InvalidValue."""
    if len(text) > MAX_BYTES:
        raise InvalidValue(f"The style is larger than {MAX_BYTES // 2**20} MB: it is no style of one layer.")
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise InvalidValue("The style is nested too deeply, or has too many parts: it is not read.")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:  # the bare document type that QGIS writes asks for nothing
            raise InvalidValue("The style declares entities: it is not read.")

    def refuse(*_: object) -> int:
        raise InvalidValue("The style declares entities: it is not read.")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(text, True)
        root = builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise InvalidValue(f"The style is no XML ({error}): choose a .qml file.") from error
    if root.tag != "qgis":
        raise InvalidValue("The file is XML, but no style of QGIS: choose a .qml file.")
    return root


def values_of(element: Element) -> dict[str, str]:
    """The options of a symbol layer, as QGIS writes them now (Option) and wrote them once (prop)."""
    found = {prop.get("k", ""): prop.get("v", "") for prop in element.findall("prop")}
    outer = element.find("Option")
    if outer is not None:
        found |= {option.get("name", ""): option.get("value", "") for option in outer.findall("Option")}
    return found
