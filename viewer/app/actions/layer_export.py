"""Saves a vector layer as a file, which a reader writes in a scratch folder and which is checked before it is moved."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject

from layers.disk.patience import within
from layers.disk.scratch import scratch_prefix
from layers.document.layer import Layer
from layers.errors import ExportFailed, GeoloupeError
from layers.pool.protocol import Answer, Profile, Request
from layers.project.storage.fsops import move_whole
from layers.requests.features import Exported, ExportRows
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.text.counted import grouped
from layers.vector.table import VectorInfo
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions, Which
from viewer.canvas.feature_selection import Fids, are_in
from viewer.panels.feature_access import FeatureAccess
from viewer.rendering.access import file_at_hand
from viewer.rendering.context import RenderContext
from viewer.support.jobs import Job, JobContext
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import Messages

MOMENT_S = 0.15
"""Longest wait in the window's thread for a drive: shorter than a person notices."""
FORMATS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON", ".json": "GeoJSON", ".csv": "CSV"}
CHUNK_DEADLINE_S = 120.0


class _Export(Struct, eq=False):
    target: Path
    made: Path
    stretch: ExportRows
    """Request for the next batch of rows."""
    features: int
    job: Job | None = None
    is_cancelled: bool = False
    remark: str = ""
    """Remark on what the format cannot hold; empty for none."""


