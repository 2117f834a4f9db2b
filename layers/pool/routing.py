"""Chooses the profile of readers that answers a question, and the next one where that one cannot tell.

Cases are not routed here: `viewer.app.opening.opener` tells them from other files, and each is read by a process of its
own (`layers.project.opening.case_process`), except for the shipped demo, which the window's own process reads.
"""

from __future__ import annotations

import os

from layers.pool.protocol import Request
from layers.readers.environment import Profile
from layers.requests.addresses import is_address
from layers.requests.earth_file import ReadEarthFile
from layers.requests.features import OfLayer, ReadSheets
from layers.requests.kept_document import ReadDocument
from layers.requests.probe import Probe

ELSEWHERE = {
    Profile.FEATURES: Profile.LOCAL,  # a file whose name promises features may hold imagery
    Profile.LOCAL: Profile.VRT,  # a VRT that has been judged is opened by a reader of its own
}
"""Next profile to ask, by the profile that cannot answer."""
_VECTOR_ENDINGS = frozenset(
    {
        ".gpkg",
        ".geojson",
        ".geojsonl",
        ".geojsons",
        ".json",
        ".shp",
        ".fgb",
        ".kml",
        ".kmz",
        ".gpx",
        ".gml",
        ".gdb",
        ".gdbtable",
        ".csv",
        ".tsv",
        ".xlsx",
    }
)


def profile_for(request: Request) -> Profile:
    """Choose the profile for a request. A probe is judged by the file's name: the reader reports where that deceives.

    A probe that names a canvas is for a drawing of imagery.
    """
    question = request.question
    if request.profile is Profile.LOCAL and is_address(question.path):
        return Profile.REMOTE
    if isinstance(request.question, ReadDocument):
        return Profile.DOCUMENTS
    is_look = isinstance(question, Probe) and not question.canvas_crs and foretells_features(question.path)
    if request.profile is Profile.LOCAL and (is_look or isinstance(question, OfLayer | ReadSheets | ReadEarthFile)):
        return Profile.FEATURES
    return request.profile


def foretells_features(path: str) -> bool:
    """True for the name of a file that will most likely be asked for its features."""
    return os.path.splitext(path.rstrip(os.sep))[1].lower() in _VECTOR_ENDINGS
