"""Writes the schematic routes of the facts as the layer that the demo shows.

uv run python -m sample_data.build.routes
"""

from pathlib import Path

from sample_data import path
from sample_data.build.facts import load_routes
from sample_data.build.geojson import line_feature, write_features


def write_routes(target: Path) -> None:
    """Writes every route as a line with all that its row says."""
    features = [
        line_feature(
            [route.line],
            {
                "name": route.name,
                "kind": route.kind,
                "waypoints": " > ".join(route.waypoints),
                "precision": route.precision,
                "source": route.source,
            },
        )
        for route in load_routes()
    ]
    write_features(target, "routes", features)


if __name__ == "__main__":
    write_routes(path("credits.toml").with_name("routes.geojson"))
