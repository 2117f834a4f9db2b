"""Takes files into the case as kept copies, hashes them anew and writes them out, in jobs that show their progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from layers.disk.kept_kinds import is_proof
from layers.document.edit import Table
from layers.document.source import SourceFile
from layers.errors import FileMissing, GeoloupeError
from layers.phrase import joined
from layers.pool.pool import ReaderPool
from layers.project.saving.kept_bytes import KeptBytes, ShareDone, read_proof
from layers.requests.imagery import HashPicture, PictureHash
from viewer.commands.filing.custody import add_proof, attach_copies, copies_of, record_verified
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate


class TakenFiles(Struct, frozen=True):
    """Files that were looked at: copies whose bytes are in the case, proofs of time, and why others were left out."""

    copies: tuple[SourceFile, ...] = ()
    proofs: tuple[tuple[str, bytes], ...] = ()
    refused: tuple[str, ...] = ()


def attach_files(context: PanelContext, source_uuid: str, paths: Sequence[Path]) -> None:
    """Keep files with a source. Proofs of time go beside the copy that they are named after."""
    document = context.document

    def done(files: TakenFiles) -> None:
        if context.document is document and source_uuid in document.sources:
            _attach(context, source_uuid, files)

    pool = context.case.pool
    run_on_bytes(context, lambda kept, progress: take_files(kept, paths, progress, pool), done, _keeping())


def take_files(
    kept: KeptBytes, paths: Sequence[Path], progress: ShareDone, pool: ReaderPool | None = None
) -> TakenFiles:
    """Take copies of files. One that is refused leaves the others as they are.

    `pool` reads how pictures look, by which their other copies are known again; None leaves that out.
    """
    copies: list[SourceFile] = []
    proofs: list[tuple[str, bytes]] = []
    refused: list[str] = []
    for number, path in enumerate(paths):

        def share(part: float, number: int = number) -> None:
            progress((number + part) / len(paths))

        try:
            if is_proof(path.name):
                proofs.append(read_proof(path))
            else:
                copies.append(with_look(kept.keep_file(path, share), path, pool))
        except GeoloupeError as error:
            share(0.0)  # raises where the job was cancelled: that is no refusal
            refused.append(error.sentence)
    return TakenFiles(tuple(copies), tuple(proofs), tuple(refused))


def with_look(copy: SourceFile, path: Path, pool: ReaderPool | None) -> SourceFile:
    """A kept picture with its perceptual hash; without it where it cannot be read as a picture."""
    if pool is None or not copy.content_type.startswith("image/"):
        return copy
    try:
        facts: PictureHash = pool.ask(HashPicture(str(path.resolve()))).facts
    except GeoloupeError:
        return copy
    return replace(copy, phash=facts.phash)


def verify(context: PanelContext, rows: Sequence[tuple[Table, str]]) -> None:
    """Hash the bytes of chips and kept copies anew, and log each result in its custody."""
    document = context.document

    def work(kept: KeptBytes, progress: ShareDone) -> list[tuple[Table, str, str]]:
        hashes: list[tuple[Table, str, str]] = []
        for number, (table, uuid) in enumerate(rows):

            def share(part: float, number: int = number) -> None:
                progress((number + part) / len(rows))

            share(0.0)
            try:
                hashes.append((table, uuid, kept.hash_of(table, uuid, share)))
            except FileMissing:
                hashes.append((table, uuid, ""))
        return hashes

    def done(hashes: list[tuple[Table, str, str]]) -> None:
        if context.document is not document:
            return
        there = [(table, uuid, sha256) for table, uuid, sha256 in hashes if uuid in document.table(table)]
        if not there or not context.do(record_verified, there):
            return
        changed = [uuid for table, uuid, sha256 in there if _stated(document.table(table)[uuid]) != sha256]
        if changed:
            context.report(
                translate("KeptFiles", "{0} of {1} are not as they were kept: their hash differs.").format(
                    len(changed), len(there)
                )
            )
        else:
            context.messages.tell(translate("KeptFiles", "The hash matches: the bytes are those that were kept."))

    run_on_bytes(context, work, done, translate("KeptFiles", "Verifying kept files"))


def write_copy(
    context: PanelContext, table: Table, uuid: str, target: Path, then: Callable[[], None] | None = None
) -> None:
    """Write the bytes of a copy as a file of its own, to be worked on; `then` is called in place of a notice."""

    def done(_sha256: str) -> None:
        if then is not None:
            then()
            return
        context.messages.tell(translate("KeptFiles", "Written: {0}").format(target))

    title = translate("KeptFiles", "Writing {0}").format(one_line(target.name, 60))
    run_on_bytes(context, lambda kept, progress: kept.write_to(table, uuid, target, progress), done, title)


def run_on_bytes[T](
    context: PanelContext, work: Callable[[KeptBytes, ShareDone], T], done: Callable[[T], None], title: str
) -> None:
    """Run `work` on the bytes of the open case in a job that shows its progress and can be cancelled."""
    jobs = context.case.jobs

    def failed(error: GeoloupeError) -> None:
        context.report(in_language(error.sentence))

    try:
        kept = context.case.kept_bytes()
        if jobs is None:
            done(work(kept, lambda share: None))
            return
    except GeoloupeError as error:
        failed(error)
        return

    def watched(job: JobContext) -> T:
        def progress(share: float) -> None:
            job.check()
            job.progress(share)

        return work(kept, progress)

    jobs.run(watched, done, failed, title, apart=True, of_case=True)


def _attach(context: PanelContext, source_uuid: str, files: TakenFiles) -> None:
    refused = list(files.refused)
    if files.copies:
        sentence = context.attempt(attach_copies, source_uuid, files.copies)
        refused += [sentence] if sentence else []
        if not sentence:
            words = translate(
                "KeptFiles", "{count} files kept in the case", "{count} file kept in the case", len(files.copies)
            )
            context.messages.tell(f"{words}: {one_line(', '.join(copy.name for copy in files.copies), 120)}")
    for name, data in files.proofs:
        owner = _owner_of(context, source_uuid, name)
        if owner is None:
            words = translate("KeptFiles", "{0} is not kept: this source has no copy of that name. Attach that first.")
            refused.append(words.format(one_line(name, 60)))
        else:
            context.do(add_proof, owner.uuid, name, data)
    if refused:
        context.report(joined(" ", list(dict.fromkeys(refused))))


def _owner_of(context: PanelContext, source_uuid: str, proof: str) -> SourceFile | None:
    """The copy that a proof of time is named after; else the only copy of the source."""
    copies = copies_of(context.document, source_uuid)
    named = proof.rpartition(".")[0].casefold()
    bare = [
        copy for copy in copies if copy.name.casefold() == named or copy.name.rpartition(".")[0].casefold() == named
    ]
    if bare:
        return bare[-1]
    return copies[0] if len(copies) == 1 else None


def _stated(row: object) -> str:
    return str(getattr(row, "sha256", ""))


def _keeping() -> str:
    return translate("KeptFiles", "Keeping a copy")
