"""README's promises and SECURITY.md's: each sentence of the table stands there, and the tests that prove it exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from layers.pool import protocol, supervisor
from layers.project.opening import case_reader
from layers.readers import environment
from layers.readers.guards import archive, xml_stream, zip_guard
from layers.readers.raster import datasets
from tests.support.parsed import parsed
from viewer.network import decode
from viewer.network.fetch import Limits

ROOT = Path(__file__).resolve().parents[2]
MB = 2**20

README = {
    "Every edit is on disk about a millisecond after it shows.": (
        "layers/project/saving/test_working_copy.py::test_f02_kill_at_any_moment_loses_no_acknowledged_edit",
        "end_to_end/test_kill.py::test_f02_ten_edits_outlive_a_kill",
    ),
    "A save is the old file or the new one, never half.": (
        "end_to_end/test_kill_everywhere.py::test_f01_f02_f04_kills_in_the_work_on_cases",
        "layers/project/saving/test_backup_rotation.py::"
        "test_f01_f19_killed_at_any_call_every_generation_that_is_there_is_good_and_in_order",
    ),
    "After a crash the work is offered again.": (
        "layers/project/saving/test_recovery.py::test_a_crashed_session_is_offered_with_what_is_in_it",
        "viewer/app/case/test_session.py::test_a_crashed_session_is_found_and_recovered",
    ),
    "Everything is on one undo stack.": (
        "viewer/app/window/test_marks_walk.py::test_every_mark_is_drawn_changed_undone_and_reopened_as_its_own_kind",
        "viewer/app/opening/test_opener.py::test_files_become_layers_in_one_undoable_step",
    ),
    "A case holds no code.": (
        "layers/project/opening/test_foreign_code.py::test_a_case_with_code_says_so_and_saves_none",
    ),
    "Opening one contacts no host, and looks at no file outside its own folder, before you agree.": (
        "viewer/app/window/test_window.py::test_f40_hosts_of_a_case_made_elsewhere_wait_for_permission",
        "end_to_end/test_outside_untouched.py::test_f79_the_system_sees_no_look_outside",
    ),
    "Files are read by disposable processes: a damaged or hostile file costs one of them, never the window.": (
        "end_to_end/test_reader_death.py::test_f84_readers_killed_during_a_pan_are_replaced",
        "end_to_end/test_reader_death.py::test_f84_a_file_that_kills_three_readers_gets_a_badge",
    ),
    "A claim keeps its source's wording; likelihood (ICD 203) is the analyst's, stands on assessed claims only, and "
    "confidence is kept apart.": (
        "viewer/panels/claims/test_claim_form.py::test_statement_and_wording_are_two_fields",
        "viewer/commands/test_claims.py::test_only_an_assessed_claim_carries_a_judgement",
        "viewer/panels/sites/test_site_form.py::test_a_card_never_puts_likelihood_and_confidence_in_one_sentence",
    ),
    "A denial is a record and changes no claim.": (
        "viewer/commands/test_responses.py::test_a_denial_is_a_record_and_changes_no_claim",
    ),
    "Position errors are drawn.": (
        "viewer/canvas/sites/test_site_index.py::test_error_circles_have_their_size_in_pixels",
    ),
}
"""All sentences of README's *What it promises*, each with its tests."""

ELSEWHERE_IN_README = {
    "opens the demo case, complete and offline (without a display it writes `geoloupe-demo.png` instead)": (
        "end_to_end/test_installed.py::test_another_user_opens_the_demo",
        "end_to_end/test_offline.py::test_f21_where_no_name_can_be_looked_up_the_program_starts_all_the_same",
    ),
    "To have it as a command, without the rights of an administrator: `uv tool install .`, then `geoloupe demo`": (
        "end_to_end/test_installed.py::test_another_user_opens_the_demo",
    ),
    "which nothing here uses": ("house/test_dependencies.py::test_all_of_qt_that_is_imported_is_among_the_essentials",),
    "without the names of those whom claims name; same bytes": (
        "viewer/cli/test_processes.py::test_render_twice_gives_the_same_bytes",
    ),
}
"""Promises in its other parts."""

