"""A KMZ that lays a picture of four colours on the ground."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np

BOX = "<LatLonBox><north>37</north><south>36</south><east>44</east><west>43</west>{}</LatLonBox>"
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
"""Upper left, upper right, lower left, lower right quarter: red, green, blue."""


def picture() -> bytes:
    values = np.zeros((60, 60, 3), np.uint8)
    for quarter, colour in enumerate(COLOURS):
        row, col = divmod(quarter, 2)
        values[30 * row : 30 * row + 30, 30 * col : 30 * col + 30] = colour[::-1]
    return cv2.imencode(".png", values)[1].tobytes()


def overlay(place: str, href: str = "files/a.png") -> str:
    return f"<GroundOverlay><name>scan</name><Icon><href>{href}</href></Icon>{place}</GroundOverlay>"


def kmz(folder: Path, *overlays: str, name: str = "a.kmz", inner: str = "doc.kml") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            inner, f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(overlays)}</Document></kml>'
        )
        archive.writestr("files/a.png", picture())
    return path
