"""Run by the system's Python, which has PyQGIS: says as JSON what QGIS makes of a case.

python3 qgis_look.py CASE.gpkg
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
    QgsFeatureRequest,
    QgsProject,
    QgsSymbolLayer,
    QgsVectorLayer,
)

path = sys.argv[1]
application = QgsApplication([], False)
application.initQgis()


def said(layer, feature):
    """(name, lifecycle, text of its label, style of its outline) of a feature, as QGIS works them out."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    context.setFields(layer.fields())
    settings = layer.labeling().settings()
    text = QgsExpression(settings.fieldName).evaluate(context) if settings.isExpression else feature[settings.fieldName]
    categories = layer.renderer().categories()
    symbol = categories[0].symbol()
    symbol_layer = symbol.symbolLayer(0)
    style = symbol_layer.dataDefinedProperties().property(QgsSymbolLayer.PropertyStrokeStyle)
    words = (feature["label"], feature["lifecycle"], text, QgsExpression(style.expressionString()).evaluate(context))
    return [word if isinstance(word, str) else "" for word in words]


def seen(layer):
    """What a layer looks like."""
    renderer = layer.renderer()
    widgets = {}
    for number, field in enumerate(layer.fields()):
        setup = layer.editorWidgetSetup(number)
        if setup.type() == "ValueMap":
            choices = [next(iter(choice.values())) for choice in setup.config()["map"]]
            widgets[field.name()] = [choice for choice in choices if not choice.startswith("{")]
    default = layer.defaultValueDefinition(layer.fields().indexOf("uuid"))
    answer = {
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "choices": widgets,
        "uuid_default": default.expression(),
    }
    if renderer is not None:
        answer["renderer"] = renderer.type()
        answer["by"] = renderer.classAttribute()
        answer["categories"] = len(renderer.categories())
        answer["label"] = layer.labeling().settings().fieldName if layer.labelsEnabled() else ""
        # 3 is the fill colour of a symbol layer
        # each is kept in a name: PyQGIS frees what hangs on a temporary
        categories = renderer.categories()
        symbol = categories[0].symbol()
        symbol_layer = symbol.symbolLayer(0)
        answer["hollow"] = "position_error_m" in symbol_layer.dataDefinedProperties().property(3).expressionString()
        dashed = symbol_layer.dataDefinedProperties().property(QgsSymbolLayer.PropertyStrokeStyle)
        answer["dashed"] = dashed.isActive() and "lifecycle" in dashed.expressionString()
        answer["texts"] = [said(layer, feature) for feature in layer.getFeatures()]
    return answer


tables = ("site_point", "site_line", "site_polygon", "claims")
alone = {table: seen(QgsVectorLayer(f"{path}|layername={table}", table, "ogr")) for table in tables}

project = QgsProject.instance()
is_read = project.read(f"geopackage:{path}?projectName=Geoloupe")
layers = {layer.id().removeprefix("geoloupe_"): seen(layer) for layer in project.mapLayers().values()}
relations = project.relationManager().relations()
claims = {}
relation = relations.get("site_point_claims")
if relation is not None:
    for site in relation.referencedLayer().getFeatures(QgsFeatureRequest()):
        claims[site["uuid"]] = [link["claim_uuid"] for link in relation.getRelatedFeatures(site)]
answer = {
    "alone": alone,
    "read": is_read,
    "crs": project.crs().authid(),
    "layers": layers,
    "relations": {name: relation.isValid() for name, relation in relations.items()},
    "claims": claims,
}
print(json.dumps(answer), flush=True)
os._exit(0)  # QGIS may crash while Python tears it down
