"""The signs a point may have: plain shapes, and those of the facilities an analyst marks, the same as sites have."""

from __future__ import annotations

from layers.vector.style.named_things import plain_words, thing_named

SHAPES = ("circle", "square", "triangle", "diamond", "cross", "star")
FACILITIES: dict[str, tuple[str, ...]] = {
    "launch_site": ("launch*", "cosmodrome", "spaceport", "rocket range", "космодром", "стартов*", "发射"),
    "ground_station": ("ground station", "antenna", "antennae", "satellite station", "tracking", "tt&c", "антенн*",
                       "地面站", "测控"),
    "gnss_station": ("gnss", "glonass", "beidou", "gps", "monitoring station", "глонасс", "监测站", "北斗"),
    "ground_segment": ("ground segment", "control centre", "control center", "цуп", "центр управления", "控制中心"),
    "company": ("company", "companies", "corporation", "office", "headquarters", "institute", "bureau", "завод имени",
                "компани*", "корпораци*", "институт", "公司", "研究院"),
    "border_crossing": ("crossing", "checkpoint", "border post", "пункт пропуска", "переход", "口岸"),
    "airfield": ("airfield", "airport", "air base", "airbase", "аэропорт", "аэродром", "авиабаз*", "机场"),
    "pipeline_node": ("pipeline node", "pump", "pumping", "pump station", "compressor", "oil terminal", "gas terminal",
                      "lng terminal", "pipeline terminal", "насосн*", "нефтеперекачивающ*", "компрессорн*", "泵站"),
    "port": ("port", "seaport", "harbour", "harbor", "container terminal", "ferry terminal", "порт", "морпорт", "港"),
    "factory": ("factory", "factories", "plant", "works", "завод", "фабрик*", "工厂", "厂"),
    "depot": ("depot", "warehouse", "storage", "склад", "仓库"),
    "launch_pad": ("pad", "стартовая площадка", "发射台"),
    "antenna": ("aerial", "天线"),
    "radome": ("radome", "обтекател*", "雷达罩", "天线罩"),
    "radar": ("radar", "рлс", "радар*", "радиолокационн*", "雷达"),
    "optical_telescope": ("telescope", "observatory", "observatories", "телескоп*", "обсерватори*", "望远镜", "天文台"),
    "test_stand": ("test stand", "test bench", "стенд*", "试车台"),
    "hangar": ("hangar", "ангар*", "机库"),
    "runway": ("runway", "airstrip", "впп", "взлётно-посадочн*", "взлетно-посадочн*", "跑道"),
    "vehicle_park": ("vehicle park", "motor pool", "car park", "автопарк", "автостоянк*", "车场", "停车场"),
    "tank_farm": ("tank farm", "oil tank", "fuel tank", "нефтебаз*", "резервуарн*", "油库"),
    "construction": ("construction", "строительств*", "стройк*", "стройплощадк*", "工地"),
    "area": ("area", "zone", "област*", "район", "зон*", "区"),
}  # fmt: skip
"""Code to the words, in three languages, by which a value of a column is taken for one (`named_things.Words`)."""
MARKERS = (*SHAPES, *FACILITIES)


def facility_of(value: str) -> str:
    """The facility a word names, by its code or by one of its names; empty for none."""
    code = plain_words(value).replace(" ", "_")
    return code if code in FACILITIES else thing_named(value, FACILITIES)
