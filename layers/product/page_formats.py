"""The formats of a product's pages, by the endings of their files, in the order in which they are offered."""

PRINTED_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".webp", ".svg", ".tif")
ALSO = frozenset({".jpeg"})
"""Second endings of a format, which are taken and not offered."""
OFFERED_ENDINGS = tuple(ending for ending in PRINTED_ENDINGS if ending not in ALSO)
DATA_ENDINGS = (".kmz", ".geojson", ".csv", ".xlsx", ".gpkg", ".html")
"""Endings of files with the data of a case, which have no pages."""
