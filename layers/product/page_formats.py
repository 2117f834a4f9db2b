"""The formats that a product's pages are written in, by the endings of their files, in the order they are offered in.

A format is added here; its writer in `viewer.export.formats.writers`, its words for the save dialog in
`viewer.app.desktop.questions`.
"""

PRINTED_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".webp", ".svg", ".tif")
ALSO = frozenset({".jpeg"})
"""Second endings of a format, which are taken and not offered."""
OFFERED_ENDINGS = tuple(ending for ending in PRINTED_ENDINGS if ending not in ALSO)
DATA_ENDINGS = (".kmz", ".geojson", ".csv", ".xlsx", ".gpkg", ".html")
"""Of the data of a case, which have no pages."""
