"""A name that says where it is from is still a pair; a pair that says nothing is a plain one."""

from __future__ import annotations

import copy
import pickle

from layers.document.alias import Alias, origin_of, with_origin

OURS = Alias("zh", "海康威视", is_ours=True)


def test_an_alias_is_a_pair() -> None:
    language, name = OURS
    assert (language, name, dict([OURS])) == ("zh", "海康威视", {"zh": "海康威视"})


def test_aliases_of_another_origin_are_others() -> None:
    plain = ("zh", "海康威视")
    assert OURS.__ne__(plain)
    assert not OURS.__eq__(plain)
    assert (plain,) != (OURS,)
    assert Alias(*plain) == plain
    assert plain == Alias(*plain)
    assert hash(OURS) == hash(plain)
    assert Alias(*plain, source_uuid="s") != OURS
    assert OURS != "zh"


def test_a_copy_keeps_its_origin() -> None:
    for again in (copy.copy(OURS), copy.deepcopy(OURS), pickle.loads(pickle.dumps(OURS))):
        assert (again, origin_of(again)) == (OURS, ("", True))


def test_nothing_stated_is_a_plain_pair() -> None:
    assert type(with_origin("ru", "Имя")) is tuple
    assert origin_of(("ru", "Имя")) == ("", False)
    assert origin_of(with_origin("ru", "Имя", "s")) == ("s", False)
