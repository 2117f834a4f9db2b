"""Run by the system's Python, which has PyQGIS: paints a layer in a QML style and says what QGIS made of it.

python3 qml_look.py LAYER STYLE.qml OUT.png W,S,E,N WIDTHxHEIGHT [SAVED.qml]
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

source, style, out, bounds, size, *saved = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(source, "layer", "ogr")
message, is_loaded = layer.loadNamedStyle(style)
settings = QgsMapSettings()
settings.setLayers([layer])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
settings.setExtent(QgsRectangle(*(float(edge) for edge in bounds.split(","))))
settings.setOutputSize(QSize(*(int(edge) for edge in size.split("x"))))
settings.setOutputDpi(96)
settings.setBackgroundColor(QColor("#0e1a24"))
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(out)
if saved:
    layer.saveNamedStyle(saved[0])
labels = layer.labeling().settings().fieldName if layer.labelsEnabled() and layer.labeling() else ""
print(
    json.dumps(
        {
            "valid": layer.isValid(),
            "loaded": is_loaded,
            "message": message,
            "renderer": layer.renderer().type(),
            "label": labels,
        }
    ),
    flush=True,
)
os._exit(0)  # QGIS may crash while Python tears it down
