"""Names as the index of places keeps them: which letters they have, and which are one name written otherwise."""

from collections.abc import Iterable

from layers.places.names import name_key


def script(name: str) -> str:
    """ "latin", "cyrillic", "chinese" or "": the letters of a name, if they are of one kind that we keep."""
    found = {_script_of(letter) for letter in name if letter.isalpha()}
    return found.pop() if len(found) == 1 else ""


def _script_of(letter: str) -> str:
    code = ord(letter)
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x3400 <= code < 0xA000:
        return "chinese"
    return "latin" if code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2B0 <= code < 0x300 else ""


def distinct(names: Iterable[str], seen: Iterable[str]) -> list[str]:
    """Names that differ from those before in more than case, accents, marks and spaces."""
    known = {name_key(name).replace(" ", "") for name in seen}
    kept = []
    for name in names:
        key = name_key(name).replace(" ", "")
        if key and key not in known:
            known.add(key)
            kept.append(name)
    return kept


def is_airport_code(name: str) -> bool:
    return len(name) == 3 and name.isascii() and name.isupper()
