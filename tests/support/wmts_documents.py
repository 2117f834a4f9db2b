"""Capabilities documents of WMTS, put together of parts that a test spoils one by one."""

from __future__ import annotations

ADDRESS = "https://tiles.example/wmts/1.0.0/WMTSCapabilities.xml"
TEMPLATE = "https://tiles.example/wmts/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
SCALE = 559082264.0287178
DEGREE_SCALE = 279541132.0143589
CORNER = "-20037508.342789244 20037508.342789244"


def matrix(identifier: str, scale: object, corner: str, columns: object, rows: object, tile: str = "256 256") -> str:
    width, height = tile.split()
    return f"""<TileMatrix><ows:Identifier>{identifier}</ows:Identifier>
      <ScaleDenominator>{scale}</ScaleDenominator><TopLeftCorner>{corner}</TopLeftCorner>
      <TileWidth>{width}</TileWidth><TileHeight>{height}</TileHeight>
      <MatrixWidth>{columns}</MatrixWidth><MatrixHeight>{rows}</MatrixHeight></TileMatrix>"""


def matrix_set(name: str, crs: str, *matrices: str, box: str = "") -> str:
    return f"""<TileMatrixSet><ows:Identifier>{name}</ows:Identifier>{box}
      <ows:SupportedCRS>{crs}</ows:SupportedCRS>{"".join(matrices)}</TileMatrixSet>"""


def mercator(name: str = "web", levels: int = 4, corner: str = CORNER, factor: float = 1.0, digits: int = 10) -> str:
    matrices = [matrix(str(at), f"{factor * SCALE / 2**at:.{digits}f}", corner, 2**at, 2**at) for at in range(levels)]
    return matrix_set(name, "urn:ogc:def:crs:EPSG::3857", *matrices)


def degrees(name: str = "deg", levels: int = 3, corner: str = "90 -180", factor: float = 1.0) -> str:
    matrices = [matrix(f"L{at}", factor * DEGREE_SCALE / 2**at, corner, 2 * 2**at, 2**at) for at in range(levels)]
    return matrix_set(name, "urn:ogc:def:crs:EPSG::4326", *matrices)


def link(name: str, limits: str = "") -> str:
    return f"<TileMatrixSetLink><TileMatrixSet>{name}</TileMatrixSet>{limits}</TileMatrixSetLink>"


def resource(template: str = TEMPLATE, picture_format: str = "image/png") -> str:
    return f'<ResourceURL format="{picture_format}" resourceType="tile" template="{template}"/>'


def layer(
    name: str = "scenes",
    links: str = link("web"),
    resources: str = resource(),
    styles: str = '<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style>',
    more: str = "",
    box: str = "<ows:WGS84BoundingBox><ows:LowerCorner>-180 -85</ows:LowerCorner>"
    "<ows:UpperCorner>180 85</ows:UpperCorner></ows:WGS84BoundingBox>",
    formats: str = "<Format>image/png</Format>",
) -> str:
    return f"""<Layer><ows:Title>Scenes</ows:Title>{box}<ows:Identifier>{name}</ows:Identifier>
      {styles}{formats}{more}{links}{resources}</Layer>"""


def dimension(name: str, *values: str, default: str = "") -> str:
    shown = f"<Default>{default}</Default>" if default else ""
    texts = "".join(f"<Value>{value}</Value>" for value in values)
    return f"<Dimension><ows:Identifier>{name}</ows:Identifier>{shown}{texts}</Dimension>"


def get_tile(address: str, encoding: str = "KVP") -> str:
    constraint = f"""<ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>{encoding}</ows:Value>
      </ows:AllowedValues></ows:Constraint>"""
    return f"""<ows:OperationsMetadata><ows:Operation name="GetTile"><ows:DCP><ows:HTTP>
      <ows:Get xlink:href="{address}">{constraint if encoding else ""}</ows:Get>
      </ows:HTTP></ows:DCP></ows:Operation></ows:OperationsMetadata>"""


def capabilities(*contents: str, operations: str = "", head: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
    <Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
      xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">
      <ows:ServiceIdentification><ows:Title>Tiles of a town</ows:Title><ows:Fees>none</ows:Fees>
      <ows:AccessConstraints>CC BY 4.0</ows:AccessConstraints></ows:ServiceIdentification>
      <ows:ServiceProvider><ows:ProviderName>The town</ows:ProviderName>
      <ows:ProviderSite xlink:href="https://town.example/"/></ows:ServiceProvider>
      {operations}<Contents>{"".join(contents)}</Contents></Capabilities>""".encode()
