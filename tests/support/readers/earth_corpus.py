"""Files of the shapes that Google Earth Pro writes or reads, made by hand, with what of each does not come home."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from tests.support.readers.earth_files import BOX, HEAD, LOOK_AT
from tests.support.readers.tiny_kmz import picture

POINT = "<Point><coordinates>43,36</coordinates></Point>"
LOD = "<Lod><minLodPixels>128</minLodPixels></Lod>"
SIDES = "<north>37</north><south>36</south><east>44</east><west>43</west>"
REGION = f"<Region><LatLonAltBox>{SIDES}</LatLonAltBox>{LOD}</Region>"
HIGH = "<Point><altitudeMode>absolute</altitudeMode><coordinates>43,36,7</coordinates></Point>"
QUAD = "<gx:LatLonQuad><coordinates>43,36 44,36.1 44.1,37 43.1,36.9</coordinates></gx:LatLonQuad>"


def place(name: str, inside: str = POINT) -> str:
    return f"<Placemark><name>{name}</name>{inside}</Placemark>"


class EarthShape(Struct, frozen=True):
    """A file, and what has to come of it: numbers of what comes in, and the lines that name what does not.

    `stays` are the kinds of `STAYS_BEHIND` with their numbers; `words` have to stand in the notes of some site.
    """

    write: Callable[[Path], Path]
    places: int
    overlays: int = 0
    views: int = 0
    stays: Mapping[str, int] = {}
    words: tuple[str, ...] = ()


def kml(body: str, *, head: str = HEAD, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "places.kml"
        path.write_bytes(f"{head}{body}</kml>".encode(encoding))
        return path

    return write


def kmz(members: Mapping[str, str | bytes]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "places.kmz"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return path

    return write


def _document(body: str) -> str:
    return f"{HEAD}<Document><name>places</name>{body}</Document></kml>"


def _links() -> str:
    inside = "<NetworkLink><name>More</name><Url><href>more.kml</href></Url></NetworkLink>"
    regional = f"<NetworkLink><name>Tile</name>{REGION}<Link><href>tiles/0.kml</href></Link></NetworkLink>"
    outside = "".join(
        f"<NetworkLink><name>Feed {n}</name><Link><href>{href}</href><refreshMode>onInterval</refreshMode></Link>"
        "</NetworkLink>"
        for n, href in enumerate(("http://example.com/a.kml", "../b.kml", "inner.kmz", ""))
    )
    control = (
        "<NetworkLinkControl><Update><targetHref>http://example.com/a.kml</targetHref></Update></NetworkLinkControl>"
    )
    return f"{control}<Folder><name>Net</name><Folder><name>Deep</name>{inside}</Folder>{regional}{outside}</Folder>"


_STYLES = """
<Style id="pin"><IconStyle><heading>45</heading><Icon><href>http://example.com/pin.png</href></Icon></IconStyle>
 <LabelStyle><color>ff00ff00</color><scale>2</scale></LabelStyle><BalloonStyle><text>$[name]</text></BalloonStyle></Style>
<Style id="list"><ListStyle><listItemType>checkHideChildren</listItemType></ListStyle></Style>
<StyleMap id="map"><Pair><key>normal</key><styleUrl>#pin</styleUrl></Pair><Pair><key>highlight</key>
 <Style><BalloonStyle><text>hi</text></BalloonStyle></Style></Pair></StyleMap>
"""
_HTML = (
    "<description><![CDATA[<h1>Yard</h1><table><tr><td>north</td><td>gate</td></tr></table>"
    '<img src="https://example.com/a.jpg"><img src="files/b.jpg"><script>x()</script>'
    '<a href="https://example.com/c">more</a>]]></description>'
)
_DATA = """
<ExtendedData><Data name="crew"><displayName>Crew</displayName><value>12</value></Data>
 <SchemaData schemaUrl="#s"><SimpleData name="built">1988</SimpleData></SchemaData>
 <camp:number xmlns:camp="http://example.com/camp">14</camp:number></ExtendedData>
<address>Main Street 1</address><phoneNumber>+1 23</phoneNumber><Snippet maxLines="2">short words</Snippet>
<description>long words</description><atom:author><atom:name>Li</atom:name></atom:author>
"""
_TRACK = """
<gx:MultiTrack><gx:interpolate>1</gx:interpolate>
 <gx:Track><when>2020-01-01T00:00:00Z</when><when>2020-01-01T00:01:00Z</when><when>2020-01-01T00:02:00Z</when>
  <gx:coord>43 36 10</gx:coord><gx:coord>43.1 36 20</gx:coord><gx:coord>43.2 36 30</gx:coord>
  <ExtendedData><SchemaData schemaUrl="#s"><gx:SimpleArrayData name="pulse"><gx:value>86</gx:value></gx:SimpleArrayData>
  </SchemaData></ExtendedData></gx:Track>
 <gx:Track><when>2020-01-02T00:00:00Z</when><when>2020-01-02T00:01:00Z</when><gx:coord>44 36 0</gx:coord>
  <gx:coord>44.1 36 0</gx:coord><gx:angles>45 0 0</gx:angles></gx:Track></gx:MultiTrack>
