"""Styles of vector layers as QML files: saved for QGIS, and loaded from there.

A style file beside the file of a new layer is offered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.errors import GeoloupeError, NotReadable
from layers.project.storage.fsops import write_whole
from layers.vector.table import VectorInfo
from viewer.app.desktop.questions import Questions
from viewer.commands.layers import update_layer
from viewer.panels.context import PanelContext
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.jobs import Jobs
from viewer.support.language.translation import in_language
from viewer.support.messages import Level, MessageAction, Messages

if TYPE_CHECKING:
    from layers.project.qgis.qml_in import QmlStyle

SUFFIX = ".qml"


class StyleFiles(QObject):
    """Saves, loads and offers style files. Used on the window's thread only; jobs read and write the files."""

    def __init__(
        self, context: PanelContext, jobs: Jobs, messages: Messages, ask: Callable[[], Questions], window: QObject
    ) -> None:
        super().__init__(window)
        self._context, self._jobs, self._messages, self._questions = context, jobs, messages, ask
        context.layer_verbs.save_style.connect(self.save_style)
        context.layer_verbs.load_style.connect(self.load_style)

    def save_style(self, uuid: str) -> None:
        """Ask for a file, and write a layer's style to it."""
        drawing, info = self._context.layers.drawing_of(uuid), self._context.layers.info_of(uuid)
        if not (isinstance(drawing, VectorDrawing) and isinstance(info, VectorInfo)):
            self._say(self.tr("Only the style of a vector layer that has been read can be saved."), "warning")
            return
        target = self._questions().style_to_write(drawing.path.with_suffix(SUFFIX))
        if target is None:
            return
        style, exported_info = drawing.style, replace(info, geometry=drawing.geometry)

        def write() -> None:
            from layers.project.qgis.qml_out import style_document  # for start-up time

            write_whole(target, style_document(style, exported_info).encode())

        left_out = self.tr(" Clusters are not in it.") if style.cluster_px else ""
        done = self.tr("The style is in {0}.").format(target.name) + left_out
        self._jobs.run(lambda context: write(), lambda _: self._say(done, "info"), self._say_error, apart=True)

    def load_style(self, uuid: str) -> None:
        """Ask for a style file, and apply its style to a layer."""
        drawing = self._context.layers.drawing_of(uuid)
        folder = drawing.path.parent if isinstance(drawing, VectorDrawing) else Path.home()
        path = self._questions().style_to_open(folder)
        if path is not None:
            self._take(uuid, path)

    def offer_beside(self, uuid: str) -> None:
        """Offer the style file beside the file of a newly added layer."""
        layer, drawing = self._context.document.layers.get(uuid), self._context.layers.drawing_of(uuid)
        if layer is None or layer.style_json or not isinstance(drawing, VectorDrawing):
            return
        path = drawing.path.with_suffix(SUFFIX)
        action = MessageAction(self.tr("Use Style"), lambda: self._take(uuid, path))

        def offer(is_there: bool) -> None:
            if is_there and uuid in self._context.document.layers:
                text = self.tr("A style for QGIS lies beside {0}.").format(drawing.path.name)
                self._messages.show("style", text, "info", action)

        self._jobs.run(lambda context: path.is_file(), offer, apart=True, of_case=True)

    def _take(self, uuid: str, path: Path) -> None:
        def done(qml_style: QmlStyle) -> None:
            layer = self._context.document.layers.get(uuid)
            if layer is not None:
                self._put(layer, qml_style, path)

        self._jobs.run(lambda context: style_of_file(path), done, self._say_error, apart=True, of_case=True)

    def _put(self, layer: Layer, qml_style: QmlStyle, path: Path) -> None:
        info = self._context.layers.info_of(layer.uuid)
        style = qml_style.style
        field_names = {name for name, _ in info.fields} if isinstance(info, VectorInfo) else None
        gone = [
            name
            for name in (*style.columns, *style.labels.columns)
            if field_names is not None and name not in field_names
        ]
        if isinstance(info, VectorInfo):
            drawing = self._context.layers.drawing_of(layer.uuid)
            geometry = drawing.geometry if isinstance(drawing, VectorDrawing) else info.geometry
            style = replace(style, geometry=geometry)
        if not self._context.do(update_layer, layer.uuid, style_json=json.dumps(style.to_json())):
            return
        self._messages.clear("style")
        sentences = [
            self.tr("The layer is drawn in the style of {0}.").format(path.name),
            in_language(qml_style.sentence),
        ]
        if gone:
            sentences.append(self.tr("The layer has no column {0}.").format(", ".join(list(dict.fromkeys(gone))[:5])))
        self._say(" ".join(part for part in sentences if part), "warning" if gone or qml_style.missing else "info")

    def _say(self, text: str, level: Level) -> None:
        self._messages.show("style", text, level)

    def _say_error(self, error: GeoloupeError) -> None:
        self._say(error.sentence, "error")


def style_of_file(path: Path) -> QmlStyle:
    """Read a style file. Raises NotReadable, and InvalidValue where it is no style of a vector layer."""
    from layers.project.qgis.qml_in import read_qml  # for start-up time
    from layers.project.qgis.qml_text import MAX_BYTES

    if not path.is_file():
        raise NotReadable("{name} is no regular file: choose a .qml file that QGIS has written.", name=path.name)
    try:
        with path.open("rb") as file:
            qml_style = read_qml(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise NotReadable(
            "{name} cannot be read ({strerror}): choose another file.", name=path.name, strerror=error.strerror
        ) from error
    return qml_style
