"""Dataclasses that are made quickly: `dataclass` with the contract of Python's own, in a sixth of the time.

Python's decorator writes the source of six methods for each class and compiles it at once. The program makes some three
hundred such classes before its first picture, in the window and again in each reader: a third of all its imports, most
of it for methods that are never called. Here a method is compiled when it is first asked for; from then on it is as
quick as Python's. To type checkers this is `dataclasses.dataclass` itself; `fields`, `replace` and `asdict` work.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

type Method = Callable[..., Any]


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
        init = _Late(made, "__init__", _write_frozen_init if frozen else _write_init)
        methods: dict[str, Any] = {"__init__": init, "__repr__": _repr}
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        if frozen and slots:
            methods |= {"__getstate__": _state, "__setstate__": _set_state}
        if eq:
            methods |= {"__eq__": _Late(made, "__eq__", _write_eq), "__hash__": None}
        if eq and frozen:
            methods["__hash__"] = _Late(made, "__hash__", _write_hash)
        for name, method in methods.items():
            if name not in own:
                setattr(made, name, method)
        return made

    return make if cls is None else make(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _quick


# -- compiled late ---------------------------------------------------------------------------------------------------


class _Late:
    """Stands for a method until it is first asked for, then writes it, compiles it and gives it its place."""

    __slots__ = ("_cls", "_name", "_write")

    def __init__(self, cls: type[Any], name: str, write: Callable[[type[Any]], tuple[str, dict[str, Any]]]) -> None:
        self._cls, self._name, self._write = cls, name, write

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Method:
        text, free = self._write(self._cls)
        method = _compile(self._cls, self._name, text, free)
        setattr(self._cls, self._name, method)
        bound: Method = method.__get__(instance, owner)
        return bound


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
