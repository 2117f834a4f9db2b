"""Data of a case for other programs: sites, claims and pictures as KMZ, tables, GeoPackage and a report."""
