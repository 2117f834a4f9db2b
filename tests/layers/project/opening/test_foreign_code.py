"""Code in styles and projects of other programs is named at opening, and is in no file that we save."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from layers.project.opening.foreign_code import is_suspect, judged_project, judged_sld, judged_style
from layers.project.opening.validation_report import validate
from layers.project.saving.backups import backup_path
from layers.project.saving.publish import publish, write_case
from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import Integrity, empty_slot, seal
from layers.project.storage.schema import PROJECT_METADATA, STYLES_KEY
from tests.support.cases.case_contents import rows
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import BLOBS, open_for_work, read_case, relabel, rich_document

TEMPLATE = '''# -*- coding: utf-8 -*-
"""
QGIS forms can have a Python function that is called when the form is opened.
"""
from qgis.PyQt.QtWidgets import QWidget

def my_form_open(dialog, layer, feature):
    geom = feature.geometry()
    control = dialog.findChild(QWidget, "MyLineEdit")
'''
PLAIN = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.40.0"><flags><Identifiable>1</Identifiable></flags>
<renderer-v2 type="singleSymbol"><symbols><symbol name="0" type="marker"><layer class="SimpleMarker">
<Option type="Map"><Option name="color" value="1,2,3,255" type="QString"/></Option></layer></symbol></symbols>
</renderer-v2>
<customproperties><Option type="Map"/></customproperties><layerOpacity>1</layerOpacity>
<labeling type="simple"><settings><text-style fieldName="upper(&quot;name&quot;) || ' (env. 3 %)'" isExpression="1"/>
</settings></labeling><attributeactions><defaultAction key="Canvas" value="{0}"/></attributeactions>
<editform tolerant="1"></editform><editforminit/><editforminitcodesource>0</editforminitcodesource>
<editforminitfilepath></editforminitfilepath><mapTip enabled="1"></mapTip>{part}</qgis>"""
INIT = "<editforminitcodesource>2</editforminitcodesource><editforminitcode>import os</editforminitcode>"
CODE = {
    "init code": (INIT, "Python of a form"),
    "init code that is off": ("<editforminitcode>import os</editforminitcode>", "Python of a form"),
    "init function": ("<editforminit>evil</editforminit>", "Python of a form"),
    "init file": ("<editforminitfilepath>evil.py</editforminitfilepath>", "Python of a form"),
    "form": ("<editform>evil.ui</editform>", "a form of its own"),
    "action": (
        '<attributeactions><actionsetting type="1" action="import os" name="x"/></attributeactions>',
        "an action",
    ),
    "deep action": ('<legend><a><actionsetting action="import os"/></a></legend>', "an action"),
    "QML": (
        '<attributeEditorForm><attributeEditorQmlElement name="x">import Evil</attributeEditorQmlElement>'
        "</attributeEditorForm>",
        "QML in a form",
    ),
    "HTML": (
        "<attributeEditorForm><attributeEditorHtmlElement>evil</attributeEditorHtmlElement></attributeEditorForm>",
        "HTML in a form",
    ),
    "map tip": ('<mapTip enabled="1">&lt;script&gt;</mapTip>', "HTML of map tips"),
    "unknown": ("<evil>import os</evil>", "a part that is not known (evil)"),
    "environment": ('<defaults><default field="a" expression="env(\'HOME\')"/></defaults>', "an expression"),
    "spaced": ("<defaults><default expression=\"ENV /* a */ -- b&#10; ('HOME')\"/></defaults>", "an expression"),
    "character": ("<defaults><default expression=\"&#101;nv('HOME')\"/></defaults>", "an expression"),
    "file": (
        "<labeling><settings><text-style fieldName=\"file_size('/etc/passwd')\"/></settings></labeling>",
        "an expression",
    ),
    "evaluated": ("<previewExpression>eval('en' || 'v(1)')</previewExpression>", "an expression"),
    "layer": ("<previewExpression>load_layer('/etc/passwd', 'ogr')</previewExpression>", "an expression"),
}
EVIL_WORDS = ("import os", "evil", "script", "env(", "ENV", "file_size", "eval(", "load_layer", "Evil")


def qml(part: str = "") -> str:
    return PLAIN.replace("{part}", part)