"""
_MULTI = """
<MultiGeometry><Point><coordinates>43,36</coordinates></Point><MultiGeometry><LineString>
 <altitudeMode>absolute</altitudeMode><coordinates>43,36,9 44,37,9</coordinates></LineString>
 <Polygon><outerBoundaryIs><LinearRing><coordinates>43,36 44,36 44,37 43,36</coordinates></LinearRing></outerBoundaryIs>
 </Polygon></MultiGeometry></MultiGeometry>
"""
_MODEL = (
    "<Model><altitudeMode>absolute</altitudeMode><Location><longitude>43</longitude><latitude>36</latitude><altitude>5"
    "</altitude></Location><Orientation><heading>9</heading></Orientation><Link><href>files/house.dae</href></Link></Model>"
)
_PHOTO = (
    "<PhotoOverlay><name>Hill</name><Camera><longitude>43</longitude><latitude>36</latitude><altitude>9</altitude>"
    "<tilt>80</tilt><roll>3</roll></Camera><Icon><href>files/b.jpg</href></Icon><ViewVolume><near>10</near></ViewVolume>"
    "<ImagePyramid><tileSize>256</tileSize></ImagePyramid><shape>cylinder</shape></PhotoOverlay>"
)
_CAROUSEL = (
    "<gx:Carousel><gx:Image kml:id='a'><gx:ImageUrl>https://example.com/web.jpg</gx:ImageUrl></gx:Image></gx:Carousel>"
)
_TOUR = f"""
<gx:Tour><name>Round</name><gx:Playlist><gx:FlyTo><gx:duration>2</gx:duration>{LOOK_AT}</gx:FlyTo><gx:Wait/>
 <gx:SoundCue><href>a.mp3</href></gx:SoundCue><gx:TourControl/><gx:AnimatedUpdate/></gx:Playlist></gx:Tour>
