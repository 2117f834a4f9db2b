"""The facts parse, are as many as they should be, and are nowhere sharper than what was reported."""

import re

import pytest

from layers.document.vocabulary import AS_REPORTED, DIRECT_SPEECH
from sample_data.build import facts as facts_module
from sample_data.build.facts import Claim, Facts, load, load_facilities


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load()


def test_counts(facts: Facts) -> None:
    assert (len(facts.facilities), len(facts.routes)) == (49, 11)
    assert (len(facts.claims), len(facts.context), len(facts.responses)) == (12, 2, 2)
    assert [claim.number for claim in facts.claims] == list(range(1, 13))
    assert len({facility.name for facility in facts.facilities}) == 49


def test_every_facility_has_a_source_and_an_error_with_its_basis(facts: Facts) -> None:
    for facility in facts.facilities:
        assert facility.source, facility.name
        assert facility.position_error_m >= 1000, facility.name
        assert facility.position_basis, facility.name
        assert 18 < facility.lat < 70, facility.name
        assert 30 < facility.lon < 180, facility.name


def test_only_the_five_firms_are_named_in_a_claim(facts: Facts) -> None:
    firms = {facility.name for facility in facts.facilities if facility.kind == "company"}
    assert len(firms) == 5
    assert {facility.name for facility in facts.facilities if facility.role == "named in a claim"} == firms
    assert {place for claim in facts.claims for place in claim.places} == firms
    assert {facility.role for facility in facts.facilities} == {"named in a claim", "setting"}


def test_claims_are_pinned_only_where_a_firm_is_named(facts: Facts) -> None:
    placed = {claim.number: len(claim.places) for claim in facts.claims if claim.places}
    assert placed == {8: 3, 9: 1, 11: 1}
    assert all(claim.place_note for claim in facts.claims)


def test_every_claim_is_reported_and_has_a_voice(facts: Facts) -> None:
    assert {claim.state for claim in facts.claims} == {"reported"}
    assert {claim.number for claim in facts.claims if claim.voice == "report's own"} == {2, 5, 8}
    assert {claim.voice for claim in facts.claims} == {"speaker", "report's own"}
    assert all(claim.made_by for claim in facts.claims)


def test_nobody_gives_a_likelihood() -> None:
    names = set(Claim.__struct_fields__)
    assert not [name for name in names if "likelihood" in name or "confidence" in name]
    for row in facts_module.read_toml("claims")["claim"]:
        assert set(row) == names


def test_likely_is_said_only_by_the_officials_of_row_7(facts: Facts) -> None:
    assert [claim.number for claim in facts.claims if "likely" in claim.statement] == [7]


def test_a_statement_is_attribution_and_quotation(facts: Facts) -> None:
    for claim in facts.claims:
        quoted = re.findall(r'"([^"]+)"', claim.source_wording)
        assert len(quoted) == 1, claim.number
        assert f'"{quoted[0]}"' in claim.statement, claim.number
        assert "S1" in claim.statement, claim.number
        assert claim.open_point in claim.statement, claim.number


def test_a_subject_that_the_excerpt_lacks_stands_in_brackets(facts: Facts) -> None:
    bracketed = {claim.number: re.findall(r"\[([^]]+)\]", claim.source_wording) for claim in facts.claims}
    assert {number: found for number, found in bracketed.items() if found} == {2: ["China"]}
    assert '"[China] working with Russia to improve its satellite' in facts.claims[1].statement
    assert facts.claims[1].open_point == 'whose capabilities "its" are stays open'
    assert facts.claims[11].source_wording.startswith('"semiconductor imports from China jumped'), "it has its subject"


def test_only_the_spokesman_speaks_in_words_of_his_own(facts: Facts) -> None:
    assert {claim.words_kind for claim in facts.claims} == {AS_REPORTED}
    assert [(answer.id, answer.words_kind) for answer in facts.responses] == [
        ("R1", AS_REPORTED),
        ("R2", DIRECT_SPEECH),
    ]


def test_the_source_says_the_other_side_in_its_own_words(facts: Facts) -> None:
    assert facts.source.context == "China has not provided direct lethal military support for Russia"
    assert f'"{facts.source.context}"' == facts.context[0].words


def test_only_firms_say_what_of_their_name_is_ours_and_quote_what_s1_writes(facts: Facts) -> None:
    noted = {facility.name: facility.identity_note for facility in facts.facilities if facility.identity_note}
    assert noted.keys() == {facility.name for facility in facts.facilities if facility.kind == "company"}
    told = "\n".join(claim.source_wording for claim in facts.claims)
    for name, note in noted.items():
        written = re.findall(r'S1 writes "([^"]+)"', note) or [name]
        assert all(words in told for words in written), name
        assert ("Chinese name" in note) == ("zh" in next(f.aliases for f in facts.facilities if f.name == name))


def test_imagery_is_never_sharpened_to_satellite_imagery(facts: Facts) -> None:
    third = facts.claims[2]
    assert "imagery" in third.source_wording
    assert "satellite" not in (third.statement + third.source_wording + third.open_point + third.made_by).lower()
    assert [caveat for caveat in facts.caveats if caveat.claims == (3,)]


def test_answers_are_to_the_whole(facts: Facts) -> None:
    assert [response.id for response in facts.responses] == ["R1", "R2"]
    assert {response.answers for response in facts.responses} == {"the whole"}
    assert all(response.speaker and response.words for response in facts.responses)


def test_nothing_is_invented_about_the_source(facts: Facts) -> None:
    source = facts.source
    assert (source.author, source.published_at, source.accessed_at, source.url) == ("", "", "", "")
    assert "18 and 19 April 2024" in source.descriptor
    assert "http" not in source.descriptor


def test_aliases_are_in_the_script_of_their_language(facts: Facts) -> None:
    named = [facility for facility in facts.facilities if facility.aliases]
    assert len(named) > 25
    for facility in named:
        assert set(facility.aliases) <= {"zh", "ru"}
        assert re.fullmatch(r"[一-鿿]+", facility.aliases.get("zh", "名")), facility.name
        assert re.fullmatch(r"[А-Яа-яё/ ]+", facility.aliases.get("ru", "имя")), facility.name


def test_an_alias_of_no_facility_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "read_toml", lambda name: {"Atlantis": {"zh": "名"}})
    with pytest.raises(KeyError, match="Atlantis"):
        load_facilities()
