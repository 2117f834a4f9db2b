"""The georeferencing dialog, which places a picture by control points."""