def project(text: str, more: dict[str, bytes] | None = None) -> str:
    """A QGIS project as the database has it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("case.qgs", text)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return out.getvalue().hex()


def text_of(content: object) -> str:
    """The project in the archive."""
    assert isinstance(content, str)
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        return archive.read("case.qgs").decode()


def qgs(properties: str = "<Gui/>", layer: str = "", more: str = "") -> str:
    return (
        f'<qgis version="3.40.0" projectname="x"><title>x</title><projectlayers><maplayer><id>a</id>{layer}</maplayer>'
        f"</projectlayers><properties>{properties}</properties>{more}</qgis>"
    )


def test_a_style_without_code_stands_to_the_byte() -> None:
    assert judged_style(qml()).content == qml()
    assert judged_style(qml()).left_out == ()
    assert judged_style("no XML").content == "no XML"


@pytest.mark.parametrize("name", CODE)
def test_code_in_a_style_is_left_out_and_named(name: str) -> None:
    part, noun = CODE[name]
    found = judged_style(qml(part))
    assert any(noun in one for one in found.left_out)
    assert isinstance(found.content, str)
    assert not any(word in found.content for word in EVIL_WORDS)
    assert "SimpleMarker" in found.content
    assert judged_style(found.content).left_out == ()
    if name not in ("unknown", "HTML in a form"):
        assert is_suspect(qml(part))


@pytest.mark.parametrize(
    ("text", "suspect"),
    [
        *((text, True) for text in ("1 + EVAL (x)", "fİle_size(x)", "ıs_File /* ( */ (x)", "exif_GEOTAG -- (\n (x)")),
        *(
            (text, True)
            for text in ("interval(1), env('x')", "i\u017f_directory(x)", "SQLITE_FETCH_AND_INCREMENT\t(x)")
        ),
        *((text, False) for text in ("intervals (x)", "file_ (x)", "evaluated(x)", "env", "profile_of(x)", "env x (")),
    ],
)
def test_a_call_is_suspected_in_any_spelling_and_no_other_word_is(text: str, suspect: bool) -> None:
    assert is_suspect(text) == suspect


def test_the_example_that_qgis_writes_goes_without_a_word() -> None:
    found = judged_style(qml(f"<editforminitcode><![CDATA[{TEMPLATE}]]></editforminitcode>"))
    assert found.left_out == ()
    assert isinstance(found.content, str)
    assert "my_form_open" not in found.content


@pytest.mark.parametrize(
    "text",
    [
        "<qgis><unclosed>",
        '<!DOCTYPE qgis [<!ENTITY a "b">]><qgis>&a;</qgis>',
        "<evil/>",
        "<qgis>" + "<a>" * 200 + "</a>" * 200 + "</qgis>",
    ],
)
def test_a_style_that_cannot_be_judged_stands_nowhere(text: str) -> None:
    found = judged_style(text)
    assert found.content is None
    assert found.left_out


def test_an_sld_is_whole_or_not_at_all() -> None:
    plain = '<sld:StyledLayerDescriptor xmlns:sld="a"><sld:Name>x</sld:Name></sld:StyledLayerDescriptor>'
    assert judged_sld(plain).content == plain
    evil = plain.replace(
        "<sld:Name>", '<ogc:Function name="env"><ogc:Literal>HOME</ogc:Literal></ogc:Function><sld:Name>'
    )
    assert judged_sld(evil).content is None


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        (qgs("<Macros><pythonCode>import os</pythonCode></Macros>"), "macros"),
        (qgs("<ExpressionFunctions><pythonCode>import os</pythonCode></ExpressionFunctions>"), "functions in Python"),
        (qgs("<evil>import os</evil>"), "a part that is not known (evil)"),
        (qgs(layer=INIT), "Python of a form"),
        (qgs(layer="<evil>1</evil>"), "a part that is not known (evil)"),
        (qgs(layer="<datasource>?query=SELECT%20env%28'HOME'%29</datasource>"), "an expression"),
        (
            qgs(
                layer=f"<map-layer-style-manager><map-layer-style><qgis>{INIT}</qgis></map-layer-style>"
                "</map-layer-style-manager>"
            ),
            "Python of a form",
        ),
        (qgs(more="<projectModels><model>import os</model></projectModels>"), "processing models"),
        (qgs(more='<Layouts><Layout><LayoutMultiFrame html="evil"/></Layout></Layouts>'), "HTML in a layout"),
        (qgs(more="<evil>import os</evil>"), "a part that is not known (evil)"),
    ],
)
def test_code_in_a_project_is_left_out_and_named(text: str, noun: str) -> None:
    found = judged_project(project(text))
    assert any(noun in one for one in found.left_out)
    kept = text_of(found.content)
    assert not any(word in kept for word in (*EVIL_WORDS, "env%28"))
    assert "<title>x</title>" in kept


def test_a_project_without_code_stands_to_the_byte() -> None:
    plain = project(qgs("<Macros><pythonCode/></Macros>"), {"case.qgd": b"SQLite format 3\0..."})
    assert judged_project(plain).content == plain
    assert judged_project(plain.encode()).content == plain.encode()


@pytest.mark.parametrize(("words", "left_out"), [("<symbol/>", ()), ("<x>env('HOME')", ("styles with code",))])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_the_styles_of_a_project_stand_where_they_hold_no_code(
    words: str, left_out: tuple[str, ...], encoding: str
) -> None:
    content = project(qgs(), {"case_styles.db": b"SQLite format 3\0" + words.encode(encoding)})
    found = judged_project(content)
    assert (found.content == content, found.left_out) == (not left_out, left_out)


def test_hidden_projects_are_found() -> None:
    """QGIS skips what is no hexadecimal digit, and reads encodings that hide a tag."""
    evil = project(qgs("<Macros><pythonCode>import os</pythonCode></Macros>"))
    assert "macros" in judged_project("zz " + evil[:10] + "\n" + evil[10:]).left_out
    hidden = '<?xml version="1.0" encoding="UTF-7"?>' + qgs("<Gui>+ADw-Macros+AD4-</Gui>")
    assert "UTF-7" not in text_of(judged_project(project(hidden)).content)
    assert judged_project(qgs("<Macros><pythonCode>import os</pythonCode></Macros>")).content is None
    assert judged_project(b"PK\x03\x04".hex() + "00" * 40).content is None
    assert judged_project(project(qgs(), {"evil.py": b"import os"})).left_out == ("files in its archive",)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case in which somebody has put code into the style called as ours, one of their own, and a project."""
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path, blobs=BLOBS)
    style, content = qml(INIT).replace("'", "''"), project(qgs("<Macros><pythonCode>import os</pythonCode></Macros>"))
    change(
        path,
        f"UPDATE layer_styles SET styleQML = '{style}' WHERE f_table_name = 'site_point'",
        f"UPDATE layer_styles SET styleQML = '{style}', styleName = 'mine', ui = 'x' WHERE f_table_name = 'site_line'",
        f"INSERT INTO qgis_projects (name, content) VALUES ('theirs', '{content}')",
    )
    return path


