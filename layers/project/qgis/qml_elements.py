"""Elements that QML has everywhere: a block of options, and properties that an expression gives."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET


def add_options(parent: ET.Element, values: Mapping[str, str]) -> None:
    block = ET.SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        ET.SubElement(block, "Option", name=name, value=value, type="QString")


def add_data_defined(parent: ET.Element, expressions: Mapping[str, str], tag: str = "data_defined_properties") -> None:
    """Add expressions by the names of their properties; labels call the block `dd_properties`."""
    outer = ET.SubElement(ET.SubElement(parent, tag), "Option", type="Map")
    ET.SubElement(outer, "Option", name="name", value="", type="QString")
    properties = ET.SubElement(outer, "Option", name="properties", type="Map")
    for name, expression in expressions.items():
        option = ET.SubElement(properties, "Option", name=name, type="Map")
        ET.SubElement(option, "Option", name="active", value="true", type="bool")
        ET.SubElement(option, "Option", name="expression", value=expression, type="QString")
        ET.SubElement(option, "Option", name="type", value="3", type="int")
    ET.SubElement(outer, "Option", name="type", value="collection", type="QString")
