"""The dialog in which a picture is placed by control points."""
