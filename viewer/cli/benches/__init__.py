"""Measurements of `geoloupe bench`: opening and drawing, exporting, saving, comparing, and work in a case."""
