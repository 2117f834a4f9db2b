"""QML that names files and hosts, or is made to run long: nothing of it is opened, and what is kept is bounded."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from layers.errors import InvalidValue, NotReadable
from layers.project.qgis.qml_in import read_qml
from viewer.app.opening.style_files import style_of_file

ROOT = Path(__file__).parents[4]
SVG = base64.b64encode(
    b'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="/etc/passwd"/></svg>'
).decode()


def options(values: dict[str, str]) -> str:
    return (
        "<Option>" + "".join(f'<Option name="{key}" value="{value}"/>' for key, value in values.items()) + "</Option>"
    )


def layer(kind: str, values: dict[str, str], more: str = "") -> str:
    return f'<layer class="{kind}" enabled="1">{options(values)}{more}</layer>'


def style(symbol: str, of: str = "marker", rest: str = "") -> bytes:
    symbols = f'<symbols><symbol name="0" type="{of}">{symbol}</symbol></symbols>'
    return f'<qgis><renderer-v2 type="singleSymbol">{symbols}</renderer-v2>{rest}</qgis>'.encode()


def label(**attributes: str) -> str:
    inner = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f'<labeling type="simple"><settings><text-style {inner}/></settings></labeling>'


def reaching(path: str) -> dict[str, tuple[bytes, str]]:
    """Styles that have QGIS open a file, a host or a program; and what is said to be left out."""
    expression = f"eval(file_contents(&apos;{path}&apos;)) || env(&apos;HOME&apos;)"
    defined = (
        '<data_defined_properties><Option><Option name="properties"><Option name="name"><Option name="active" '
        f'value="true"/><Option name="expression" value="{expression}"/></Option></Option></Option>'
        "</data_defined_properties>"
    )
    return {
        "an SVG": (style(layer("SvgMarker", {"name": path})), "SVG pictures"),
        "an SVG of a host": (style(layer("SvgMarker", {"name": "https://127.0.0.1:1/a.svg"})), "SVG pictures"),
        "an embedded SVG": (style(layer("SvgMarker", {"name": f"base64:{SVG}"})), "SVG pictures"),
        "a picture": (style(layer("RasterMarker", {"imageFile": path})), "pictures"),
        "an embedded picture": (style(layer("RasterMarker", {"imageFile": "base64:" + "A" * 10_000})), "pictures"),
        "a fill of pictures": (style(layer("RasterFill", {"imageFile": path}), "fill"), "of another kind"),
        "a fill of SVGs": (style(layer("SVGFill", {"svgFile": path, "data": SVG}), "fill"), "of another kind"),
        "a line of pictures": (style(layer("RasterLine", {"imageFile": path}), "line"), "of another kind"),
        "an expression": (style(layer("SimpleMarker", {"name": "circle"}, defined)), "columns or expressions"),
        "a font": (style(layer("FontMarker", {"font": path, "chr": "A"})), "letters as signs"),
        "a label": (
            style(layer("SimpleMarker", {}), rest=label(fieldName=expression, isExpression="1")),
            "a label made by an expression",
        ),
        "code": (
            style(
                layer("SimpleMarker", {}),
                rest="<editforminit>x</editforminit><editforminitcode>import os"
                f"</editforminitcode><attributeactions><actionsetting action='{path}' type='1'/></attributeactions>",
            ),
            "",
        ),
    }


def test_nothing_that_a_style_names_is_opened(tmp_path):
    """Under strace: the reader of styles opens no file that a style names, and no socket."""
    bait = tmp_path / "bait.svg"
    bait.write_text("<svg/>")
    texts = reaching(str(bait))
    for name, (text, why) in texts.items():
        found = read_qml(text)
        assert why in found.sentence, name
        kept = json.dumps(found.style.to_json())
        assert "bait" not in kept, name
        assert "127.0.0.1" not in kept, name
        (tmp_path / f"{name}.qml").write_bytes(text)
    script = (
        "import sys, layers.project.qgis.qml_in as q, layers.project.qgis.qml_symbols_out as s; s._signs()\n"
        "import socket; opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append((event, str(args[0]))) "
        "if event in ('open', 'socket.connect', 'subprocess.Popen', 'os.listdir') else None)\n"
        "for path in sys.argv[1:]: q.read_qml(open(path, 'rb').read())\n"
        "print([one for one in opened if not one[1].endswith('.qml')])"
    )
    paths = [str(tmp_path / f"{name}.qml") for name in texts]
    done = subprocess.run([sys.executable, "-c", script, *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def renderer(kind: str, inner: str) -> bytes:
    symbol = f'<symbols><symbol name="0" type="marker">{layer("SimpleMarker", {})}</symbol></symbols>'
    return f'<qgis><renderer-v2 type="{kind}" attr="a">{symbol}{inner}</renderer-v2></qgis>'.encode()


def categories(inner: str) -> bytes:
    return renderer("categorizedSymbol", f"<categories>{inner}</categories>")


def rules(inner: str) -> bytes:
    return renderer("RuleRenderer", f"<rules>{inner}</rules>")


def long_label(text: str) -> bytes:
    return style(layer("SimpleMarker", {}), rest=label(fieldName=text, isExpression="1"))


LONG = {
    "a long label": lambda: long_label("if(coalesce(" + ") is null, &apos;&apos;, " * 200_000),
    "a long column": lambda: long_label("&quot;" * 10**6),
    "dashes": lambda: style(layer("SimpleLine", {"use_custom_dash": "1", "customdash": "1;" * 10**6}), "line"),
    "shapes": lambda: style("".join(layer("SimpleMarker", {"name": f"shape{n}"}) for n in range(40_000))),
    "categories": lambda: categories("".join(f'<category symbol="0" value="{n}"/>' for n in range(100_000))),
    "values": lambda: categories("<category symbol='0'>" + "<val value='x'/>" * 100_000 + "</category>"),
    "a long value": lambda: categories(f'<category symbol="0" value="{"v" * 10**6}"/>'),
    "a long legend": lambda: categories(f'<category symbol="0" value="a" label="{"l" * 10**6}"/>'),
    "a long rule": lambda: rules(f'<rule symbol="0" filter="{"(" * 10**6}"/>'),
    "many bad rules": lambda: rules("".join(f'<rule symbol="0" filter="?{n}"/>' for n in range(50_000))),
    "a long attribute": lambda: categories("").replace(b'attr="a"', b'attr="' + b"a" * 10**6 + b'"'),
    "nested": lambda: b"<qgis>" + b'<renderer-v2 type="pointCluster">' * 90 + b"</renderer-v2>" * 90 + b"</qgis>",
    "numbers": lambda: style(layer("SimpleMarker", {"size": "9" * 10**6, "color": "9" * 10**6 + ",0,0"})),
    "symbols": lambda: renderer("singleSymbol", "").replace(b"<symbols>", b"<symbols>" + b"<symbol/>" * 150_000),
}


@pytest.mark.bounded
@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", sorted(LONG))
def test_a_style_made_to_run_long_is_bounded(name):
    text = LONG[name]()
    assert len(text) <= 8 * 2**20
    begin = time.monotonic()
    found, said = None, ""
    with contextlib.suppress(InvalidValue):
        found = read_qml(text)
    assert time.monotonic() - begin < 10
    if found is not None:
        kept = json.dumps(found.style.to_json())
        assert len(kept) < 2**20
        assert max(map(len, kept.split('"'))) <= 4000
        assert max((len(look.dash) for look in found.style.symbols if look is not None), default=0) <= 16
        said = found.sentence
    assert len(said) < 1500


def test_a_pipe_is_no_style(tmp_path):
    os.mkfifo(tmp_path / "a.qml")
    with pytest.raises(NotReadable, match="no regular file"):
        style_of_file(tmp_path / "a.qml")
