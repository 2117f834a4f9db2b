"""The sign of each kind of facility, as outlines in a box of 16 units about the origin, y downwards.

Sites and the points of vector layers have the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF, QTransform

BADGE_RADIUS = 10.5
"""Half the width of a badge: the disc or diamond a sign stands on."""


@lru_cache(maxsize=64)
def sign_path(class_code: str) -> QPainterPath:
    """The filled outline of a class's sign; unknown classes get that of "other"."""
    return _SIGNS.get(class_code, _other)()


@lru_cache(maxsize=4)
def badge_path(role: str) -> QPainterPath:
    """The badge under a sign: a diamond for what a claim names, else a disc, so that role shows without colour."""
    path = QPainterPath()
    if role != "named in a claim":
        path.addEllipse(QPointF(0, 0), BADGE_RADIUS, BADGE_RADIUS)
        return path
    side = BADGE_RADIUS * 0.8  # no larger to the eye than the disc of others
    square = QPainterPath()
    square.addRoundedRect(QRectF(-side, -side, 2 * side, 2 * side), 3.2, 3.2)
    return QTransform().rotate(45).map(square)


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _rect(x: float, y: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(x, y, width, height))
    return path


def _disc(x: float, y: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius, radius)
    return path


def _arc(x: float, y: float, radius: float, start_deg: float, sweep_deg: float, width: float) -> QPainterPath:
    """A curved stroke; angles as Qt's: counter-clockwise from three o'clock."""
    box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    path = QPainterPath()
    path.arcMoveTo(box, start_deg)
    path.arcTo(box, start_deg, sweep_deg)
    return _stroked(path, width)


