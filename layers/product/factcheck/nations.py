"""Names of countries and of their people: the common words of a report, which are no facts of their own."""

from __future__ import annotations

_NATIONS = """
afghanistan afghan, albania albanian, algeria algerian, argentina argentine argentinian, armenia armenian,
australia australian, austria austrian, azerbaijan azerbaijani, bangladesh bangladeshi, belarus belarusian,
belgium belgian, bolivia bolivian, brazil brazilian, britain british uk britons, bulgaria bulgarian, cambodia cambodian,
canada canadian, chile chilean, china chinese, colombia colombian, cuba cuban, denmark danish, ecuador ecuadorian,
egypt egyptian, estonia estonian, ethiopia ethiopian, finland finnish, france french, georgia georgian, germany german,
greece greek, hungary hungarian, iceland icelandic, india indian, indonesia indonesian, iran iranian, iraq iraqi,
ireland irish, israel israeli, italy italian, japan japanese, jordan jordanian, kazakhstan kazakh, kenya kenyan,
kyrgyzstan kyrgyz, laos laotian, latvia latvian, lebanon lebanese, libya libyan, lithuania lithuanian,
malaysia malaysian, mexico mexican, moldova moldovan, mongolia mongolian, morocco moroccan, myanmar burmese,
nepal nepalese, netherlands dutch, nigeria nigerian, norway norwegian, pakistan pakistani, peru peruvian,
philippines philippine filipino, poland polish, portugal portuguese, qatar qatari, romania romanian, russia russian,
serbia serbian, singapore singaporean, slovakia slovak, slovenia slovenian, somalia somali, spain spanish,
sudan sudanese, sweden swedish, switzerland swiss, syria syrian, taiwan taiwanese, tajikistan tajik,
thailand thai, tunisia tunisian, turkey turkish türkiye, turkmenistan turkmen, ukraine ukrainian, us usa american,
uzbekistan uzbek, venezuela venezuelan, vietnam vietnamese, yemen yemeni, europe european eu, africa african, asia asian
"""
_KNOWN = {word: names.split()[0] for names in _NATIONS.split(",") for word in names.split()}


_ABBREVIATED = frozenset({"us", "usa", "uk", "eu"})


def nation_of(word: str) -> str | None:
    """The country of a word as it is written that names it or its people, "russia" for Russian; None for others."""
    bare = word.replace(".", "").replace("’", "'").removesuffix("'s").removesuffix("'").removesuffix("-based")
    small = bare.casefold()
    if not bare[:1].isupper() or (small in _ABBREVIATED and not bare.isupper()):
        return None
    return _KNOWN.get(small) or _KNOWN.get(small.removesuffix("s"))
