"""Products: pages with annotated maps for a reader, as data, and the checks that they pass before they go out."""
