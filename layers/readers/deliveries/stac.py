"""The acquisition of an image, from a STAC item saved beside it."""

from __future__ import annotations

from typing import Any

from layers.raster.acquisition import Acquisition
from layers.readers.sidecars.sidecar_values import angle, azimuth, metres, number, percent, text, utc


def is_stac_item(item: dict[str, Any]) -> bool:
    """True for a feature that says which version of STAC it is."""
    return item.get("type") == "Feature" and "stac_version" in item and isinstance(item.get("properties"), dict)


def stac_acquisition(item: dict[str, Any]) -> Acquisition:
    """The facts of a STAC item; its `gsd` is the sensor's. A start and an end that differ make an interval."""
    known = item["properties"]
    start, end = utc(known.get("start_datetime")), utc(known.get("end_datetime"))
    is_interval = bool(start) and end > start
    at = start if is_interval else utc(known.get("datetime")) or start
    instruments = known.get("instruments")
    return Acquisition(
        at=at,
        until=end if is_interval else "",
        date_kind=("interval" if is_interval else "instant") if at else "unknown",
        platform=text(known.get("platform")),
        sensor=", ".join(text(name) for name in instruments) if isinstance(instruments, list) else "",
        collected_gsd_m=metres(known.get("gsd")),
        off_nadir_deg=angle(known.get("view:off_nadir")),
        incidence_deg=angle(known.get("view:incidence_angle")),
        sun_azimuth_deg=azimuth(known.get("view:sun_azimuth")),
        sun_elevation_deg=number(known.get("view:sun_elevation"), -90, 90),
        cloud_percent=percent(known.get("eo:cloud_cover")),
        product_id=text(item.get("id")),
        baseline=text(known.get("s2:processing_baseline")),
        licence=text(known.get("license")),
        credit=_credit(known.get("providers")),
    )


def _credit(providers: Any) -> str:
    """The licensors, else the producers, by name."""
    known = [p for p in providers if isinstance(p, dict)] if isinstance(providers, list) else []
    for role in ("licensor", "producer"):
        names = [text(p.get("name")) for p in known if role in (p.get("roles") or [])]
        if any(names):
            return ", ".join(name for name in names if name)
    return ""
