"""Panes of a dialog in which numbered points are set on a picture and on a map beside it."""
