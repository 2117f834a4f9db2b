"""The door for XML: each limit, just within and just beyond."""

import pytest

from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml, read_xml, walk_xml

SMALL = XmlLimits(size=200, depth=5, elements=9)
BARE = b"<!DOCTYPE a PUBLIC 'http://nowhere.example/a.dtd' 'SYSTEM'><a>t</a>"


@pytest.mark.parametrize(
    ("within", "beyond", "why"),
    [
        (b"<a>" * 5 + b"</a>" * 5, b"<a>" * 6 + b"</a>" * 6, "nested too deeply"),
        (b"<a>" + b"<b/>" * 8 + b"</a>", b"<a>" + b"<b/>" * 9 + b"</a>", "too many elements"),
        (b"<a>" + b" " * 193 + b"</a>", b"<a>" + b" " * 194 + b"</a>", "larger than"),
        (b"<a>t</a>", BARE, "declares a document type"),
        (b"<a>&lt;</a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "declares a document type or entities"),
        (b"<a/>", b"<a>", "no XML"),
        (b"<a/>", b"", "no XML"),
    ],
)
def test_each_limit_is_kept_and_no_less_is_allowed(within, beyond, why, tmp_path):
    parse_xml(within, SMALL)
    with pytest.raises(BadXml, match=why):
        parse_xml(beyond, SMALL)
    file = tmp_path / "a.xml"
    file.write_bytes(beyond)
    with pytest.raises(BadXml, match=why):
        read_xml(str(file), SMALL)


def test_a_bare_document_type_is_allowed_where_programs_write_it_and_declares_nothing():
    limits = SMALL._replace(bare_doctype=True)
    assert parse_xml(BARE, limits).text == "t"
    for declared in (b"<!ENTITY b 'c'>", b"<!ENTITY b SYSTEM 'file:///etc/passwd'>", b"<!ELEMENT a ANY>"):
        with pytest.raises(BadXml, match="entities"):
            parse_xml(b"<!DOCTYPE a [" + declared + b"]><a/>", limits)


def test_w8_a_document_type_is_passed_over_where_servers_send_one():
    limits = XmlLimits(passed_doctype=True)
    assert parse_xml(BARE, limits).text == "t"
    subset = (
        b"<!ELEMENT a ANY> <!ATTLIST a b CDATA 'added'> <!ENTITY c 'letters'> <!ENTITY % d SYSTEM 'http://nowhere.example/'>"
        b"<!ENTITY e SYSTEM 'file:///etc/passwd'>"
    )
    element = parse_xml(
        b"<!DOCTYPE a SYSTEM 'http://nowhere.example/a.dtd' [" + subset + b"]><a>t&c;&e;&f;u</a>", limits
    )
    assert (element.text, element.attrib) == ("tu", {})


@pytest.mark.parametrize("value", [b"&b;&b;&b;", b"long " * 10])
def test_w8_entities_that_could_grow_without_end_are_refused(value):
    text = b"<!DOCTYPE a [<!ENTITY b 'bb'> <!ENTITY c '" + value + b"'>]><a b='&c;'/>"
    with pytest.raises(BadXml, match="entities"):
        parse_xml(text, XmlLimits(passed_doctype=True))


def test_blocks_may_end_anywhere_and_what_was_told_stays_told():
    told: list[str] = []
    text = "<a>x<b c='1'>ж</b></a>".encode()
    walk_xml(
        (text[at : at + 1] for at in range(len(text))),
        lambda n, a: told.append(f"{n}{a}"),
        told.append,
        told.append,
        SMALL,
    )
    assert told == ["a{}", "x", "b{'c': '1'}", "ж", "b", "a"]
    told.clear()
    with pytest.raises(BadXml):
        walk_xml((b"<a><b/>", b"</c>"), lambda n, _: told.append(n), lambda _: None, lambda _: None, SMALL)
    assert told == ["a", "b"]


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    with pytest.raises(BadXml, match="no regular file"):
        read_xml(str(tmp_path))
