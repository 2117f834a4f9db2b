"""The signs a point may have: plain shapes, and those of the facilities an analyst marks, the same as sites have."""

from __future__ import annotations

import re

SHAPES = ("circle", "square", "triangle", "diamond", "cross", "star")
FACILITIES: dict[str, tuple[str, ...]] = {
    "launch_site": ("launch", "cosmodrome", "spaceport", "космодром", "стартов", "发射"),
    "ground_station": ("ground station", "antenna", "satellite station", "tracking", "tt&c", "антенн", "地面站",
                       "测控"),
    "gnss_station": ("gnss", "glonass", "beidou", "gps", "monitoring station", "глонасс", "监测站", "北斗"),
    "ground_segment": ("ground segment", "control centre", "control center", "цуп", "центр управления", "控制中心"),
    "company": ("company", "corporation", "office", "headquarters", "institute", "bureau", "завод имени", "компан",
                "институт", "公司", "研究院"),
    "border_crossing": ("crossing", "checkpoint", "border post", "пункт пропуска", "переход", "口岸"),
    "pipeline_node": ("pipeline node", "pump", "compressor", "terminal", "насосн", "компрессор", "泵站"),
    "airfield": ("airfield", "airport", "air base", "airbase", "аэропорт", "аэродром", "авиабаз", "机场"),
    "port": ("port", "harbour", "harbor", "порт", "港"),
    "factory": ("factory", "plant", "works", "завод", "фабрик", "工厂", "厂"),
    "depot": ("depot", "warehouse", "storage", "склад", "仓库"),
    "area": ("area", "zone", "область", "район", "区"),
}  # fmt: skip
"""Code to the words, in three languages, by which a value of a column is taken for one. The first that fits wins."""
MARKERS = (*SHAPES, *FACILITIES)


def facility_of(value: str) -> str:
    """The facility a word names, by its code or by one of its names; empty for none."""
    text = " ".join(value.casefold().replace("_", " ").replace("-", " ").split())
    if not text:
        return ""
    code = text.replace(" ", "_")
    if code in FACILITIES:
        return code
    return next((name for name, words in FACILITIES.items() if any(_holds(text, word) for word in words)), "")


def _holds(text: str, word: str) -> bool:
    """Latin words count from their beginning: a sport is no port."""
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word)}", text) is not None
    return word in text
