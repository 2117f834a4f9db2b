"""Dataclasses that are made quickly: `dataclass` with the contract of Python's own, in a sixth of the time.

Python's decorator writes the source of six methods for each class and compiles it at once. The program makes some three
hundred such classes before its first picture, in the window and again in each reader: a third of all its imports, most
of it for methods that are never called, or a few times only. Here a method goes through the fields one by one until it
has been called often; then it is compiled, and from then on as quick as Python's. To type checkers this is
`dataclasses.dataclass` itself; `fields`, `replace` and `asdict` work.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

type Method = Callable[..., Any]

OFTEN = 16  # calls that take as long, field by field, as it takes to compile the method


def _quick(
    cls: type[Any] | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    slots: bool = False,
    kw_only: bool = False,
) -> Any:
    """The decorator, with those options of Python's that are in use here."""

    def make(plain: type[Any]) -> type[Any]:
        own = dict(vars(plain))
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(plain)
        if own.get("__hash__", MISSING) is None and "__eq__" in own:
            del own["__hash__"]  # Python's doing, not the author's
        put = object.__setattr__ if frozen else setattr
        init = _Late(made, "__init__", _write_frozen_init if frozen else _write_init, partial(_init, put))
        methods: dict[str, Any] = {"__init__": init, "__repr__": _repr}
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        if frozen and slots:
            methods |= {"__getstate__": _state, "__setstate__": _set_state}
        if eq:
            methods |= {"__eq__": _Late(made, "__eq__", _write_eq, _eq), "__hash__": None}
        if eq and frozen:
            methods["__hash__"] = _Late(made, "__hash__", _write_hash, _hash)
        for name, method in methods.items():
            if name not in own:
                setattr(made, name, method)
        return made

    return make if cls is None else make(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _quick


# -- by the fields at first, compiled late ---------------------------------------------------------------------------


class _Late:
    """Stands for a method: works by the fields themselves, until it has been called often and is compiled."""

    __slots__ = ("_by_fields", "_calls", "_cls", "_name", "_write", "fields")

    def __init__(
        self,
        cls: type[Any],
        name: str,
        write: Callable[[type[Any]], tuple[str, dict[str, Any]]],
        by_fields: Callable[..., Any],
    ) -> None:
        self._cls, self._name, self._write, self._by_fields = cls, name, write, by_fields
        self._calls = 0

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Method:
        if self._calls >= OFTEN or not isinstance(instance, self._cls):  # for its signature it is asked of the class
            bound: Method = self.compiled().__get__(instance, owner)
            return bound
        if self._calls == 0:
            self.fields = fields(self._cls)
        self._calls += 1
        return partial(self._by_fields, self, instance)

    def compiled(self) -> Any:
        text, free = self._write(self._cls)
        method = _compile(self._cls, self._name, text, free)
        setattr(self._cls, self._name, method)
        return method


def _init(put: Callable[[Any, str, Any], None], late: _Late, made: Any, /, *placed: Any, **named: Any) -> None:
    values = _values(late.fields, placed, named)
    if values is None:
        late.compiled()(made, *placed, **named)  # refuses them in Python's words
        return
    for name, value in values.items():
        put(made, name, value)
    if hasattr(made, "__post_init__"):
        made.__post_init__()


def _values(
    wanted: tuple[dataclasses.Field[Any], ...], placed: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    """A value for each field from the arguments and the defaults; None where they do not fit."""
    values, places, names = dict[str, Any](), iter(placed), 0
    for field in wanted:
        value = next(places, MISSING) if field.init and not field.kw_only else MISSING
        if field.init and field.name in named:
            if value is not MISSING:
                return None
            value = named[field.name]
            names += 1
        elif value is MISSING and field.default is not MISSING:
            value = field.default
        elif value is MISSING and field.default_factory is not MISSING:
            value = field.default_factory()
        if value is not MISSING:
            values[field.name] = value
        elif field.init:
            return None
    return values if names == len(named) and next(places, MISSING) is MISSING else None


def _eq(late: _Late, made: Any, other: Any) -> bool:
    if made is other:
        return True
    if other.__class__ is not made.__class__:
        return NotImplemented
    return all(getattr(made, field.name) == getattr(other, field.name) for field in late.fields if field.compare)


def _hash(late: _Late, made: Any) -> int:
    return hash(tuple(getattr(made, field.name) for field in late.fields if field.compare))


def _compile(cls: type[Any], name: str, text: str, free: dict[str, Any]) -> Any:
    """`free` are variables of the method that are neither its own nor its module's."""
    made: dict[str, Any] = {}
    exec(f"def make({', '.join(free)}):\n {text}\n return {name}", vars(sys.modules[cls.__module__]), made)
    method = made["make"](*free.values())
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    if name == "__init__":
        method.__annotations__ = {field.name: field.type for field in fields(cls) if field.init} | {"return": None}
    return method


def _write_init(cls: type[Any], put: str = "self.{0} = {1}") -> tuple[str, dict[str, Any]]:
    free: dict[str, Any] = {"_missing_": MISSING}
    placed, named, lines = ["self"], list[str](), list[str]()
    for field in fields(cls):
        given = value = field.name
        if field.default is not MISSING:
            free[f"_default_{field.name}_"] = field.default
            given = f"{field.name}=_default_{field.name}_"
        elif field.default_factory is not MISSING:
            free[f"_make_{field.name}_"] = field.default_factory
            given = f"{field.name}=_missing_"
            value = f"_make_{field.name}_() if {field.name} is _missing_ else {field.name}"
        if field.init:
            (named if field.kw_only else placed).append(given)
        elif given == field.name:
            continue  # the class sets it in __post_init__
        else:
            value = f"_default_{field.name}_" if field.default is not MISSING else f"_make_{field.name}_()"
        lines.append(put.format(field.name, value))
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join([*placed, *(["*", *named] if named else [])])
    return f"def __init__({head}):\n  " + "\n  ".join(lines or ["pass"]), free


def _write_frozen_init(cls: type[Any]) -> tuple[str, dict[str, Any]]:
    text, free = _write_init(cls, "_put_(self, '{0}', {1})")
    return text, {**free, "_put_": object.__setattr__}


def _write_eq(cls: type[Any]) -> tuple[str, dict[str, Any]]:
    same = " and ".join(f"self.{name} == other.{name}" for name in _compared(cls)) or "True"
    text = f"if self is other:\n   return True\n  if other.__class__ is self.__class__:\n   return {same}"
    return f"def __eq__(self, other):\n  {text}\n  return NotImplemented", {}


def _write_hash(cls: type[Any]) -> tuple[str, dict[str, Any]]:
    values = "".join(f"self.{name}, " for name in _compared(cls))
    return f"def __hash__(self):\n  return hash(({values}))", {}


def _compared(cls: type[Any]) -> list[str]:
    return [field.name for field in fields(cls) if field.compare]


# -- shared by all ---------------------------------------------------------------------------------------------------


@recursive_repr()
def _repr(self: Any) -> str:
    told = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(told)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    """Gives what a copy is made of: a frozen instance with slots would refuse what is set one by one."""
    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
