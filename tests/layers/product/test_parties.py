"""Named parties in words: attribution, excerpts, answers, and names found in any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.document import Document
from layers.product.content import ClaimSaid, NamedSite, ProductContent, QuoteCited, ResponseSaid, SourceCited
from layers.product.gathering import content_of
from layers.product.parties import (
    LEAST_EXCERPT,
    PartyNames,
    Telling,
    claim_sentence,
    excerpt,
    left_out_words,
    names_of,
    parties_at,
    told_parties,
    untold_parties,
)

S1 = SourceCited("s", "S1", "“A report”, A paper", publisher="A paper", context="It has sent none.")
QUOTE = QuoteCited("", "", S1)
FIRM = NamedSite("f", "Firm Co. Ltd. (Great Firm Works)", is_party=True, is_named=True, is_firm=True)
OTHER = NamedSite("o", "Other Works", is_party=True, is_named=True, is_firm=True)
CLAIM = ClaimSaid("c", "C1", "", "“Firm Co. Ltd. sells lenses”", "two officials", quotes=(QUOTE,), parties=(FIRM,))
TO_WHOLE = ResponseSaid(
    "r", "answer", "A state", "no", source=S1, is_to_whole=True, sentence="S1, citing A state: “no”"
)
LEVELS = list(Telling)
NAMED_LEVELS = LEVELS[:-1]


def _words(content: ProductContent, level: Telling) -> str:
    return "\n".join(words for _, words in parties_at(content, level))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "S1, citing two officials: “Firm Co. Ltd. sells lenses”"),
        ({"words_kind": "as reported"}, "S1, citing two officials: “Firm Co. Ltd. sells lenses”"),
        ({"words_kind": "direct speech"}, "two officials: “Firm Co. Ltd. sells lenses” [S1]"),
        ({"made_at": "12 April"}, "S1, citing two officials, 12 April: “Firm Co. Ltd. sells lenses”"),
        (
            {"voice": "report's own", "speaker": "report's voice, unattributed"},
            "S1, in its own voice, unattributed: “Firm Co. Ltd. sells lenses”",
        ),
        (
            {"voice": "report's own", "speaker": "the report, in its own voice"},
            "S1, in its own voice: “Firm Co. Ltd. sells lenses”",
        ),
        (
            {"voice": "report's own", "speaker": 'report\'s voice; "the officials say" only that it could'},
            'S1, in its own voice ("the officials say" only that it could): “Firm Co. Ltd. sells lenses”',
        ),
        ({"quotes": ()}, "a source that is not cited, citing two officials: “Firm Co. Ltd. sells lenses”"),
        ({"speaker": ""}, "S1, citing nobody by name: “Firm Co. Ltd. sells lenses”"),
        ({"quotes": (QuoteCited("", "p. 3", S1),)}, "S1, p. 3, citing two officials: “Firm Co. Ltd. sells lenses”"),
        ({"voice": "analyst", "source_words": "", "statement": "It does."}, "Our own judgement: It does."),
    ],
)
def test_words_stand_with_the_source_and_whom_it_cites(fields: dict[str, object], sentence: str) -> None:
    assert claim_sentence(replace(CLAIM, **fields)) == sentence  # type: ignore[arg-type]


def test_the_demo_is_told_whole_in_part_and_without_names(demo: Document) -> None:
    content = content_of(demo, demo.sites)
    whole, part, nameless = (_words(content, level) for level in (Telling.WORDS, Telling.EXCERPT, Telling.NAMELESS))
    assert whole.startswith("Named in a claim: 5 of 60 marks\nS1: “US intel: China surges equipment sales")
    assert "S1, in its own voice, unattributed: “China-based" in whole
    for told in (whole, part):  # the list of sources may stand on another page
        assert told.index("S1: ") < told.index("S1, ")
    assert nameless.index("S1: ") < nameless.index("inferred by us")
    assert "S1, citing two officials: “Russia has received military optics" in whole
    for told in (whole, part):
        assert "The firms' own answers: none in S1." in told
        assert 'S1, citing China, "repeatedly": "isn\'t providing Russia with arms or military assistance"' in told
        assert 'Liu Pengyu, spokesman of the Chinese Embassy in Washington: "The normal trade' in told
        assert "S1 also: “China has not provided direct lethal military support for Russia”" in told
        assert told.count("isn't providing") == told.count("direct lethal") == 1, "once a file"
        assert "9 further claims of this case are not on this page." in told
    assert 'Hikvision: S1 writes "Hikvision". The full name in brackets and the Chinese name are ours.' in whole
    assert "No part of it is ours" not in whole
    assert "Places inferred by us, but for iRay Technology." in part
    assert "Wuhan Tongsheng Technology Co. Ltd. and Hikvision are providing optical components ...”" in part
    assert "5 firms named in S1, here without names." in nameless
    assert not PartyNames.of(content).names_any(nameless)
    assert len(part) < 0.8 * len(whole)


@pytest.mark.parametrize("level", NAMED_LEVELS)
def test_every_party_of_a_page_that_names_one_is_named(demo: Document, level: Telling) -> None:
    content = content_of(demo, demo.sites)
    names = PartyNames.of(content)
    assert names.read_in(_words(content, level)) == {one.uuid for one in told_parties(content)}


def test_without_any_answer_none_is_made_up() -> None:
    def said(*responses: ResponseSaid) -> str:
        return _words(ProductContent(claims=(replace(CLAIM, responses=responses),)), Telling.WORDS)

    assert "The firm's own answer: none in S1." in said(TO_WHOLE)
    own = replace(TO_WHOLE, uuid="own", is_to_whole=False, speaker="Firm", sentence="Firm: “never” [S1]")
    assert "own answer" not in said(own, TO_WHOLE)
    assert said(own, TO_WHOLE).index("Firm: “never”") < said(own, TO_WHOLE).index("A state")
    assert "none in" not in said()
    assert "No answer of those named is recorded." in said()


def test_of_several_claims_those_without_an_answer_are_told_by_name() -> None:
    own = replace(TO_WHOLE, uuid="own", is_to_whole=False, sentence="Firm: “never” [S1]")
    answered = replace(CLAIM, responses=(own, TO_WHOLE))
    silent = replace(CLAIM, uuid="d", source_words="“Other Works sells glass”", parties=(OTHER,), responses=(TO_WHOLE,))
    said = _words(ProductContent(claims=(answered, silent)), Telling.WORDS)
    assert "Of Other Works the own answer: none in S1." in said
    assert said.count("A state") == 1


def test_a_judgement_of_ours_stands_apart_at_every_length() -> None:
    judged = replace(
        CLAIM, state="assessed", likelihood="likely (55–80 %)", confidence="Confidence: low", reason="One."
    )
    for level in NAMED_LEVELS:
        lines = [words for _, words in parties_at(ProductContent(claims=(judged,)), level)]
        assert "We judge it likely (55–80 %)." in lines
        assert "Confidence: low. One." in lines


def test_a_label_that_the_source_has_not_is_ours() -> None:
    said = _words(ProductContent(claims=(replace(CLAIM, source_words="“a maker of lenses”"),)), Telling.WORDS)
    assert "Firm Co. Ltd.: not written so in the source, the name is ours." in said
    noted = replace(FIRM, identity="S1 has “Firm”; the rest is ours")
    said = _words(ProductContent(claims=(replace(CLAIM, parties=(noted,)),)), Telling.WORDS)
    assert "Firm Co. Ltd.: S1 has “Firm”; the rest is ours." in said
    plain = replace(FIRM, name="Firm Co. Ltd.")
    assert "ours" not in _words(ProductContent(claims=(replace(CLAIM, parties=(plain,)),)), Telling.WORDS)


def test_a_mark_that_only_other_claims_name_is_untold(demo: Document) -> None:
    firms = {site.label: site.uuid for site in demo.sites.values() if site.role == "named in a claim"}
    hikvision = next(uuid for label, uuid in firms.items() if label.startswith("Hikvision"))
    content = content_of(demo, firms.values(), about=hikvision)
    told = {one.uuid for one in told_parties(content)}
    assert hikvision in told
    assert untold_parties(content) == set(firms.values()) - told
    assert left_out_words(content) == "11 further claims of this case are not on this page."


@pytest.mark.parametrize(
    ("site", "text", "is_read"),
    [
        (FIRM, "the firm co. ltd. and others", True),
        (FIRM, "the Great\n Firm Works", True),
        (replace(FIRM, name="Firmware Co."), "new firmware", True),
        (replace(FIRM, name="iRay Technology"), "Hiray Technology", False),
        (replace(FIRM, name="iRay Technology"), "IRAY TECHNOLOGYs", False),
        (replace(FIRM, name="X", names=(("zh", "海康威视"),)), "在海康威视公司", True),
        (replace(FIRM, name="Pad (planned)", doubt="planned"), "it is planned", False),
        (replace(FIRM, name="Norinco (Beijing)"), "in Beijing", False),
    ],
)
def test_names_are_found_as_readers_find_them(site: NamedSite, text: str, is_read: bool) -> None:
    assert PartyNames([site]).names_any(text) is is_read, names_of(site)


@given(
    st.lists(
        st.sampled_from(["Alpha", "sells", "many", "lenses", "for", "use", "in", "tanks", "armored", "of", "Omega"]),
        max_size=60,
    ),
    st.integers(20, 200),
)
def test_an_excerpt_is_an_unbroken_part_with_all_names(words: list[str], most: int) -> None:
    line = " ".join(words)
    part = excerpt(f"“{line}”", ["Alpha", "Omega"], most)
    bare = part.removeprefix("... ").removesuffix(" ...")
    assert bare in line
    assert len(part) <= len(line)
    assert (part == line) or len(bare) >= LEAST_EXCERPT
    assert all(line.count(name) == bare.count(name) for name in ("Alpha", "Omega"))
    assert part == bare or not {part.split()[0], part.split()[-1]}.isdisjoint({"..."})
    if bare != line:
        assert f" {bare} " in f" {line} ", "cut between words"


@example("x", '""', "")
@example("“", " ", "x")
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_words_are_told(name: str, words: str, speaker: str) -> None:
    site = replace(FIRM, name=name or "x")
    content = ProductContent(claims=(replace(CLAIM, parties=(site,), source_words=words, speaker=speaker),))
    for level in LEVELS:
        assert all(isinstance(one.words, str) for one in parties_at(content, level))
    PartyNames.of(content).read_in(words)
