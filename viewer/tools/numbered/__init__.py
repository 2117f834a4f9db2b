"""Numbered points that are set on a picture or on a map, in a pane of a dialog."""
