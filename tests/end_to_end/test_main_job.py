"""The main job by mouse and keyboard: look, mark, say what is claimed and on what source, undo, save, open again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from layers.document.site import Site
from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.pictures import picture
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sources.source_form import SourceForm


@pytest.fixture
def job(demo: Desk) -> Job:
    return Job(demo)


class Job:
    """The steps of the main job; each leaves the window as the next one finds it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.middle = desk.canvas.rect().center()
        self.point = self.line = self.area = self.claim = self.source = self.response = ""

    @property
    def form(self) -> SiteFormPanel:
        return self.desk.panel(SiteFormPanel)

    @property
    def claim_form(self) -> ClaimFormPanel:
        return self.desk.panel(ClaimFormPanel)

    def site(self, uuid: str) -> Site:
        return self.desk.document.sites[uuid]

    def new(self, table: str, before: set[str]) -> str:
        """The uuid of the one row that was not there before."""
        (uuid,) = set(self.desk.document.table(table)) - before  # type: ignore[arg-type]
        return uuid

    def draw(self, key: str, *places: QPoint) -> str:
        """A new site with a tool; a line or polygon ends with Enter."""
        desk, before = self.desk, set(self.desk.document.sites)
        desk.keys(key, desk.canvas)
        for place in places:
            desk.click(place)
        if len(places) > 1:
            desk.keys("Return", desk.canvas)
        return self.new("sites", before)

    # -- the steps ------------------------------------------------------------------------------------------------

    def look_around(self) -> None:
        desk, place = self.desk, self.middle + QPoint(120, -60)
        there, resolution = desk.lonlat(place), desk.canvas.viewport.resolution
        desk.wheel(place, 4)
        assert desk.canvas.viewport.resolution == pytest.approx(resolution / 4)
        assert desk.lonlat(place) == pytest.approx(there, abs=desk.degrees(0.01)), "the place under the cursor stays"
        desk.settle()
        desk.keys("H", desk.canvas)
        self.pan(place, place + QPoint(-90, 40))
        desk.keys("V", desk.canvas)
        QTest.keyPress(desk.canvas, Qt.Key.Key_Space)
        self.pan(place, place + QPoint(-60, -30))
        QTest.keyRelease(desk.canvas, Qt.Key.Key_Space)
        assert not desk.window.selection.uuids, "Space and a drag select nothing"

    def pan(self, start: QPoint, end: QPoint) -> None:
        there = self.desk.lonlat(start)
        self.desk.drag(start, end)
        assert self.desk.lonlat(end) == pytest.approx(there, abs=self.desk.degrees(0.01)), "the map goes with the hand"
        self.desk.settle()

    def mark(self) -> None:
        at = self.middle
        corners = [at + QPoint(*offset) for offset in ((-280, -100), (-170, -90), (-180, -10), (-270, -20))]  # no label
        self.line = self.draw("L", at + QPoint(-200, 120), at + QPoint(-150, 160), at + QPoint(-60, 150))
        self.area = self.draw("Y", *corners)
        self.point = self.draw("P", at + QPoint(-120, -90))
        wanted = self.desk.lonlat(at + QPoint(-120, -90))
        assert self.site(self.point).geometry.coords[0] == pytest.approx(wanted, abs=self.desk.degrees(1))
        kinds = [self.site(uuid).kind for uuid in (self.point, self.line, self.area)]
        assert kinds == ["point", "line", "polygon"]
        assert len(self.site(self.line).geometry.coords) == 3
        assert len(self.site(self.area).geometry.exterior.coords) == 5

    def describe(self) -> None:
        """The point is still selected, and its form is shown."""
        desk, fields = self.desk, self.form.fields.fields
        assert self.form.uuid == self.point
        assert self.form.isVisible()
        desk.type_into(fields["label"], "Gantry 7 – Ворота")
        desk.choose(fields["class_code"], "launch_site")
        desk.choose(fields["role"], "named in a claim")
        desk.type_into(fields["position_error_m"], "250")
        desk.type_into(fields["position_basis"], "measured on the image")
        desk.type_into(fields["notes"], "Tower stands; shadow to the north-west.")
        site = self.site(self.point)
        assert (site.label, site.class_code, site.role) == ("Gantry 7 – Ворота", "launch_site", "named in a claim")
        assert (site.position_error_m, site.position_basis) == (250.0, "measured on the image")
        assert site.notes == "Tower stands; shadow to the north-west."

    def add_claim(self) -> None:
        desk, before = self.desk, set(self.desk.document.claims)
        desk.press(self.form.report_button)
        self.claim = self.new("claims", before)
        assert self.claim_form.uuid == self.claim
        fields = self.claim_form.fields.fields
        assert not fields["likelihood_term"].isEnabled(), "a judgement stands on assessed claims only"
        desk.type_into(fields["statement"], "A second gantry is being built.")
        desk.type_into(fields["source_wording"], "“a second tower stands”")
        desk.type_into(fields["made_by"], "a tower watcher")
        desk.choose(fields["state"], "assessed")
        desk.choose(fields["likelihood_term"], "probable")
        desk.choose(fields["confidence"], "moderate")
        claim = desk.document.claims[self.claim]
        assert (claim.statement, claim.voice, claim.state) == ("A second gantry is being built.", "speaker", "assessed")
        assert (claim.source_wording, claim.made_by) == ("“a second tower stands”", "a tower watcher")
        assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("probable", 55, 80)
        assert claim.confidence == "moderate"
        assert [site.uuid for site in desk.document.links.sites_of_claim(self.claim)] == [self.point]

    def add_source(self) -> None:
        desk, before = self.desk, set(self.desk.document.sources)
        desk.menu("Evidence", "Add a Source")
        self.source = self.new("sources", before)
        fields = desk.panel(SourceForm).fields.fields
        desk.type_into(fields["title"], "Gantry watch, weekly note 12")
        desk.choose(fields["kind"], "news report")
        desk.type_into(fields["publisher"], "Example Press")
        desk.type_into(fields["published_at"], "2024-04-12")
        desk.choose(fields["reliability"], "C")
        desk.tab("Claims")
        desk.choose_row(desk.panel(ClaimListPanel).list, "A second gantry")
        desk.pick(self.claim_form.sources.picker, "Gantry watch")
        (link,) = desk.document.links.claim_to_sources(self.claim)
        assert link.source_uuid == self.source
        (citation,) = self.claim_form.sources.citations
        desk.choose(citation.fields.fields["credibility"], 3)
        desk.type_into(citation.fields.fields["page"], "4")
        (link,) = desk.document.links.claim_to_sources(self.claim)
        assert (link.credibility, link.page) == (3, "4")
        source = desk.document.sources[self.source]
        assert (source.title, source.kind, source.reliability) == ("Gantry watch, weekly note 12", "news report", "C")
        assert (source.publisher, source.published_at) == ("Example Press", "2024-04-12")

    def add_response(self) -> None:
        desk, before = self.desk, set(self.desk.document.responses)
        desk.menu("Evidence", "Add a Response")
        self.response = self.new("responses", before)
        form = desk.panel(ResponseForm)
        desk.type_into(form.fields.fields["speaker"], "Spokesperson")
        desk.type_into(form.fields.fields["words"], "There is no second tower.")
        desk.choose(form.fields.fields["source_uuid"], self.source)
        desk.pick(form.picker, "A second gantry")
        response = desk.document.responses[self.response]
        assert (response.speaker, response.words) == ("Spokesperson", "There is no second tower.")
        assert response.source_uuid == self.source
        assert [answer.uuid for answer in desk.document.links.responses_to(self.claim)][:1] == [self.response]
        assert desk.document.claims[self.claim].state == "assessed", "an answer changes no claim"

    def move_and_reshape(self) -> None:
        desk = self.desk
        desk.keys("V", desk.canvas)
        start = desk.at(*self.site(self.point).geometry.coords[0])
        desk.click(start)
        assert desk.window.selection.uuids == {self.point}
        desk.drag(start, start + QPoint(35, 25))
        wanted = desk.lonlat(start + QPoint(35, 25))
        assert self.site(self.point).geometry.coords[0] == pytest.approx(wanted, abs=desk.degrees(1.5))
        desk.click(desk.at(*self.site(self.area).geometry.exterior.coords[0]) + QPoint(20, 20))
        assert desk.window.selection.uuids == {self.area}
        desk.keys("E", desk.canvas)
        corner = desk.at(*self.site(self.area).geometry.exterior.coords[2])
        desk.drag(corner, corner + QPoint(30, 20))
        wanted = desk.lonlat(corner + QPoint(30, 20))
        assert self.site(self.area).geometry.exterior.coords[2] == pytest.approx(wanted, abs=desk.degrees(1.5))

    def arrange_layers(self) -> None:
        desk, tree = self.desk, self.desk.panel(LayerTreePanel)
        top = desk.document.layers_in_order()[-1]
        index = tree.model.index(tree.model.row_of(top.uuid))
        desk.click_index(tree.view, index)
        assert desk.window.panel_context.layer_uuid == top.uuid
        for _ in range(4):
            QTest.keyClick(tree.opacity.slider, Qt.Key.Key_PageDown)
        desk.wait(lambda: desk.document.layers[top.uuid].opacity == pytest.approx(0.6))
        desk.press(tree.down_button)
        assert desk.document.layers_in_order()[-2].uuid == top.uuid
        below = desk.document.layers_in_order()[0]
        before = picture(desk.canvas)
        desk.click_index(tree.view, tree.model.index(tree.model.row_of(below.uuid)))
        QTest.keyClick(tree.view, Qt.Key.Key_Space)
        assert not desk.document.layers[below.uuid].visible
        desk.settle()
        assert not np.array_equal(before, picture(desk.canvas)), "a hidden layer is not drawn"
        QTest.keyClick(tree.view, Qt.Key.Key_Space)
        desk.settle()
        assert np.array_equal(before, picture(desk.canvas)), "and is as it was when it is shown again"

    def undo_and_redo_everything(self, start: object) -> None:
        desk, end, steps = self.desk, self.desk.snapshot(), 0
        while desk.is_offered("undo"):
            desk.keys("Ctrl+Z", desk.canvas)
            steps += 1
        assert desk.snapshot() == start
        assert not desk.window.isWindowModified(), "all taken back is nothing changed"
        for _ in range(steps):
            assert desk.is_offered("redo")
            desk.keys("Ctrl+Shift+Z", desk.canvas)
        assert not desk.is_offered("redo")
        assert desk.snapshot() == end
        assert steps > 20


