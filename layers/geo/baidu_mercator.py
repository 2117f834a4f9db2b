"""Baidu's own Mercator metres (BD-09 MC), as in the addresses of its map, and their conversion to BD-09 degrees and
back.
"""

from __future__ import annotations

from layers.errors import BadCoordinate

WIDEST_M = 20_037_726.4
"""The easting of 180 degrees."""
HIGHEST_M = 12_890_594.86
"""The northing of 75 degrees."""

_BANDS_M = (8_362_377.87, 5_591_021.0, 3_481_989.83, 1_678_043.12, 0.0)
"""Distance from the equator at which each band begins, in metres of Baidu's projection."""
_BANDS = (
    (-7.435856389565537e-9, 8.983055097726239e-6, -0.78625201886289, 96.32687599759846, -1.85204757529826,
     -59.36935905485877, 47.40033549296737, -16.50741931063887, 2.28786674699375, 10260144.86),
    (-3.030883460898826e-8, 8.98305509983578e-6, 0.30071316287616, 59.74293618442277, 7.357984074871,
     -25.38371002664745, 13.45380521110908, -3.29883767235584, 0.32710905363475, 6856817.37),
    (-1.981981304930552e-8, 8.983055099779535e-6, 0.03278182852591, 40.31678527705744, 0.65659298677277,
     -4.44255534477492, 0.85341911805263, 0.12923347998204, -0.04625736007561, 4482777.06),
    (3.09191371068437e-9, 8.983055096812155e-6, 6.995724062e-5, 23.10934304144901, -0.00023663490511,
     -0.6321817810242, -0.00663494467273, 0.03430082397953, -0.00466043876332, 2555164.4),
    (2.890871144776878e-9, 8.983055095805407e-6, -3.068298e-8, 7.47137025468032, -3.53937994e-6,
     -0.02145144861037, -1.234426596e-5, 0.00010322952773, -3.23890364e-6, 826088.5),
)  # fmt: skip
"""Coefficients of each band: two of the easting, seven of the northing, and the northing that counts as 1."""


_HALVINGS = 50
"""Number of times that 13 000 km are halved: to far below a millimetre."""


def to_bd09(x_m: float, y_m: float) -> tuple[float, float]:
    """(lon, lat) on BD-09 of Baidu's metres; raises BadCoordinate for metres that lie on no map of it."""
    if abs(x_m) > WIDEST_M or abs(y_m) > HIGHEST_M:
        raise BadCoordinate("The metres in this Baidu address lie outside its map: copy it again from the browser.")
    band = next(factors for begins, factors in zip(_BANDS_M, _BANDS, strict=True) if abs(y_m) >= begins)
    share = abs(y_m) / band[9]
    lon = band[0] + band[1] * abs(x_m)
    lat = sum(factor * share**power for power, factor in enumerate(band[2:9]))
    return _signed(lon, x_m), _signed(lat, y_m)


def from_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Baidu's metres of a place on BD-09: the inverse of `to_bd09`. Beyond the map's last degree its edge is given."""
    low, high = 0.0, HIGHEST_M
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if to_bd09(0.0, middle)[1] < abs(lat) else (low, middle)
    y_m = (low + high) / 2
    band = next(factors for begins, factors in zip(_BANDS_M, _BANDS, strict=True) if y_m >= begins)
    x_m = min(max((abs(lon) - band[0]) / band[1], 0.0), WIDEST_M)
    return _signed(x_m, lon), _signed(y_m, lat)


def _signed(value: float, like: float) -> float:
    return -value if like < 0 else value
