"""The strip of scenes over time below the map, and the folders that they are found in."""
