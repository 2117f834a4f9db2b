"""Searches of areas: listed, begun, and gone through cell by cell on the map."""