SECURITY = {
    "after three such faults does not read that file again": (
        "layers/pool/test_pool.py::test_three_strikes_and_a_path_is_not_read_until_forgiven",
    ),
    "What readers send back is JSON and arrays, checked before use": (
        "layers/pool/test_protocol.py::test_no_array_outside_the_block_or_of_a_strange_kind",
        "layers/pool/test_pool.py::test_garbage_counts_as_a_crash",
    ),
    "nothing of it is unpickled": ("house/test_promises.py::test_nothing_is_unpickled",),
    "expressions, band maths and styles have parsers of our own": (
        "layers/vector/expression/test_language.py::test_no_text_does_anything_but_hold_or_be_refused",
        "layers/raster/test_band_maths.py::test_any_text_gives_numbers_or_a_refusal",
        "layers/project/qgis/test_hostile_qml.py::test_nothing_that_a_style_names_is_opened",
    ),
    "**Readers are confined, on Linux.**": (
        "layers/readers/confinement/test_walls.py::test_what_a_reader_was_not_asked_for_is_refused",
        "layers/readers/confinement/test_walls.py::test_each_profile_has_walls",
        "layers/readers/confinement/test_walls.py::test_a_file_in_the_home_opens_no_home",
        "layers/readers/confinement/test_walls.py::test_the_writer_writes_into_its_folder_and_nowhere_else",
        "layers/readers/confinement/test_network.py::test_a_network_of_its_own_has_nothing_in_it",
    ),
    "are never rendered, run or followed": (
        "layers/readers/documents/test_document_words.py::test_words_and_statements_of_a_page_without_its_scripts",
        "layers/project/saving/test_kept_documents.py::test_one_confined_process_reads_all_and_a_bomb_costs_only_itself",
    ),
    "It stops at 400,000 characters, 8 MB of a page, 1 GB unpacked": (
        "layers/readers/documents/test_document_words.py::test_long_texts_are_cut",
        "layers/readers/documents/test_document_words.py::test_a_bomb_in_an_archive_is_read_as_far_as_the_budget",
    ),
    "Nothing is unpacked to disk: GDAL reads members of a TAR or ZIP in place": (
        "layers/readers/deliveries/test_archives.py::test_landsat_is_opened_as_the_tar_in_which_it_is_sold",
        "layers/readers/deliveries/test_archives.py::test_hostile_archives_are_refused",
    ),
    "Links in them, and names that lead out, are not there.": (
        "layers/readers/deliveries/test_archives.py::test_what_an_archive_names_outside_itself_is_not_there",
    ),
    "A VRT is written anew from what is understood of it.": (
        "layers/readers/guards/test_vrt_written.py::test_what_gdal_is_given_names_the_sources_and_nothing_else",
    ),
    "that names pixels or overviews outside its folder, or links to other files, is refused": (
        "layers/readers/guards/test_imagine.py::test_files_that_lead_elsewhere_are_refused",
        "layers/readers/raster/test_netcdf_hdf5.py::test_what_lies_elsewhere_is_refused",
    ),
    "Drivers of GDAL that contact hosts or run code are switched off.": (
        "layers/readers/test_environment.py::test_what_leads_elsewhere_is_gone_and_the_network_with_it",
        "layers/readers/guards/test_hostile_rasters.py::test_nothing_is_asked_of_any_host",
    ),
    "GML is read from a copy in memory without the schemas that it names": (
        "layers/readers/features/test_gml.py::test_nothing_beside_it_and_no_schema_it_names_is_looked_at",
    ),
    "a geodatabase with links in it is refused": (
        "layers/readers/features/test_geodatabase.py::test_a_link_in_it_is_not_followed",
    ),
    "triggers, views, generated columns and other SQL in it are never executed": (
        "layers/project/opening/test_intake.py::test_f76_a_view_instead_of_a_table_is_never_run",
        "layers/project/opening/test_read_apart.py::test_f76_no_expression_of_the_file_is_evaluated",
    ),
    "Journals beside it are played back on a private copy only.": (
        "layers/project/opening/test_side_files.py::test_f16_what_a_journal_holds_is_played_back_on_a_copy",
    ),
    "carried over as data, less its code": (
        "layers/project/opening/test_foreign_code.py::test_code_in_a_style_is_left_out_and_named",
        "layers/project/opening/test_foreign_code.py::test_code_in_a_project_is_left_out_and_named",
    ),
    "Opening a case contacts no host, looks up no name, and looks at no file outside its folder.": (
        "viewer/app/case/test_permissions.py::test_f79_nothing_outside_the_case_is_looked_at_before_consent",
        "end_to_end/test_permissions.py::"
        "test_f40_a_host_is_contacted_once_it_is_allowed_and_no_more_when_that_is_taken_back",
    ),
    "hosts of this computer or the local network, are allowed for one case only": (
        "viewer/app/case/test_permissions.py::test_private_hosts_are_allowed_for_one_case_only",
    ),
    "A server cannot redirect to a host that is not allowed.": (
        "viewer/network/test_hostile_servers.py::test_f36_to_another_host_is_refused_by_name_and_nobody_is_contacted",
    ),
    "Each goes to the one host that you gave it for, never on to where that host redirects": (
        "viewer/network/test_logins.py::test_w25_no_other_host_is_shown_a_secret",
        "viewer/network/test_logins.py::"
        "test_the_secret_of_a_client_is_not_sent_on_nor_told_to_a_host_that_is_not_allowed",
        "viewer/network/test_logins.py::test_a_secret_is_not_sent_over_an_open_connection",
    ),
    "None is in a stored tile, a kept document, a message or the log.": (
        "viewer/network/test_logins.py::test_w25_a_secret_is_in_no_file_sentence_or_log",
        "viewer/network/test_logins.py::test_w25_tiles_with_a_key_in_their_address_are_stored_without_it",
    ),
    "nothing that stands beside their pixels, such as a place in Exif, and no byte of": (
        "viewer/export/data/test_judged_chips.py::test_what_a_reader_sends_is_judged_as_well",
        "viewer/export/data/test_judged_chips.py::test_what_stands_beside_the_pixels_of_an_answer_is_dropped",
    ),
    "are shown as plain text": (
        "viewer/app/window/test_window.py::test_f81_markup_from_files_is_shown_as_it_is",
        "viewer/panels/sites/test_site_form.py::test_markup_in_the_case_is_shown_as_text",
    ),
    "Host names in other letters are shown as they are looked up": (
        "viewer/network/test_consent.py::test_a_name_in_other_letters_is_the_host_that_is_looked_up",
    ),
    "A link beside an image that leads out of its folder is not followed, and that is said.": (
        "layers/readers/confinement/test_walls.py::test_a_sidecar_that_leads_elsewhere_is_left_out_and_said",
    ),
    "A reader may take 2 GB more than at its start": (
        "layers/readers/test_environment.py::test_memory_files_and_written_bytes_are_bounded",
        "layers/pool/test_pool.py::test_memory_is_limited",
    ),
    "XML 200 MB and no entities": (
        "layers/readers/features/test_vector_faults.py::test_f68_xml_bombs_are_refused_at_once",
    ),
    "Working copies, and the log, can be read by you only.": (
        "viewer/app/case/test_case_limits.py::test_a_case_in_a_private_file_has_private_copies",
        "viewer/app/desktop/test_diagnostics.py::test_the_log_is_private_and_bounded",
    ),
    "The log and Copy Diagnostics name no file, folder, place or host.": (
        "viewer/app/desktop/test_diagnostics.py::test_a_day_with_a_case_is_told_line_by_line",
        "viewer/app/desktop/test_diagnostics.py::test_layers_that_wait_for_a_permission_are_told_without_their_host",
    ),
}
"""Promises of SECURITY.md, each with its tests. Each of its bold headings has one at least."""


