"""Tools for numbered points on a picture or on a map, in a pane of a dialog."""
