"""Our dataclasses against Python's own, made of the same fields."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import quick_dataclass

OPTIONS = [
    {"frozen": frozen, "slots": slots, "eq": eq, "kw_only": kw_only}
    for frozen in (False, True)
    for slots in (False, True)
    for eq in (False, True)
    for kw_only in (False, True)
]


def made_by(decorator: Callable[..., Any], options: dict[str, bool]) -> type[Any]:
    """The same class by either decorator, so that all that is said of it is alike."""

    @decorator(**options)
    class Example:
        """An example."""

        place: int
        name: str = "none"
        aside: int = field(default=3, compare=False)
        hidden: str = field(default="-", repr=False)
        many: list[int] = field(default_factory=list)
        total: int = field(init=False, default=0)
        kind: ClassVar[str] = "example"

        def __post_init__(self) -> None:
            object.__setattr__(self, "total", self.place + len(self.many))

    return Example


def pair(options: dict[str, bool]) -> tuple[type[Any], type[Any]]:
    return made_by(quick_dataclass.dataclass, options), made_by(dataclasses.dataclass, options)


@pytest.fixture(params=["by the fields", "compiled"])
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods as they work at first, and as they work once they are called often."""
    monkeypatch.setattr(quick_dataclass, "OFTEN", 0 if request.param == "compiled" else 10**9)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@given(place=st.integers(), name=st.text(), aside=st.integers(), many=st.lists(st.integers(), max_size=3))
def test_instances_are_as_of_pythons_own(
    options: dict[str, bool], place: int, name: str, aside: int, many: list[int]
) -> None:
    ours, pythons = pair(options)
    given = {"place": place, "name": name, "aside": aside, "many": many}
    mine, his = ours(**given), pythons(**given)
    assert repr(mine) == repr(his)
    assert dataclasses.asdict(mine) == dataclasses.asdict(his)
    assert (mine == ours(**given)) == (his == pythons(**given)) == options["eq"]
    assert (mine == ours(**{**given, "aside": aside + 1})) == options["eq"], "left out of the comparison"
    assert mine != ours(**{**given, "place": place + 1})
    assert mine != his
    assert dataclasses.replace(mine, name="other").name == "other"
    assert repr(copy.copy(mine)) == repr(copy.deepcopy(mine)) == repr(mine)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(
    ("placed", "named"),
    [
        ((), {}),
        ((1, "a", 2, "b", [], 5), {}),
        ((1,), {"place": 2}),
        ((1,), {"total": 2}),
        ((), {"place": 1, "nobody": 2}),
        ((), {"name": "a"}),
        ((1, "a"), {"aside": 3, "many": [4]}),
        ((), {"many": [4], "place": 1}),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_pythons_words(
    options: dict[str, bool], placed: tuple[Any, ...], named: dict[str, Any]
) -> None:
    said = []
    for cls in pair(options):
        try:
            said.append(repr(cls(*placed, **named)))
        except TypeError as error:
            said.append(str(error))
    assert said[0] == said[1]


def test_a_method_is_compiled_once_it_is_called_often() -> None:
    ours, _ = pair(OPTIONS[0])
    first = vars(ours)["__init__"]
    for _ in range(quick_dataclass.OFTEN):
        ours(1)
    assert vars(ours)["__init__"] is first
    ours(1)
    assert inspect.isfunction(vars(ours)["__init__"])


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_classes_are_as_pythons_own(options: dict[str, bool]) -> None:
    ours, pythons = pair(options)
    for told in ("__match_args__", "__doc__", "__qualname__", "__module__"):
        assert getattr(ours, told) == getattr(pythons, told)
    assert [(f.name, f.type, f.kw_only) for f in dataclasses.fields(ours)] == [
        (f.name, f.type, f.kw_only) for f in dataclasses.fields(pythons)
    ]
    shown = [
        [(p.name, p.kind, p.annotation) for p in inspect.signature(cls).parameters.values()] for cls in (ours, pythons)
    ]
    assert shown[0] == shown[1]
    assert hasattr(ours(place=1), "__dict__") == hasattr(pythons(place=1), "__dict__") == (not options["slots"])
    assert (ours.__hash__ is None) == (pythons.__hash__ is None)
    with pytest.raises(TypeError):
        ours()


@pytest.mark.parametrize("slots", [False, True])
def test_a_frozen_instance_stays_as_it_is(slots: bool) -> None:
    example = made_by(quick_dataclass.dataclass, {"frozen": True, "slots": slots})(1)
    with pytest.raises(FrozenInstanceError):
        example.place = 2
    with pytest.raises(FrozenInstanceError):
        del example.place
    assert example.place == 1


@quick_dataclass.dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    uuid: str
    rev: int = 1


@quick_dataclass.dataclass(frozen=True, slots=True, kw_only=True)
class Named(Stamped):
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@quick_dataclass.dataclass(frozen=True)
class Pair:
    """Equal and hashed by a rule of its own."""

    low: int
    high: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pair) and self.low == other.low

    def __hash__(self) -> int:
        return self.low


@quick_dataclass.dataclass(slots=True)
class Counted:
    """Made in a way of its own."""

    many: int

    def __init__(self, words: str) -> None:
        self.many = len(words.split())


@quick_dataclass.dataclass(frozen=True)
class Alone:
    place: int


def test_hashes_are_by_value() -> None:
    assert hash(Alone(3)) == hash(Alone(3))
    assert len({Alone(3), Alone(3), Alone(4)}) == 2
    assert hash(Stamped(uuid="a")) == hash(Stamped(uuid="a")) != hash(Stamped(uuid="b"))


def test_fields_are_inherited_and_own_methods_stay() -> None:
    named = Named(uuid="a", name="b")
    assert repr(named) == "<b>"
    assert named.rev == 1
    assert named == Named(name="b", uuid="a") != Stamped(uuid="a")
    assert Pair(1, 2) == Pair(1, 3)
    assert hash(Pair(1, 2)) == 1
    assert Counted("a b c").many == 3


def test_copies_go_through_a_pipe() -> None:
    for value in (Named(uuid="a", name="b", rev=4), Stamped(uuid="c"), Alone(1), Pair(1, 2)):
        assert pickle.loads(pickle.dumps(value)) == value
