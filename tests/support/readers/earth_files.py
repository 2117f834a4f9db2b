"""Files as Google Earth Pro writes them, made by hand: folders in folders, style maps, balloons, times, overlays."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.support.readers.tiny_kmz import picture

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"'
    ' xmlns:gx="http://www.google.com/kml/ext/2.2" xmlns:kml="http://www.opengis.net/kml/2.2"'
    ' xmlns:atom="http://www.w3.org/2005/Atom">\n'
)
PUSHPIN = "http://maps.google.com/mapfiles/kml/pushpin/ylw-pushpin.png"
STYLES = f"""
<StyleMap id="m_ylw-pushpin"><Pair><key>normal</key><styleUrl>#s_ylw-pushpin</styleUrl></Pair>
 <Pair><key>highlight</key><styleUrl>#s_ylw-pushpin_hl</styleUrl></Pair></StyleMap>
<Style id="s_ylw-pushpin"><IconStyle><color>ff0000ff</color><scale>1.1</scale><Icon><href>{PUSHPIN}</href></Icon>
 <hotSpot x="20" y="2" xunits="pixels" yunits="pixels"/></IconStyle>
 <LineStyle><color>ff00aaff</color><width>3</width></LineStyle><PolyStyle><color>7f00ff00</color></PolyStyle></Style>
<Style id="s_ylw-pushpin_hl"><IconStyle><scale>1.3</scale><Icon><href>{PUSHPIN}</href></Icon></IconStyle>
 <BalloonStyle><text>$[description]</text></BalloonStyle></Style>
"""
LOOK_AT = (
    "<LookAt><gx:TimeStamp><when>2014-06-01</when></gx:TimeStamp><longitude>43.5</longitude><latitude>36.5</latitude>"
    "<altitude>0</altitude><heading>30</heading><tilt>0</tilt><range>2000</range>"
    "<gx:altitudeMode>relativeToSeaFloor</gx:altitudeMode></LookAt>"
)
AREA = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>43,36,0 43.1,36,0 43.1,36.1,0 43,36,0</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon>"
)
BOX = "<LatLonBox><north>37</north><south>36</south><east>44</east><west>43</west></LatLonBox>"
PLACES = f"""
<Folder><name>My Places</name><open>1</open>
 <Folder><name>Sites A/B</name><description>Of the north</description>{LOOK_AT}
  <Placemark><name>Pad</name><description><![CDATA[<b>Twelve</b> metres<br><img src="files/photo.png">
   <img src="https://example.com/a.jpg">]]></description><TimeStamp><when>2019-05-01T08:30:00+03:00</when></TimeStamp>
   {LOOK_AT}<styleUrl>#m_ylw-pushpin</styleUrl>
   <ExtendedData><Data name="crew"><displayName>Crew</displayName><value>12</value></Data></ExtendedData>
   <Point><gx:drawOrder>1</gx:drawOrder><coordinates>43.5,36.5,120</coordinates></Point></Placemark>
  <Folder><name>Fences</name><Placemark><name>Fence</name><TimeSpan><begin>2014</begin><end>2016-03</end></TimeSpan>
   <styleUrl>#m_ylw-pushpin</styleUrl><MultiGeometry>{AREA}<Point><coordinates>43.05,36.05</coordinates></Point>
   <LineString><coordinates>43,36 43.2,36.2</coordinates></LineString></MultiGeometry></Placemark></Folder>
  <Folder><name>Nothing yet</name></Folder>
 </Folder>
 <Placemark><name>Walk</name><gx:Track><when>2019-05-01T08:30:00Z</when><when>2019-05-01T08:40:00Z</when>
  <when>2019-05-01T08:50:00Z</when><gx:coord>43 36 1</gx:coord><gx:coord>43.1 36 2</gx:coord>
  <gx:coord>43.1 36.1 3</gx:coord></gx:Track></Placemark>
 <Placemark><name>Hidden hut</name><visibility>0</visibility>
  <Region><LatLonAltBox><north>1</north></LatLonAltBox></Region>
  <Point><coordinates>43.2,36.2,0</coordinates></Point></Placemark>
 <Placemark><name>Only a view</name>{LOOK_AT}</Placemark>
 <Placemark><name>House</name><Model><Location><longitude>43.3</longitude><latitude>36.3</latitude>
  <altitude>0</altitude></Location><Link><href>files/house.dae</href></Link></Model></Placemark>
 <PhotoOverlay><name>From the hill</name><Camera><longitude>43.4</longitude><latitude>36.4</latitude>
  <altitude>900</altitude><heading>90</heading><tilt>80</tilt></Camera><Icon><href>files/photo.png</href></Icon>
 </PhotoOverlay>
 <GroundOverlay><name>Scan of 1988</name><TimeSpan><begin>1988</begin></TimeSpan><color>80ffffff</color>
  <Icon><href>files/a.png</href></Icon>{BOX}</GroundOverlay>
 <GroundOverlay><name>Weather</name><Icon><href>http://example.com/w.png</href></Icon>{BOX}</GroundOverlay>
 <ScreenOverlay><name>Logo</name><Icon><href>files/logo.png</href></Icon></ScreenOverlay>
 <NetworkLink><name>Live ships</name><Link><href>http://example.com/ships.kml</href></Link></NetworkLink>
 <NetworkLink><name>Second file</name><Link><href>more/second.kml</href></Link></NetworkLink>
 <gx:Tour><name>Flight</name><gx:Playlist><gx:FlyTo>{LOOK_AT}</gx:FlyTo></gx:Playlist></gx:Tour>
</Folder>
"""
SECOND = (
    "<Document><name>second</name><Placemark><name>Gate</name><Point><coordinates>1,2</coordinates></Point></Placemark>"
    "</Document>"
)


def earth_kmz(folder: Path, *, name: str = "myplaces.kmz", places: str = PLACES) -> Path:
    """A KMZ of Google Earth Pro with a bit of everything."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", f"{HEAD}<Document><name>{name}</name>{STYLES}{places}</Document></kml>")
        archive.writestr("files/a.png", picture())
        archive.writestr("files/photo.png", picture())
        archive.writestr("more/second.kml", f"{HEAD}{SECOND}</kml>")
    return path


def earth_kml(folder: Path, places: str, *, name: str = "myplaces.kml") -> Path:
    """A KML of these elements, with the usual styles."""
    path = folder / name
    path.write_text(f"{HEAD}<Document><name>{name}</name>{STYLES}{places}</Document></kml>", "utf-8")
    return path


def many_places(count: int) -> str:
    """Placemarks as Google Earth Pro writes them, in folders of a hundred."""
    folders = []
    for first in range(0, count, 100):
        marks = "".join(
            f"<Placemark><name>Place {number}</name><description>Seen from above, {number}</description>{LOOK_AT}"
            f"<styleUrl>#m_ylw-pushpin</styleUrl><Point><coordinates>{43 + number % 50 / 50:.6f},"
            f"{36 + number // 50 / 50:.6f},0</coordinates></Point></Placemark>"
            for number in range(first, min(first + 100, count))
        )
        folders.append(f"<Folder><name>Folder {first // 100}</name>{marks}</Folder>")
    return "".join(folders)