class LayerExport(QObject):
    """Saves features of a layer with all their attributes: all of them, those the filter shows, or the selected ones.

    Used on the window's thread only.
    """

    def __init__(
        self,
        session: Session,
        context: RenderContext,
        messages: Messages,
        ask: Callable[[], Questions],
        info_of: Callable[[str], object],
        access: FeatureAccess,
        window: QObject,
    ) -> None:
        super().__init__(window)
        self._session, self._messages = session, messages
        self._pool, self._jobs, self._folders = context.pool, context.jobs, context.folders
        self._questions, self._info_of, self._access = ask, info_of, access
        self._running: set[_Export] = set()

    @property
    def is_idle(self) -> bool:
        return not self._running

    def save_layer(self, uuid: str) -> None:
        """Ask which features of a layer to save and where, and write them there."""
        layer, info = self._session.document.layers.get(uuid), self._info_of(uuid)
        path = None if layer is None else file_at_hand(layer, self._session.base_folder, self._folders)
        if layer is None or path is None or not isinstance(info, VectorInfo):
            self._say(self.tr("Only a vector layer that has been read can be saved as a file."), "warning")
            return
        parts = self._parts(uuid)
        which = Which.ALL
        if len(parts) > 1:
            counts = {part: info.features if fids is None else len(fids) for part, fids in parts.items()}
            chosen = self._questions().which_features(layer.name, counts)
            if chosen is None:
                return
            which = chosen
        stem = "".join(c if c.isalnum() or c in " -_." else "_" for c in layer.name).strip(" .")[:80] or "layer"
        target = self._questions().layer_to_write(path.with_name(f"{stem}.gpkg"))
        if target is None:
            return
        kind = FORMATS.get(target.suffix.lower())
        if kind is None:
            self._say(
                self.tr("A layer is saved as .gpkg, .fgb, .geojson or .csv: choose one of these endings."), "warning"
            )
        elif _are_one(target, path):
            self._say(self.tr("{0} is the layer’s own file: choose another name.").format(target.name), "warning")
        else:
            self._begin(layer, info, path, target, kind, parts[which])

    def _parts(self, uuid: str) -> dict[Which, Fids | None]:
        """Feature ids of each part of a layer that can be saved; None for the whole layer."""
        shown, selected = self._access.filters.fids(uuid), self._access.selection.of(uuid)
        parts: dict[Which, Fids | None] = {Which.ALL: None}
        if shown is not None:
            parts[Which.SHOWN] = shown
            selected = selected[are_in(selected, shown)]
        return parts | ({Which.SELECTED: selected} if len(selected) else {})

    def _begin(self, layer: Layer, info: VectorInfo, path: Path, target: Path, kind: str, fids: Fids | None) -> None:
        scratch_path = Path(tempfile.mkdtemp(prefix=scratch_prefix())) / f"layer{target.suffix.lower()}"
        stretch = ExportRows(
            str(path),
            info.name,
            layer.source.get("options") or {},
            layer.crs,
            out=str(scratch_path),
            format=kind,
            title=target.stem or "layer",
        )
        if fids is not None:
            fids_file = scratch_path.with_name("fids.npy")
            np.save(fids_file, fids)
            stretch = replace(stretch, fids_file=str(fids_file))
        export = _Export(target, scratch_path, stretch, info.features if fids is None else len(fids))

        def cancel() -> None:
            export.is_cancelled = True

        export.job = self._jobs.follow(self.tr("Writing {0}").format(target.name), cancel)
        self._running.add(export)
        self._next(export)

    def _next(self, export: _Export) -> None:
        def done(result: Answer | GeoloupeError) -> None:  # on a supervisor's thread
            self._jobs.mailbox.post(self._written, export, result)

        key = f"save {export.stretch.path}"
        self._pool.submit(Request(export.stretch, done, key, CHUNK_DEADLINE_S, profile=Profile.WRITER))

    def _written(self, export: _Export, result: Answer | GeoloupeError) -> None:
        if export.is_cancelled:
            self._end(export)
        elif isinstance(result, GeoloupeError):
            self._end(export, result)
        else:
            self._went_on(export, result.facts)

    def _went_on(self, export: _Export, exported: Exported) -> None:
        if exported.next_start is not None:
            export.stretch = replace(
                export.stretch, start=exported.next_start, written=exported.written, facts=exported.facts
            )
            assert export.job is not None
            self._jobs.tell(export.job, exported.written / max(export.features, 1))
            self._next(export)
            return
        export.remark = exported.remark
        if exported.found is None:
            self._look_again(export, exported.written)
        else:
            self._counted(export, exported.written, exported.found)

    def _look_again(self, export: _Export, written: int) -> None:
        """Count the features of the written file as any reader would, before it gets its final name."""

        def done(result: Answer | GeoloupeError) -> None:  # on a supervisor's thread
            self._jobs.mailbox.post(self._take_count, export, written, result)

        # Who wrote it may read it: no other reader needs to be granted this folder.
        request = Request(Probe(str(export.made)), done, f"save {export.made}", profile=Profile.WRITER)
        self._pool.submit(request)

    def _take_count(self, export: _Export, written: int, result: Answer | GeoloupeError) -> None:
        if isinstance(result, GeoloupeError):
            self._end(
                export,
                ExportFailed("{name} could not be written: {why}", name=export.target.name, why=result.sentence),
            )
            return
        probed: Probed = result.facts
        self._counted(export, written, sum(layer.features for layer in probed.layers))

    def _counted(self, export: _Export, written: int, rows_in_file: int) -> None:
        """Move the written file to its target where it holds all rows, else report that rows are missing."""
        if rows_in_file != written:
            all_features = translate("LayerExport", "{count} features", "{count} feature", written)
            failed = ExportFailed(
                "{name} would hold {found} of {whole}: it was not written.",
                name=export.target.name,
                found=grouped(rows_in_file),
                whole=all_features,
            )
            self._end(export, failed)
            return

        def work(_: JobContext) -> None:
            move_whole(export.made, export.target)

        def done(_: None) -> None:
            self._end(export)
            features = translate("LayerExport", "{count} features", "{count} feature", written)
            sentence = self.tr("Written: {0}, {1}").format(export.target, features)
            remark = in_language(export.remark)
            self._say(f"{sentence}. {remark}" if remark else sentence, "warning" if remark else "info")

        self._jobs.run(work, done, lambda error: self._end(export, error), apart=True)

    def _end(self, export: _Export, error: GeoloupeError | None = None) -> None:
        self._running.discard(export)
        shutil.rmtree(export.made.parent, ignore_errors=True)
        if export.job is not None:
            self._jobs.end(export.job)
        if error is not None:
            self._say(error.sentence, "error")

    def _say(self, sentence: str, level: str) -> None:
        self._messages.show("save layer", sentence, level)  # type: ignore[arg-type]


def _are_one(target: Path, path: Path) -> bool:
    """True where both paths lead to the same file.

    False where the drive does not answer at once: nothing can be read from it anyway.
    """
    try:
        return within(MOMENT_S, lambda: target.resolve() == path.resolve())
    except TimeoutError:
        return False
