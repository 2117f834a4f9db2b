"""GML of a few places, in the ways in which programs write it."""

from __future__ import annotations

from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml{version}" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:app="http://example.org/app" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{more}>\n'
)
URN, SHORT = "urn:ogc:def:crs:EPSG::{0}", "EPSG:{0}"
URL, OLD_URL = "http://www.opengis.net/def/crs/EPSG/0/{0}", "http://www.opengis.net/gml/srs/epsg.xml#{0}"


def member(geometry: str, number: int = 1, name: str = "База", kind: str = "site") -> str:
    """One feature with a number and a name."""
    return (
        f'<gml:featureMember><app:{kind} gml:id="{kind}.{number}"><app:n>{number}</app:n><app:name>{name}</app:name>'
        f"<app:place>{geometry}</app:place></app:{kind}></gml:featureMember>\n"
    )


def point(pos: str, srs: str) -> str:
    return f'<gml:Point srsName="{srs}"><gml:pos>{pos}</gml:pos></gml:Point>'


def gml(path: Path, *members: str, version: str = "", more: str = "") -> Path:
    """A collection of these features."""
    head = HEAD.format(version=version, more=more)
    path.write_text(head + "".join(members) + "</wfs:FeatureCollection>\n", "utf-8")
    return path