"""
_STREET = (
    '<Camera><gx:ViewerOptions><gx:option name="streetview"/></gx:ViewerOptions><gx:TimeSpan><begin>2001</begin>'
    "<end>2002</end></gx:TimeSpan><longitude>43</longitude><latitude>36</latitude><altitude>9</altitude></Camera>"
)
_TIMES = (
    "<Folder><name>F</name><TimeSpan><begin>2001</begin></TimeSpan>"
    + place("A", f"<TimeSpan><begin>2001-02</begin><end>2003</end></TimeSpan>{POINT}")
    + place("B", f"<TimeStamp><when>2001-02-03T04:05:06</when></TimeStamp>{POINT}")
    + place("C", f"<TimeStamp><when>soon</when></TimeStamp>{POINT}")
    + "</Folder>"
)


def _overlay(name: str, href: str, where: str, more: str = "") -> str:
    return f"<GroundOverlay><name>{name}</name>{more}<Icon><href>{href}</href></Icon>{where}</GroundOverlay>"


_OVERLAYS = (
    _overlay("Quad", "a.png", QUAD, "<color>80ff00ff</color><TimeStamp><when>1988</when></TimeStamp>")
    + _overlay("Turned", "b.png", BOX.replace("</west>", "</west><rotation>30</rotation>"), "<Snippet>scan</Snippet>")
    + _overlay("High", "c.png", BOX, "<altitude>90</altitude><altitudeMode>absolute</altitudeMode>")
    + _overlay("Web", "http://example.com/w.png", BOX)
    + _overlay("Nowhere", "d.png", "")
    + "<ScreenOverlay><name>Logo</name><Icon><href>e.png</href></Icon></ScreenOverlay>"
)
_HIDDEN = (
    "<Folder><name>Off</name><visibility>0</visibility><description>why</description><open>1</open><Snippet>s</Snippet>"
    + place("A", f"<visibility>0</visibility><gx:balloonVisibility>0</gx:balloonVisibility>{POINT}")
    + place("B", f"<Strange>x</Strange>{POINT}")
    + "<Document><name>Inner</name><Folder><name>Empty</name></Folder></Document>"
    + place("Lost", "")
    + place("Broken", "<Point><coordinates>x,y</coordinates></Point>")
    + "</Folder>"
)
_TILE = f"<NetworkLink><name>0</name>{REGION}<Link><href>1/1.kml</href></Link></NetworkLink>"
_SUPER = f"<Document>{REGION}{_overlay('Top', '0.png', BOX, REGION)}{_TILE}</Document>"

OLD = '<?xml version="1.0" encoding="{}"?>\n<kml xmlns="http://earth.google.com/kml/{}">'

SHAPES: dict[str, EarthShape] = {
    "links": EarthShape(
        kmz(
            {"doc.kml": _document(_links()), "more.kml": _document(place("Gate")), "tiles/0.kml": _document(place("T"))}
        ),
        places=2,
        stays={"network link": 4, "region": 1, "update": 1},
    ),
    "balloons": EarthShape(
        kml(
            f"<Document>{_STYLES}{place('A', f'<styleUrl>#map</styleUrl>{POINT}')}"
            f"{place('B', f'<styleUrl>other.kml#x</styleUrl><Style><BalloonStyle/></Style>{POINT}')}</Document>"
        ),
        places=2,
        stays={"balloon": 2, "highlight": 1, "names and lists": 2, "icon": 1, "style elsewhere": 1},
    ),
    "descriptions": EarthShape(
        kmz({"doc.kml": _document(place("Yard", _HTML + POINT)), "files/b.jpg": picture()}),
        places=1,
        stays={"picture elsewhere": 1},
        words=("Yard", "north gate", "[https://example.com/a.jpg]", "more [https://example.com/c]"),
    ),
    "data": EarthShape(
        kml(
            "<Document><Schema id='s' name='s'><SimpleField name='built' type='int'/></Schema>"
            f"{place('A', _DATA + POINT)}</Document>"
        ),
        places=1,
        words=("crew: 12", "built: 1988", "number: 14", "address: Main Street 1", "snippet: short words", "author: Li"),
    ),
    "photos": EarthShape(
        kmz(
            {
                "doc.kml": _document(_PHOTO + place("Web", _CAROUSEL + POINT)),
                "files/b.jpg": picture(),
                "c.jpg": picture(),
            }
        ),
        places=2,
        views=1,
        stays={"photo frame": 1, "view look": 1, "picture elsewhere": 1, "unused picture": 1},
    ),
    "tours": EarthShape(
        kml(f"<Document>{_TOUR}{_TOUR}</Document>"), places=0, views=2, stays={"tour": 2, "view time": 2}
    ),
    "superoverlay": EarthShape(
        kmz(
            {
                "doc.kml": f"{HEAD}{_SUPER}</kml>",
                "0.png": picture(),
                "1/1.kml": f"{HEAD}<Document>{REGION}{_overlay('Low', '1.png', BOX, REGION)}</Document></kml>",
                "1/1.png": picture(),
            }
        ),
        places=0,
        overlays=2,
        stays={"region": 5},
    ),
    "tracks": EarthShape(
        kml(f"<Document>{place('Walk', _TRACK)}</Document>"), places=1, stays={"track values": 2, "heights": 1}
    ),
    "shapes": EarthShape(
        kml(f"<Document>{place('Many', _MULTI)}{place('House', _MODEL)}{place('High', HIGH)}</Document>"),
        places=3,
        stays={"several kinds": 1, "heights": 1, "model": 1},
        words=("altitude mode: absolute",),
    ),
    "views": EarthShape(
        kml(f"<Document><Folder><name>F</name>{_STREET}{place('A', LOOK_AT + POINT)}</Folder></Document>"),
        places=1,
        views=2,
        stays={"view time": 1, "view look": 1},
        words=("time slider: 2014-06-01",),
    ),
    "times": EarthShape(
        kml(f"<Document>{_TIMES}</Document>"), places=3, stays={"folder time": 1, "no time zone": 1, "bad time": 1}
    ),
    "overlays": EarthShape(
        kmz({"doc.kml": _document(_OVERLAYS), **{f"{name}.png": picture() for name in "abcde"}}),
        places=0,
        overlays=3,
        stays={
            "overlay elsewhere": 2,
            "screen overlay": 1,
            "overlay colour": 1,
            "overlay text": 1,
            "overlay height": 1,
            "overlay time": 1,
        },
    ),
    "hidden": EarthShape(
        kml(f"<Document>{_HIDDEN}</Document>"),
        places=2,
        stays={"hidden": 2, "folder text": 2, "empty folder": 1, "no place": 2, "bad place": 1, "other element": 1},
    ),
    "utf-16": EarthShape(kml(place("Гейт 三亚"), head=OLD.format("UTF-16", "2.1"), encoding="utf-16"), places=1),
    "windows-1251": EarthShape(
        kml(place("Ангар"), head=OLD.format("windows-1251", "2.0"), encoding="cp1251"), places=1
    ),
    "no namespace": EarthShape(kml(place("Bare"), head="<kml>"), places=1),
}
