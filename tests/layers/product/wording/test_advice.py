"""The linter of sentences: what it flags, what it lets pass, how much it says and how fast."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.product.wording.advice import advice_on
from layers.product.wording.claim_texts import rules_kept_by_reports
from layers.product.wording.language import found_in, language, read_language
from layers.product.wording.reading import sentences_of
from layers.product.wording.rules import BY_NAME, KINDS, RULES

HERE = Path(__file__).parent
ROWS = [line.split("\t") for line in (HERE / "sentences.tsv").read_text(encoding="utf-8").splitlines()]
CORRECT, OF_CLAIMS = (
    (HERE / name).read_text(encoding="utf-8") for name in ("correct_text.txt", "correct_text_of_claims.txt")
)
MOST_ADVICE, MOST_IN_DEMO, STALL_MS = 2, 5, 200


def rules_on(text: str, kind: str = "statement") -> list[str]:
    return [advice.rule for advice in advice_on(text, kind)]


def test_sentences_that_say_too_much_are_flagged() -> None:
    bad = [(kind, text) for which, kind, text in ROWS if which == "bad"]
    missed = [text for kind, text in bad if not rules_on(text, kind)]
    assert len(bad) > 200
    assert len(missed) <= 0.03 * len(bad), missed


def test_sentences_that_say_what_is_known_are_not() -> None:
    good = [(kind, text) for which, kind, text in ROWS if which == "good"]
    wrong = [(text, advice_on(text, kind)) for kind, text in good if rules_on(text, kind)]
    assert len(good) > 200
    assert len(wrong) <= 0.02 * len(good), wrong


@pytest.mark.parametrize(
    ("rule", "kind", "sentence"),
    [
        ("proof", "title", "Images prove that the plant is running"),
        ("absence-of", "statement", "The island has no airstrip."),
        ("gone", "caption", "The tents have disappeared since March."),
        ("published-date", "note", "Date taken from the press release."),
        ("guilt", "statement", "The firm smuggled timber across the river."),
        ("purpose", "statement", "The new jetty is meant for submarines."),
        ("military", "label", "Army camp on the ridge"),
        ("officials-likely", "statement", "The minister said a restart was likely (55-80 %)."),
        ("stacked-hedges", "statement", "The building could possibly be a school."),
        ("attribution", "title", "China pays for the new road"),
        ("cause", "statement", "The lake shrank because of irrigation."),
        ("measure", "caption", "The mast is 64 m tall."),
        ("highly-confident", "statement", "We are highly confident of the match."),
        ("likelihood-in-reason", "reason", "The odds are good."),
        ("independently", "note", "Two papers independently confirm it."),
        ("mixed-terms", "statement", "The first is likely. The second is probable."),
        ("likelihood-and-confidence", "statement", "It is likely, with moderate confidence."),
    ],
)
def test_each_rule_has_a_sentence_of_its_own(rule: str, kind: str, sentence: str) -> None:
    assert rules_on(sentence, kind) == [rule]
    advice = advice_on(sentence, kind)[0]
    assert advice.words in str(advice.what)
    assert advice_on(sentence, kind, off={rule}) == ()


def test_all_rules_are_tried() -> None:
    assert {pattern.rule for pattern in language().patterns} <= BY_NAME.keys()
    assert all(set(rule.kinds) <= set(KINDS) for rule in RULES)


@pytest.mark.parametrize(
    "sentence",
    [
        "“This proves that the dam is gone,” the minister said.",
        "The Military Institute of Topography signed the survey.",
        "Le ministre: «la base militaire».",
        "We hold neither the survey nor its maps.",
        "What it is said to make is not clear from the text.",
        'The paper\'s headline is "Army base vanishes".',
    ],
)
def test_quotations_and_proper_names_are_not_ours(sentence: str) -> None:
    assert rules_on(sentence) == []


def test_a_sentence_gets_one_advice_and_each_sentence_its_own() -> None:
    text = "The image proves that the military base is gone. The island has no airstrip. The pier is 40 m or so long."
    advice = advice_on(text, "note")
    assert [one.rule for one in advice] == ["proof", "absence-of"]
    assert [text[one.start :].split(" ")[1] for one in advice] == ["image", "island"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is by Wuhan Co. Ltd. of Wuhan. It is 0.5 m.", 2),
        ("The U.S. report says so. No. 3 is open!", 2),
        ("One line\nAnother", 2),
        ("“Is it? It is.” he asked", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: int) -> None:
    assert len(sentences_of(text)) == sentences
    assert all(text[one.start :].startswith(one.text) for one in sentences_of(text))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "reason"])
@pytest.mark.parametrize("text", [CORRECT, OF_CLAIMS], ids=["images", "claims"])
def test_a_correct_report_of_600_words_gets_at_most_two_advices(text: str, kind: str) -> None:
    assert len(text.split()) > 600
    advice = advice_on(text, kind)
    assert len(advice) <= MOST_ADVICE, advice


def test_the_demo_gets_at_most_five_advices(demo: Document) -> None:
    texts = [("label", site.label) for site in demo.sites.values()]
    texts += [("note", site.notes) for site in demo.sites.values()]
    texts += [("statement", claim.statement) for claim in demo.claims.values() if claim.voice == "analyst"]
    texts += [("note", text) for claim in demo.claims.values() for text in (claim.alternatives, claim.change_note)]
    assert sum(bool(text) for _, text in texts) > 50
    assert sum(len(advice_on(text, kind)) for kind, text in texts) <= MOST_IN_DEMO


def test_600_words_never_hold_the_hand_that_types_them() -> None:
    took = []
    for number in range(30):  # another text each time: what was judged is remembered
        text = f"{CORRECT}\n{number}"
        begin = time.process_time()
        advice_on(text, "note")
        took.append(1000 * (time.process_time() - begin))
    assert min(took) < STALL_MS, took


@pytest.mark.bounded
def test_no_pattern_is_passed_over_that_would_find_something() -> None:
    spoken = language()
    branches = [branch for pattern in spoken.patterns for branch in pattern.branches]
    branches += [branch for guard in spoken.guards.values() for branch in guard]
    for _, _, text in ROWS:
        needs = spoken.needs_in(text)
        for branch in branches:
            found = branch.find.search(text)
            assert found is None or not branch.needs & ~needs, (branch.source[:200], found, text)


RUSSIAN = """
[families]
prove = "доказывает, доказывают, подтверждает"
[guards]
negated = '''\\bне\\b'''
[[rules.proof]]
find = '''{prove}'''
unless = ["negated"]
"""


def test_another_language_is_a_file_of_data() -> None:
    russian = read_language(RUSSIAN)
    proof = advice_on("Снимок доказывает, что дорога открыта.", "title", spoken=russian)
    assert [(one.rule, one.words) for one in proof] == [("proof", "доказывает")]
    assert advice_on("Снимок не доказывает этого.", "title", spoken=russian) == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{prove}", "{proved}", "no family proved"),
        ('"negated"', '"denied"', "no guard denied"),
        ("find", "look", "look"),
    ],
)
def test_a_file_that_names_what_it_lacks_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_language(RUSSIAN.replace(old, new))


def test_found_in_looks_only_where_its_needs_are_met() -> None:
    pattern = next(pattern for pattern in language().patterns if pattern.rule == "proof")
    assert found_in(pattern.branches, "it proves that", 0) is None
    assert found_in(pattern.branches, "it proves that", language().needs_in("it proves that"))


@pytest.mark.parametrize(
    ("statement", "reported", "is_kept"),
    [
        ("The camp is a missile base.", "“A Missile base,” he wrote", True),
        ("The camp is a missile base.", "", False),
        ("The camp is a missile base.", "a camp", False),
        ("The camp is a missile base of the army.", "a missile base", False),
        ("The camp is open.", "a missile base", False),
    ],
)
def test_words_of_the_judged_reports_name_who_says_so(statement: str, reported: str, is_kept: bool) -> None:
    assert rules_kept_by_reports(statement, reported) == (frozenset(("military",)) if is_kept else frozenset())