def words_of(document: str) -> str:
    return " ".join((ROOT / document).read_text("utf-8").split())


def between(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


@cache
def functions_in(module: str) -> frozenset[str]:
    path = ROOT / "tests" / module
    if not path.exists():
        return frozenset()
    tree = parsed(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


ROWS = [
    *(("README.md", sentence, tests) for sentence, tests in {**README, **ELSEWHERE_IN_README}.items()),
    *(("SECURITY.md", sentence, tests) for sentence, tests in SECURITY.items()),
]


@pytest.mark.parametrize(("document", "sentence", "tests"), ROWS, ids=[sentence[:50] for _, sentence, _ in ROWS])
def test_a_promise_stands_in_its_document_and_is_tested(document: str, sentence: str, tests: tuple[str, ...]) -> None:
    assert sentence in words_of(document)
    assert tests
    for test in tests:
        module, _, name = test.partition("::")
        assert name in functions_in(module), f"{test} proves it, and is gone"


def test_each_sentence_that_readme_promises_is_tested() -> None:
    left = between(words_of("README.md"), "## What it promises", " ## ")
    for sentence in README:
        left = left.replace(sentence, "")
    assert " ".join(left.split()) == "* **Nothing is lost.** * **Nothing leaks.** * **Honest evidence.**"


def test_each_heading_of_security_has_a_tested_promise() -> None:
    promised = between(words_of("SECURITY.md"), "## What is promised", " ## ")
    headings = re.findall(r"\*\*[^*]+\*\*", promised)
    assert len(headings) >= 10
    for heading, part in zip(headings, re.split(r"\*\*[^*]+\*\*", promised)[1:], strict=True):
        assert any(sentence in heading + part for sentence in SECURITY), f"{heading} promises what nobody tests"


def test_the_limits_in_security_are_those_of_the_code() -> None:
    text = between(words_of("SECURITY.md"), "**Time and memory are bounded.**", "**")
    first, other = protocol.DEADLINES_S["probe"], protocol.OTHER_DEADLINE_S
    assert f"{first:.0f} seconds for the first look and {other:.0f} for a request" in text
    assert f"up to {protocol.MOST_MORE_S:.0f} more for large text files" in text
    assert f"a request about a case has {case_reader.READ_S:.0f}" in text
    assert f"{environment.MEMORY_OVER_START_BYTES // (1024 * MB)} GB more than at its start" in text
    assert f"blocks of an image {datasets.MAX_BLOCK_BYTES // MB} MB" in text
    assert zip_guard.MAX_RATIO == archive.MOST_RATIO
    assert f"unpacked archives {zip_guard.MAX_BYTES // MB} MB and a ratio of {zip_guard.MAX_RATIO}" in text
    assert f"XML {xml_stream.MAX_BYTES // MB} MB" in text
    tile_mb, picture_mb = Limits().body_bytes // MB, decode.MAX_DECODED_BYTES // MB
    assert f"{tile_mb} MB for a fetched tile, {picture_mb} MB for its picture" in text
    assert supervisor.MAX_STRIKES == 3, "after three such faults"


def test_nothing_is_unpickled() -> None:
    """Neither by name nor by the connections of multiprocessing, whose `recv` does so."""
    for room in ("layers", "viewer"):
        for path in (ROOT / room).rglob("*.py"):
            code = path.read_text("utf-8")
            assert not re.search(r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill)\b|\.recv\(\)", code, re.M), path
            assert "allow_pickle=True" not in code, path
