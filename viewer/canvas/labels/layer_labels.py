"""Labels of the features of a layer, and the marks that labels keep clear of."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field

from layers.grid.tile_grid import View
from layers.vector.labels.curved import Name, anchors_along
from layers.vector.labels.label_anchors import area_anchors
from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, Rank, mark_boxes
from layers.vector.labels.label_source import Floats, LabelledFeature
from layers.vector.style.label_style import LabelStyle
from layers.vector.table import LINE, POINT
from viewer.canvas.labels.label_lines import shortened, wrapped
from viewer.canvas.labels.label_painter import Face, LabelPainter
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.rendering.vector.vector_clusters import cluster_radius_px

_MARGIN_PX = 40.0
"""Distance in logical pixels from which features outside the view are still considered."""
_LINE_GAP_PX = 1.0
"""Gap between a line and the name along it, in picture pixels."""


class Asked(Struct):
    """Requests for the labels of a layer, and the boxes of its marks, in picture pixels, that labels keep clear of."""

    requests: list[LabelRequest] = field(default_factory=list)
    marks: list[Box] = field(default_factory=list)


class LayerLabels:
    """Makes the labels of a layer from its labelling and the view alone."""

    def __init__(self, painter: LabelPainter) -> None:
        self._painter = painter

    def asked(self, layer_uuid: str, labelling: LayerLabelling, view: View) -> Asked:
        """Collect the labels of a layer in a view, which is one of the layer's own ground."""
        labels, bounds = Asked(), view.world_bounds().expanded(_MARGIN_PX * view.ratio * view.grid.resolution)
        face = face_from(labelling.style)
        places, classes = labelling.source.points_within(bounds)
        for (px, py), index in zip(_pixels(view, places).tolist(), classes.tolist(), strict=True):
            radius = labelling.radius_px(index, POINT)
            if radius:
                labels.marks += mark_boxes(px, py, radius * view.ratio)
        if labelling.clusters is not None:
            places, counts = labelling.clusters.within(bounds)
            for (px, py), count in zip(_pixels(view, places).tolist(), counts.tolist(), strict=True):
                labels.marks += mark_boxes(px, py, (cluster_radius_px(count) + 2.0) * view.ratio)
        room = Box(0.0, 0.0, view.width, view.height)
        for feature in labelling.source.within(bounds):
            runs_along = feature.kind == LINE or (feature.kind != POINT and labelling.style.layout == "along")
            text = shortened(feature.text) if runs_along else wrapped(feature.text)
            gap = labelling.radius_px(feature.class_index, feature.kind) * view.ratio + _LINE_GAP_PX
            name = self._painter.name(text, face, view.ratio, gap)
            anchors = _anchors(feature, labelling, view, room, name)
            if anchors:
                uuid = f"{layer_uuid}/{feature.fid}"
                leader = labelling.style.leader and feature.kind == POINT
                labels.requests.append(
                    LabelRequest(uuid, text, Rank.LAYER, name.width, name.height, anchors, face, leader, name.advances)
                )
        return labels


def face_from(style: LabelStyle) -> Face:
    return Face(style.size_px, style.color, style.halo_color, style.halo_width_px, style.bold, style.italic)


def _anchors(
    feature: LabelledFeature, labelling: LayerLabelling, view: View, room: Box, name: Name
) -> tuple[Anchor, ...]:
    parts = [_pixels(view, part) for part in feature.parts]
    placement = labelling.style.layout
    if feature.kind == POINT:
        px, py = parts[0][0].tolist()
        if not (room.left <= px <= room.right and room.top <= py <= room.bottom):
            return ()
        if placement == "over":
            return (Anchor(px, py, 0.0, "over"),)
        return (Anchor(px, py, labelling.radius_px(feature.class_index, POINT) * view.ratio),)
    if feature.kind == LINE or placement == "along":
        longest = max(parts, key=_length)
        anchors = anchors_along(longest, room, name) if placement in ("automatic", "along") else ()
        return (
            anchors
            if any(anchor.way == "along" for anchor in anchors)
            else (*anchors, *_upright_on(longest, room, name.height))
        )
    return area_anchors(parts, room)[: 1 if placement == "over" else 2]


def _upright_on(points: Floats, room: Box, height: float) -> tuple[Anchor, ...]:
    """Anchors beside the middle of the points in view, for lines that are straight nowhere."""
    inside = points[
        (points[:, 0] >= room.left)
        & (points[:, 0] <= room.right)
        & (points[:, 1] >= room.top)
        & (points[:, 1] <= room.bottom)
    ]
    if not len(inside) or _length(points) < 3 * height:
        return ()
    shares = (0.5, 0.35, 0.65)
    places = [inside[int((len(inside) - 1) * share)].tolist() for share in shares]
    return tuple(Anchor(px, py, 4.0) for px, py in places)


def _pixels(view: View, world: Floats) -> Floats:
    inverse = view.affine.inverse()
    x, y = world[:, 0], world[:, 1]
    return np.column_stack([inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f])


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0
