"""Bookmarks: views with their layers, as an ordered tour."""
