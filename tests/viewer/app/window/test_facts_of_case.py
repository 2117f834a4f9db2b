"""A case made of facilities and a reported claim in the real window, and what the command line says of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.edit import Edit
from sample_data.build import facts
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import begin_on_map, opened, press, settle
from viewer.__main__ import main
from viewer.app.window import MainWindow
from viewer.commands.claims import report_claim
from viewer.commands.imagery.images import known_image
from viewer.commands.imagery.observations import record_observation
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.sites.make_sites import MakeSitesDialog

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


def bring_in(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    """Open the table of facilities, and make a site of each row."""
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers
    window.panel_context.show_layer(layer)
    drawing = window.scene.drawings[layer]
    lines = range(2, drawing.info.features + 2)  # type: ignore[attr-defined]
    window.canvas.features.set(layer, list(lines))
    window.action_table["make_sites"].trigger()
    dialog = window.findChild(MakeSitesDialog)
    assert dialog is not None
    QTest.mouseClick(dialog.make_button, Left)
    qtbot.waitUntil(lambda: len(window.session.document.sites) > 48, timeout=20_000)
    settle(window, qtbot)


def claim_seven(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """The card of claim 7, as reported."""
    told = next(claim for claim in facts.load().claims if claim.number == 7)
    edit = report_claim(
        window.session.document,
        actor="ana",
        uuid="c7",
        statement=told.statement,
        source_wording=told.source_wording,
        made_by=told.made_by,
    )
    window.session.push(edit)
    window.resize(1366, 768)
    window.panel_context.show_claim("c7", raise_form=True)
    settle(window, qtbot)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    return form


def answer_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@popup
@pytest.mark.bounded
def test_the_facilities_come_in_and_the_likely_of_claim_7_becomes_no_band(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = Path(shutil.copy(sample_data.path("facts/facilities.csv"), tmp_path))
    bring_in(window, table, qtbot)
    document = window.session.document
    assert (len(document.sites), len(document.sources)) == (49, 20)
    form = claim_seven(window, qtbot)
    field = form.fields.fields["likelihood_term"]
    if form.judgement_part.is_folded:
        QTest.mouseClick(form.judgement_part.header, Left)
    assert not field.isEnabled(), "a report has no likelihood of ours"
    choose_by_keys(form.fields.fields["state"], "Ass")
    choose_by_keys(field, "likely")
    assert "speaker's word" in form.fields.refusal.text()
    claim = document.claims["c7"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("", None, None)
    window.action_table["undo"].trigger()
    assert document.claims["c7"].state == "reported"
    begin_on_map(window, qtbot)
    press(Key.Key_J)
    settle(window, qtbot)
    own = window.panel_context.claim_uuid
    assert own != "c7"
    form.fields.fields["statement"].setPlainText("Firms may provide it")
    choose_by_keys(form.fields.fields["likelihood_term"], "likely")
    choose_by_keys(form.fields.fields["confidence"], "Low")
    assert (document.claims[own].likelihood_low, document.claims[own].likelihood_high) == (55, 80)
    pad = next(site for site in document.sites.values() if site.label.startswith("Jiuquan"))
    known = known_image(document, actor="ana", image_key="k", acquired_at="2024-04-12", date_kind="instant")
    window.session.push(Edit("image", known.changes))
    window.session.push(record_observation(document, pad.uuid, known.image.uuid, actor="ana", presence="present"))
    case = tmp_path / "case.gpkg"
    monkeypatch.setattr(window.ask, "case_to_write", lambda _suggestion: case)
    window.saving.save_as()
    qtbot.waitUntil(case.exists)
    settle(window, qtbot)
    claims = {row["uuid"]: row for row in answer_of(capsys, "claims", str(case))}
    assert claims["c7"]["likelihood"] is None
    assert claims[own]["likelihood"] == {"term": "likely", "low": 55, "high": 80}
    (seen,) = answer_of(capsys, "observations", str(case))
    assert (seen["site"], seen["presence"], seen["observer"]) == (pad.uuid, "present", "ana")
    assert len(answer_of(capsys, "sites", str(case))) == 49
    assert len(answer_of(capsys, "sources", str(case))) == 20
    assert main(["validate", str(case)]) == 0, capsys.readouterr().out
