"""Errors, named by what went wrong. Each carries one sentence a person can act on: what, which file, what to do."""

from __future__ import annotations

from layers.phrase import Phrase


class GeoloupeError(Exception):
    """Anything Geoloupe can explain. ``str(error)`` is the sentence to show.

    `sentence` is a template with the names of `values` in braces, or a phrase that was made before.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence if isinstance(sentence, Phrase) else Phrase(sentence, **values)
        super().__init__(self.sentence)

    @property
    def noun(self) -> str:
        """The name under which the error crosses the pipe from a reader."""
        return type(self).__name__


class BadCoordinate(GeoloupeError):
    """Text that is no coordinate in any notation we know."""


class BadCRS(GeoloupeError):
    """Text or WKT that names no coordinate reference system."""


class CannotBePlaced(GeoloupeError):
    """Data without a usable CRS, transform or control points."""


class FileMissing(GeoloupeError):
    """The path leads nowhere."""


class NotAFile(GeoloupeError):
    """The path leads to a folder, a pipe, a device or a URL where a regular file is wanted."""


class NotAllowed(GeoloupeError):
    """The operating system, or a rule of ours, forbids reading or writing there."""


class UnsupportedFormat(GeoloupeError):
    """The content is of a kind Geoloupe does not open, or not of the kind its name says."""


class NotReadable(GeoloupeError):
    """The file is of a known kind but damaged, truncated or otherwise refused by its library."""


class TooLarge(GeoloupeError):
    """Reading would need more memory or time than a reader may have."""


class SourceChanged(GeoloupeError):
    """A source file is not the one that was opened: it was written, cut or replaced since."""


class ReaderCrashed(GeoloupeError):
    """A reader process died twice on the same request."""


class ReaderTimeout(GeoloupeError):
    """A reader did not answer before its deadline."""


class GivenUp(GeoloupeError):
    """The work was cancelled: nobody waits for the answer any more."""


class Quarantined(GeoloupeError):
    """Three strikes: the source file is not read again in this session."""


class BadTemplate(GeoloupeError):
    """A tile URL template that cannot be used."""


class ServerFault(GeoloupeError):
    """A server did not answer, or answered with something that is not a tile."""


class InvalidEdit(GeoloupeError):
    """A change that does not fit the document it is applied to."""


class InvalidValue(GeoloupeError):
    """A field value that its column does not allow."""


class CaseDamaged(GeoloupeError):
    """A case whose bytes differ from the saved ones."""


class CaseTooNew(GeoloupeError):
    """A case written by a later Geoloupe that this one must not read or change."""


class CaseInUse(GeoloupeError):
    """Another program holds the case file."""


class CaseChangedOnDisk(GeoloupeError):
    """The case file is not the one that was opened: somebody else has saved it since."""


class SaveFailed(GeoloupeError):
    """The case could not be written; the old file is as it was."""


class DiskFull(SaveFailed):
    """The disk has no room for a complete new file; the old file is as it was."""


class ExportFailed(GeoloupeError):
    """A product could not be written; nothing stands under its name."""


class ProductStopped(GeoloupeError):
    """A product that blocking findings keep from being issued or published; `lines` has each of them in words."""

    def __init__(self, sentence: str, /, lines: tuple[str, ...] = (), **values: object) -> None:
        super().__init__(sentence, **values)
        self.lines = lines


class NoDisplay(GeoloupeError):
    """There is no screen, or no part of the system, that a window needs."""


def error_from_noun(noun: str, sentence: str) -> GeoloupeError:
    """Rebuild an error that a reader reported; an unknown noun becomes `NotReadable`."""
    kinds = {kind.__name__: kind for kind in GeoloupeError.__subclasses__()}
    return kinds.get(noun, NotReadable)(sentence)
