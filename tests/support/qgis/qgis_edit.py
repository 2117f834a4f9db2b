"""Run by the system's Python with QGIS: edits a case as an analyst in QGIS would. argv: the case."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

app = QgsApplication([], False)
app.initQgis()
case = sys.argv[1]

sites = QgsVectorLayer(f"{case}|layername=site_point", "sites", "ogr")
assert sites.isValid()
assert sites.startEditing()
assert sites.addAttribute(QgsField("colour of roof", QVariant.String))
sites.updateFields()
field = sites.fields().indexOf("colour of roof")
(site,) = [f for f in sites.getFeatures() if f["uuid"] == "site-point"]
assert sites.changeAttributeValue(site.id(), field, "青い blue")
assert sites.changeAttributeValue(site.id(), sites.fields().indexOf("label"), "Renamed in QGIS")
assert sites.changeGeometry(site.id(), QgsGeometry.fromPointXY(QgsPointXY(101.5, 41.5)))
drawn = QgsFeature(sites.fields())
drawn["label"] = "Drawn in QGIS"
drawn.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(5, 6)))
assert sites.addFeature(drawn)
assert sites.commitChanges(), sites.commitErrors()

memory = QgsVectorLayer("LineString?crs=EPSG:4326&field=name:string&field=n:integer", "tracks", "memory")
track = QgsFeature(memory.fields())
track.setAttributes(["a track", 7])
track.setGeometry(QgsGeometry.fromWkt("LINESTRING(1 2, 3 4)"))
memory.dataProvider().addFeatures([track])
options = QgsVectorFileWriter.SaveVectorOptions()
options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
options.layerName = "tracks"
options.driverName = "GPKG"
error, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
    memory, case, QgsProject.instance().transformContext(), options
)
assert error == QgsVectorFileWriter.NoError, message

tracks = QgsVectorLayer(f"{case}|layername=tracks", "tracks", "ogr")
tracks.setName("tracks")
assert not tracks.saveStyleToDatabase("a style of mine", "by hand", True, "")
project = QgsProject.instance()
project.addMapLayer(tracks)
assert project.write(f"geopackage:{case}?projectName=my%20project")
project.removeAllMapLayers()
del sites, memory, tracks
app.exitQgis()
print("edited")
