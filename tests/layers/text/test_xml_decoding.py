"""XML as text: which encoding, and which ampersands are none of XML's."""

import io

import pytest

from layers.text.xml_decoding import Mended, encoding_of, texts_of

RUSSIAN = "<a><b>Космодром Восточный, стартовый стол</b></a>"
CHINESE = "<a><b>国家地理信息</b></a>"


@pytest.mark.parametrize(
    ("text", "declared", "real", "found", "is_guess"),
    [
        (RUSSIAN, "windows-1251", "cp1251", "cp1251", False),
        (RUSSIAN, "", "cp1251", "cp1251", True),
        (RUSSIAN, "UTF-8", "cp1251", "cp1251", True),
        (RUSSIAN, "", "utf-8", "utf-8", False),
        (RUSSIAN, "UTF-16", "utf-8", "utf-8", False),
        (RUSSIAN, "", "utf-8-sig", "utf-8-sig", False),
        (RUSSIAN, "", "utf-16", "utf-16", False),
        (RUSSIAN, "", "utf-16-le", "utf-16-le", False),
        (RUSSIAN, "no such thing", "koi8-r", "koi8-r", True),
        (CHINESE, "GBK", "gbk", "gb18030", False),
        (CHINESE, "GB2312", "gb2312", "gb18030", False),
        (CHINESE, "GB18030", "gb18030", "gb18030", False),
        (CHINESE, "", "gbk", "gb18030", True),
    ],
)
def test_what_is_declared_is_taken_where_it_fits_and_else_the_likeliest(text, declared, real, found, is_guess):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    file = io.BytesIO((head + text).encode(real))
    encoding = encoding_of(file, 10**6)
    assert encoding.name == found
    assert ("which is a guess" in encoding.note) == is_guess == bool(encoding.note)
    assert "".join(texts_of(file, encoding.name)) == head + text


def test_one_bad_byte_is_marked_and_changes_nothing_else():
    file = io.BytesIO(RUSSIAN.encode() + b"\xff")
    encoding = encoding_of(file, 10**6)
    assert "no utf-8" in encoding.note
    assert "".join(texts_of(file, encoding.name)) == RUSSIAN + "\ufffd"


@pytest.mark.parametrize(
    ("text", "mended", "count"),
    [
        ("<a>A & B</a>", "<a>A &amp; B</a>", 1),
        ("<a>AT&T&nbsp;&eacute;&amp;&#65;&#x41;&lt;</a>", "<a>AT&amp;T\xa0é&amp;&#65;&#x41;&lt;</a>", 3),
        ("<a b='?x=1&y=2&LT;'/>", "<a b='?x=1&amp;y=2&lt;'/>", 2),
        ("<a><![CDATA[A & B ]] >&nbsp;]]>&</a>", "<a><![CDATA[A & B ]] >&nbsp;]]>&amp;</a>", 1),
        ("<a><!-- & -->&nothing;</a>", "<a><!-- & -->&amp;nothing;</a>", 1),
        ("<a>&", "<a>&amp;", 1),
        ("<a><![CDATA[&", "<a><![CDATA[&", 0),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_ampersands_are_mended_wherever_the_blocks_end(text, mended, count, size):
    mend = Mended()
    padded = "<x>" + "y" * 50 + text
    blocks = (padded[at : at + size] for at in range(0, len(padded), size))
    assert "".join(mend.blocks(blocks)) == "<x>" + "y" * 50 + mended
    assert mend.count == count
