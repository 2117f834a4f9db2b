"""Paint vector files with QGIS (run by the system's Python): a list of wishes as JSON, one picture each."""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def symbol(kind, color, width, size):
    unit = "Pixel"
    if kind == "points":
        return QgsMarkerSymbol.createSimple(
            {
                "name": "circle",
                "size": str(size),
                "size_unit": unit,
                "outline_width": str(width),
                "outline_width_unit": unit,
                "color": color,
                "outline_color": color,
            }
        )
    if kind == "lines":
        return QgsLineSymbol.createSimple({"line_width": str(width), "line_width_unit": unit, "line_color": color})
    return QgsFillSymbol.createSimple(
        {"outline_width": str(width), "outline_width_unit": unit, "color": color, "outline_color": color}
    )


def paint(wish):
    layer = QgsVectorLayer(wish["path"], "v", "ogr")
    layer.setRenderer(QgsSingleSymbolRenderer(symbol(wish["kind"], wish["color"], wish["width"], wish["size_px"])))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setExtent(QgsRectangle(*wish["bounds"]))
    settings.setOutputSize(QSize(*wish["size"]))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setBackgroundColor(QColor("white"))
    settings.setFlag(Qgis.MapSettingsFlag.UseRenderingOptimization, True)
    settings.setFlag(Qgis.MapSettingsFlag.Antialiasing, True)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(wish["out"])


def main():
    application = QgsApplication([], True)
    application.initQgis()
    for wish in json.load(sys.stdin):
        paint(wish)
    application.exitQgis()


main()