def _stroke(width: float, *points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    return _stroked(path, width)


def _stroked(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path).simplified()


def _joined(*parts: QPainterPath) -> QPainterPath:
    whole = QPainterPath()
    for part in parts:
        whole = whole.united(part)
    return whole


def _without(path: QPainterPath, *holes: QPainterPath) -> QPainterPath:
    for hole in holes:
        path = path.subtracted(hole)
    return path


def _launch_site() -> QPainterPath:
    body = QPainterPath(QPointF(0, -8))
    body.cubicTo(3.4, -5, 3.4, -0.5, 2.5, 3.6)
    body.lineTo(-2.5, 3.6)
    body.cubicTo(-3.4, -0.5, -3.4, -5, 0, -8)
    fins = (
        _polygon((2.6, 0.6), (5.4, 4.2), (5.4, 6.8), (2, 4.6)),
        _polygon((-2.6, 0.6), (-5.4, 4.2), (-5.4, 6.8), (-2, 4.6)),
    )
    return _without(_joined(body, *fins, _polygon((-1.5, 4.5), (1.5, 4.5), (0, 8))), _disc(0, -2.6, 1.25))


def _ground_station() -> QPainterPath:
    bowl = QPainterPath()
    bowl.arcMoveTo(QRectF(-6, -6, 12, 12), 180)
    bowl.arcTo(QRectF(-6, -6, 12, 12), 180, 180)
    bowl.closeSubpath()
    turned = QTransform().translate(0.4, -0.6).rotate(35).map(bowl)
    feed = _stroke(1.4, (0.8, -0.8), (3.6, -5.2))
    foot = _polygon((-2.6, 2.6), (1.6, 4.4), (3.2, 7.6), (-5, 7.6))
    return _joined(turned, feed, _disc(3.8, -5.6, 1.5), foot)


def _gnss_station() -> QPainterPath:
    mast = _joined(_stroke(1.7, (0, -2), (0, 7)), _polygon((0, 1.2), (3.4, 7.8), (-3.4, 7.8)))
    waves = [_arc(0, -2.6, radius, start, 96, 1.5) for radius in (4.2, 7.2) for start in (-48, 132)]
    return _joined(mast, _disc(0, -2.6, 1.9), *waves)


def _ground_segment() -> QPainterPath:
    screen = QPainterPath()
    screen.addRoundedRect(QRectF(-7.4, -6.4, 14.8, 10), 1.4, 1.4)
    trace = _stroke(1.4, (-4.6, -0.6), (-2.2, -0.6), (-0.6, -3.8), (1.2, 1.2), (2.4, -0.9), (4.6, -0.9))
    return _joined(_without(screen, trace), _rect(-1.2, 3.4, 2.4, 2.4), _rect(-4, 5.6, 8, 1.7))


def _company() -> QPainterPath:
    house = _joined(_rect(-5.6, -7, 7, 14.2), _rect(1.2, -2.4, 4.8, 9.6))
    windows = [_rect(x, y, 1.5, 1.7) for x in (-4, -1.4) for y in (-5, -1.8, 1.4)]
    return _without(house, *windows, _rect(3, -0.4, 1.4, 1.6), _rect(3, 2.6, 1.4, 1.6), _rect(-3, 4.6, 1.9, 2.6))


def _border_crossing() -> QPainterPath:
    bar = QTransform().translate(-4.6, 0.6).rotate(-24).map(_rect(-1.4, -1.5, 13.6, 3))
    stripes = [
        QTransform()
        .translate(-4.6, 0.6)
        .rotate(-24)
        .map(_polygon((x, 1.6), (x + 1.5, 1.6), (x + 2.7, -1.6), (x + 1.2, -1.6)))
        for x in (1.2, 5.4)
    ]
    return _joined(_without(bar, *stripes), _rect(-6.2, -1.4, 3.2, 9), _rect(-7.4, 6, 5.6, 1.6))


def _pipeline_node() -> QPainterPath:
    wings = _polygon((-7.6, -3), (0, 1.4), (-7.6, 5.8)), _polygon((7.6, -3), (0, 1.4), (7.6, 5.8))
    return _joined(*wings, _stroke(1.5, (0, 1.4), (0, -5)), _stroke(2.1, (-3.6, -5.6), (3.6, -5.6)))


def _airfield() -> QPainterPath:
    half = [(0, -8), (1.3, -6.4), (1.4, -2.6), (7.8, 1.6), (7.8, 3.2), (1.4, 1.4), (1, 5.2), (3, 6.8), (3, 8), (0, 7.2)]
    return _polygon(*half, *[(-x, y) for x, y in reversed(half)])


def _port() -> QPainterPath:
    ring = _without(_disc(0, -5.8, 2.3), _disc(0, -5.8, 0.9))
    arms = _arc(0, 1, 6.2, 200, 140, 1.8)
    flukes = _polygon((-7.8, 4.2), (-6.8, 0), (-3.8, 3.2)), _polygon((7.8, 4.2), (6.8, 0), (3.8, 3.2))
    return _joined(ring, _stroke(1.8, (0, -4), (0, 7)), _stroke(1.6, (-3.4, -1.9), (3.4, -1.9)), arms, *flukes)


def _factory() -> QPainterPath:
    hall = _polygon(
        (-7.2, 7),
        (-7.2, -0.6),
        (-3, -3.4),
        (-3, -0.6),
        (1.2, -3.4),
        (1.2, -0.6),
        (2.6, -1.5),
        (3.1, -7.4),
        (5.9, -7.4),
        (7.2, 7),
    )
    return _without(hall, *[_rect(x, 2.4, 2, 2) for x in (-5, -1.4, 2.2)])


def _depot() -> QPainterPath:
    hall = _polygon((0, -7), (7.8, -2.6), (7.8, 7), (-7.8, 7), (-7.8, -2.6))
    return _without(hall, *[_rect(-4.8, y, 9.6, 1.5) for y in (-0.4, 2.4, 5.2)])


def _launch_pad() -> QPainterPath:
    rocket = _polygon((-3, -7.6), (-1.2, -4.6), (-1.2, 3), (-4.8, 3), (-4.8, -4.6))
    tower = _rect(2.4, -7.4, 2.6, 11)
    arms = [_rect(-0.6, y, 3.4, 1.3) for y in (-4.4, -0.6)]
    return _joined(rocket, tower, *arms, _rect(-7.4, 4.4, 14.8, 2.8))


def _antenna() -> QPainterPath:
    waves = [_arc(0, -4, radius, 205, 130, 1.5) for radius in (3.4,)]
    legs = _joined(_stroke(1.5, (0, -3), (-5, 7.2)), _stroke(1.5, (0, -3), (5, 7.2)))
    rungs = _joined(_stroke(1.3, (-2, 1.2), (2, 1.2)), _stroke(1.3, (-3.6, 4.6), (3.6, 4.6)))
    tips = [_arc(0, -4, 5.6, start, 60, 1.5) for start in (-30, 150)]
    return _joined(legs, rungs, _disc(0, -4, 1.9), *waves, *tips)


def _radome() -> QPainterPath:
    ball = _without(_disc(0, -1.4, 6.4), *_seams())
    return _joined(ball, _rect(-4.8, 5.4, 9.6, 2))


def _seams() -> list[QPainterPath]:
    """Lines between the panels of a radome."""
    across = [_stroke(0.9, (-7, y), (7, y)) for y in (-4, 1.2)]
    return [*across, *[_stroke(0.9, (x, -8), (2.2 * x, 5.2)) for x in (-1.4, 1.4)]]


def _radar() -> QPainterPath:
    face = _polygon((-6.6, 3.4), (-3.4, -7), (2, -5.4), (-1.2, 5))
    lines = [
        _stroke(0.9, (-6.2 + 1.05 * step, 1 - 3.4 * step), (0.6 + 1.05 * step, 3 - 3.4 * step)) for step in range(3)
    ]
    waves = [_arc(-0.6, -0.4, radius, -32, 64, 1.5) for radius in (5.4, 8)]
    return _joined(_without(face, *lines), *waves, _rect(-6.4, 5.6, 8, 1.9))


def _optical_telescope() -> QPainterPath:
    dome = QPainterPath()
    dome.arcMoveTo(QRectF(-6.4, -6.6, 12.8, 12.8), 0)
    dome.arcTo(QRectF(-6.4, -6.6, 12.8, 12.8), 0, 180)
    dome.closeSubpath()
    slit = QTransform().rotate(28).map(_rect(-1.1, -9, 2.2, 8))
    return _joined(_without(dome, slit), _rect(-5.4, 0.6, 10.8, 6.8))


def _test_stand() -> QPainterPath:
    frame = _without(_rect(-6.6, -7.4, 13.2, 7), _rect(-4.4, -5.4, 8.8, 5.2))
    engine = _polygon((-1.5, -5.6), (1.5, -5.6), (1.2, -3.2), (3, 1), (-3, 1), (-1.2, -3.2))
    flame = _polygon((-2.4, 2), (2.4, 2), (1.2, 5.4), (0, 8), (-1.2, 5.4))
    return _joined(frame, engine, flame)


def _hangar() -> QPainterPath:
    roof = QPainterPath(QPointF(-7.6, 6.6))
    roof.cubicTo(-7.6, -9.6, 7.6, -9.6, 7.6, 6.6)
    roof.closeSubpath()
    door = _rect(-4.6, 0.4, 9.2, 6.4)
    return _joined(_without(roof, door), _rect(-3.4, 1.6, 3, 5), _rect(0.4, 1.6, 3, 5))


def _runway() -> QPainterPath:
    strip = _polygon((-2.6, 8), (-1.9, -8), (1.9, -8), (2.6, 8))
    dashes = [_rect(-0.45, y, 0.9, 2.2) for y in (-6.6, -2.9, 0.8, 4.5)]
    return QTransform().rotate(40).map(_without(strip, *dashes))


def _vehicle_park() -> QPainterPath:
    body = _joined(_rect(-7.6, -4.2, 8.8, 7.6), _polygon((2, -1.8), (5.2, -1.8), (7.6, 0.8), (7.6, 3.4), (2, 3.4)))
    wheels = [_without(_disc(x, 4, 2.2), _disc(x, 4, 0.8)) for x in (-4.4, 4.2)]
    return _joined(_without(body, *[_disc(x, 4, 2.9) for x in (-4.4, 4.2)]), *wheels)


def _tank_farm() -> QPainterPath:
    return _joined(*[_without(_disc(x, y, 3.5), _disc(x, y, 1.5)) for x, y in ((-3.9, -3.2), (3.9, -3.2), (0, 3.8))])


def _rail_spur() -> QPainterPath:
    rails = _joined(_stroke(1.3, (-2.2, -7.4), (-4.6, 7.4)), _stroke(1.3, (2.2, -7.4), (4.6, 7.4)))
    return _joined(
        rails,
        *[
            _stroke(1.5, (-half_width, y), (half_width, y))
            for half_width, y in ((4, -5), (4.8, -1), (5.6, 3), (6.2, 6.4))
        ],
    )


def _construction() -> QPainterPath:
    mast = _joined(_rect(-3.4, -7.6, 2, 15), _rect(-6, 6, 7.2, 1.8))
    jib = _joined(_stroke(1.5, (-7.4, -5), (7.4, -5)), _stroke(1.1, (-2.4, -7.6), (7.2, -5)))
    return _joined(mast, jib, _stroke(1.1, (5.2, -5), (5.2, -0.6)), _rect(3.4, -0.8, 3.6, 3))


def _area() -> QPainterPath:
    return _without(_rect(-5.5, -5.5, 11, 11), _rect(-3.4, -3.4, 6.8, 6.8))


def _other() -> QPainterPath:
    return _disc(0, 0, 3.6)


_SIGNS: dict[str, Callable[[], QPainterPath]] = {
    "launch_site": _launch_site,
    "ground_station": _ground_station,
    "gnss_station": _gnss_station,
    "ground_segment": _ground_segment,
    "company": _company,
    "border_crossing": _border_crossing,
    "pipeline_node": _pipeline_node,
    "airfield": _airfield,
    "port": _port,
    "factory": _factory,
    "depot": _depot,
    "area": _area,
    "launch_pad": _launch_pad,
    "antenna": _antenna,
    "radome": _radome,
    "radar": _radar,
    "optical_telescope": _optical_telescope,
    "test_stand": _test_stand,
    "hangar": _hangar,
    "runway": _runway,
    "vehicle_park": _vehicle_park,
    "tank_farm": _tank_farm,
    "rail_spur": _rail_spur,
    "construction": _construction,
}
