"""Numbered points set on a picture and on a map beside it, in two panes of a dialog."""
