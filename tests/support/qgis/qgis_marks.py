"""Run by the system's Python, which has PyQGIS: says as JSON how QGIS draws each mark of a case, and paints them all.

python3 qgis_marks.py CASE.gpkg OUT.png
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPalLayerSettings,
    QgsProject,
    QgsRenderContext,
    QgsSymbolLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

path, picture = sys.argv[1:3]
application = QgsApplication([], False)
application.initQgis()


def value_of(properties, key, context, fallback=None):
    prop = properties.property(key)
    if not prop.isActive():
        return fallback
    expression = QgsExpression(prop.expressionString())
    assert not expression.hasParserError(), expression.parserErrorString()
    value = expression.evaluate(context)
    return fallback if value is None or not isinstance(value, (str, int, float, bool)) else value


def painted(symbol_layer, context):
    """The fill's and the outline's colour, and the outline's width in millimetres."""
    properties, at_first = symbol_layer.dataDefinedProperties(), QColor("#010203")
    keys = (QgsSymbolLayer.PropertyFillColor, QgsSymbolLayer.PropertyStrokeColor)
    colors = [properties.valueAsColor(key, context, at_first)[0].name(QColor.HexArgb) for key in keys]
    return [*colors, round(properties.valueAsDouble(QgsSymbolLayer.PropertyStrokeWidth, context, -1)[0], 3)]


def seen(layer):
    found = {}
    renderer, settings = layer.renderer(), layer.labeling().settings()
    render_context = QgsRenderContext()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFields(layer.fields())
    render_context.setExpressionContext(context)
    for expression in (renderer.classAttribute(), settings.fieldName):
        assert not QgsExpression(expression).hasParserError(), expression
    renderer.startRender(render_context, layer.fields())
    for feature in layer.getFeatures():
        context.setFeature(feature)
        render_context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, render_context)
        layers = []
        for number in range(symbol.symbolLayerCount()):
            one = symbol.symbolLayer(number)
            properties = one.dataDefinedProperties()
            if value_of(properties, QgsSymbolLayer.PropertyLayerEnabled, context, True):
                layers.append([one.layerType(), value_of(properties, QgsSymbolLayer.PropertyCharacter, context, "")])
        places = settings.dataDefinedProperties()
        keys = (QgsPalLayerSettings.PositionX, QgsPalLayerSettings.PositionY, QgsPalLayerSettings.CalloutDraw)
        first = symbol.symbolLayer(0)
        drawn = QgsExpression(first.geometryExpression()) if first.layerType() == "GeometryGenerator" else None
        assert drawn is None or not drawn.hasParserError(), drawn.parserErrorString()
        found[feature["uuid"]] = {
            "drawn": "" if drawn is None else drawn.evaluate(context).asWkt(9),
            "layers": layers,
            "paint": painted(symbol.symbolLayer(0), context),
            "look": [symbol.symbolLayer(0).properties().get("name", ""), symbol.color().name()],
            "label": QgsExpression(settings.fieldName).evaluate(context),
            "at": [value_of(places, key, context) for key in keys],
            "geometry": feature.geometry().asWkt(1)[:30],
        }
    renderer.stopRender(render_context)
    return found


project = QgsProject.instance()
assert project.read(f"geopackage:{path}?projectName=Geoloupe")
layers = [project.mapLayer(f"geoloupe_{table}") for table in ("site_point", "site_line", "site_polygon")]
answer = {}
for layer in layers:
    answer.update(seen(layer))
settings = QgsMapSettings()
settings.setLayers(layers)
settings.setOutputSize(QSize(1000, 800))
extent = layers[0].extent()
for layer in layers[1:]:
    extent.combineExtentWith(layer.extent())
extent.scale(1.2)
settings.setExtent(extent)
settings.setDestinationCrs(project.crs())
settings.setBackgroundColor(QColor("#4a5a50"))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(picture)
print(json.dumps(answer), flush=True)
os._exit(0)  # QGIS may crash while Python tears it down
