"""Capabilities of WMS made for tests, and what a test asks of them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from layers.geo.bounds import Bounds
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.wms import read_wms
from layers.services.tile_service import TileService

TYPED = "https://maps.example.org/wms?SERVICE=WMS&REQUEST=GetCapabilities"
WORLD = (
    "<EX_GeographicBoundingBox><westBoundLongitude>-180</westBoundLongitude><eastBoundLongitude>180</eastBoundLongitude>"
    "<southBoundLatitude>-90</southBoundLatitude><northBoundLatitude>90</northBoundLatitude></EX_GeographicBoundingBox>"
)


def layer_xml(inner: str = "", name: str = "a", title: str = "A", crs: str = "<CRS>EPSG:3857</CRS>") -> str:
    return f"<Layer><Name>{name}</Name><Title>{title}</Title>{crs}{inner}</Layer>"


def geographic_box(bounds: Bounds) -> str:
    """Bounds in longitude and latitude as version 1.3.0 has them."""
    west, south, east, north = bounds
    return (
        f"<EX_GeographicBoundingBox><westBoundLongitude>{west}</westBoundLongitude>"
        f"<eastBoundLongitude>{east}</eastBoundLongitude><southBoundLatitude>{south}</southBoundLatitude>"
        f"<northBoundLatitude>{north}</northBoundLatitude></EX_GeographicBoundingBox>"
    )


def document(
    layers: str,
    version: str = "1.3.0",
    href: str = "https://maps.example.org/wms",
    formats: tuple[str, ...] = ("image/png", "image/jpeg"),
    service: str = "",
    head: str = '<?xml version="1.0"?>',
) -> str:
    root = "WMS_Capabilities" if version.startswith("1.3") else "WMT_MS_Capabilities"
    door = f'<DCPType><HTTP><Get><OnlineResource xlink:href="{href}"/></Get></HTTP></DCPType>' if href else ""
    spelled = "".join(f"<Format>{name}</Format>" for name in formats)
    return (
        f'{head}<{root} version="{version}" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<Service><Name>WMS</Name><Title>Maps</Title>{service}</Service><Capability><Request>"
        f"<GetMap>{spelled}{door}</GetMap></Request>{layers}</Capability></{root}>"
    )


def offered(text: str | bytes, address: str = TYPED) -> ServiceOffer:
    return read_wms(text if isinstance(text, bytes) else text.encode(), address)


def only(text: str | bytes, address: str = TYPED) -> OfferedLayer:
    (layer,) = offered(text, address).layers
    return layer


def service_of(text: str | bytes, address: str = TYPED) -> TileService:
    service = only(text, address).service
    assert service is not None
    return service


def asked(service: TileService, level: int = 1, column: int = 0, row: int = 0) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(service.url(level, column, row)).query, keep_blank_values=True))