def forge(path: Path) -> None:
    """The case claims that style and project with code are those that we wrote, and that nobody has edited it."""
    mark = hashlib.sha256(qml(INIT).encode()).hexdigest()[:16]
    ours = json.dumps({"site_point/Geoloupe": mark})
    content = project(qgs("<Macros><pythonCode>import os</pythonCode></Macros>"))
    slot = empty_slot()
    change(
        path,
        f"UPDATE loupe_meta SET value = '{ours}' WHERE key = '{STYLES_KEY}'",
        f"UPDATE qgis_projects SET content = '{content}' WHERE CAST(metadata AS TEXT) = '{PROJECT_METADATA}'",
        f"UPDATE loupe_meta SET value = '{slot}' WHERE key = 'integrity'",
    )
    seal(path, slot, DISK)


def code_in(path: Path) -> int:
    """How many styles and projects hold Python."""
    styles = rows(path, "SELECT styleQML || coalesce(ui, '') FROM layer_styles")
    projects = rows(path, "SELECT content FROM qgis_projects")
    found = [text for (text,) in styles]
    for (content,) in projects:
        with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
            found += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return sum("import os" in text for text in found)


@pytest.mark.bounded
@pytest.mark.parametrize("is_forged", [False, True])
def test_a_case_with_code_says_so_and_saves_none(case: Path, is_forged: bool) -> None:
    if is_forged:
        forge(case)
    assert (read_case(case).integrity is Integrity.INTACT) == is_forged
    said = [problem for problem in read_case(case).problems if "never run" in problem]
    assert any("style “Geoloupe” of site_point holds Python of a form" in one for one in said)
    assert any("style “mine” of site_line holds Python of a form and a form of its own" in one for one in said)
    assert any("QGIS project “Geoloupe” holds macros" in one for one in said) == is_forged
    assert any("QGIS project “theirs” holds macros" in one for one in said)
    assert {finding.sentence for finding in validate(case)} >= set(said)
    assert code_in(case) >= 3
    before = case.read_bytes()
    backup_path(case, 1).write_bytes(b"a save of a minute ago")
    os.utime(backup_path(case, 1), (case.stat().st_mtime - 60, case.stat().st_mtime - 60))
    intake, work = open_for_work(case.parent / "sessions", case)
    for number in range(2):
        work.append(relabel(intake.document, str(number)), "me")
        publish(work, case)
    work.close()
    assert code_in(case) == 0
    assert not [problem for problem in read_case(case).problems if "never run" in problem]
    assert before in (backup_path(case, 1).read_bytes(), backup_path(case, 2).read_bytes()), "the original is kept"


def test_our_own_styles_and_projects_hold_nothing_that_is_named(tmp_path: Path) -> None:
    write_case(rich_document(), tmp_path / "own.gpkg", blobs=BLOBS)
    for (text,) in rows(tmp_path / "own.gpkg", "SELECT styleQML FROM layer_styles"):
        assert judged_style(text).left_out == ()
        assert not is_suspect(text) or "&#" in text or "%" in text
    for (content,) in rows(tmp_path / "own.gpkg", "SELECT content FROM qgis_projects"):
        assert judged_project(content).content == content
    assert read_case(tmp_path / "own.gpkg").problems == ()