@pytest.mark.bounded
def test_the_main_job(job: Job, make_desk: MakeDesk, tmp_path: Path) -> None:
    desk, start = job.desk, job.desk.snapshot()
    assert picture(desk.canvas).std() > 20, "imagery is there"
    assert len(desk.document.sites) >= 20
    job.look_around()
    job.mark()
    job.describe()
    job.add_claim()
    job.add_source()
    job.add_response()
    job.move_and_reshape()
    job.arrange_layers()
    job.undo_and_redo_everything(start)
    saved = tmp_path / "first" / "gantry.gpkg"
    saved.parent.mkdir()
    desk.names.to_write = saved
    desk.keys("Ctrl+S")
    desk.settle()
    assert not desk.window.isWindowModified()
    assert desk.said() == []
    said, viewport = desk.snapshot(), desk.canvas.viewport

    elsewhere = tmp_path / "second" / "renamed.gpkg"
    elsewhere.parent.mkdir()
    shutil.copyfile(saved, elsewhere)
    second = make_desk()
    second.open_file(elsewhere)
    assert second.snapshot() == said
    assert second.said() == []
    assert second.canvas.viewport.resolution == pytest.approx(viewport.resolution), "it looks where one looked"
    assert second.canvas.viewport.centre == pytest.approx(viewport.centre, abs=viewport.resolution)

    second.export_product(tmp_path / "map.png", "Gantry 7")
    written = QImage(str(tmp_path / "map.png"))
    assert (written.width(), written.height()) == (1600, 1000)
    assert written.text("Title") == "Gantry 7"
    assert "NASA" in written.text("Copyright")
    assert f"Written: {tmp_path / 'map.png'} and map-2.png, issued as product 1, version 1" in second.said()
