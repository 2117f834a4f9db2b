"""geoloupe pack ADDRESS --bounds W,S,E,N --levels A-B --out X.mbtiles: an offline pack of a service."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import InvalidValue, NotAllowed, ServerFault
from viewer.cli.terminal.command import DONE, FINDINGS, Command, parse_bounds
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain, say

if TYPE_CHECKING:
    from layers.services.packs.pack_plan import PackPlan
    from layers.services.tile_service import TileService
    from viewer.network.pack_download import PackDownload

ENDING = ".mbtiles"
TELL_S = 2.0
"""Seconds between two lines of progress."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "address", metavar="ADDRESS", help="a tile template, a name of the catalogue with a day, or ADDRESS#LAYER@TIME"
    )
    parser.add_argument("--bounds", required=True, type=parse_bounds, metavar="W,S,E,N", help="the area, in degrees")
    parser.add_argument("--levels", required=True, type=_parse_levels, metavar="A-B", help="zoom levels, such as 0-14")
    parser.add_argument("--out", required=True, metavar="X.mbtiles", help="the pack; one that was begun goes on")
    parser.epilog = (
        "Calling it again goes on where it was left: tiles that are there are not asked for again. Typing an address "
        "is consent for its host, and says that you have read its terms where they are not known here."
    )


def _parse_levels(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)) or len(text) > 5:
        raise argparse.ArgumentTypeError(f"levels are written 0-14, or 12 for one, not “{text}”")
    levels = int(first), int(last if dash else first)
    if levels[0] > levels[1]:
        raise argparse.ArgumentTypeError(f"“{text}” ends before it begins: the coarser level comes first")
    return levels


def _run(arguments: argparse.Namespace) -> int:
    from layers.geo.bounds import Bounds  # for start-up time, as all below
    from layers.services.naming import is_service_text
    from layers.services.packs.pack_plan import plan_pack
    from layers.services.packs.pack_search import pack_for, packs_in_folder
    from layers.services.packs.pack_terms import PackLeave, pack_terms

    if not is_service_text(arguments.address):
        raise InvalidValue("{address} is no address of a tile service.", address=arguments.address)
    service = _service_of(arguments.address)
    terms = pack_terms(service)
    if terms.leave is PackLeave.REFUSED:
        raise NotAllowed(terms.sentence)
    out = Path(arguments.out)
    if out.suffix.lower() != ENDING:
        raise InvalidValue("A pack is written as {ending}: {out} ends otherwise.", ending=ENDING, out=out.name)
    plan = plan_pack(service, [Bounds(*arguments.bounds)], arguments.levels)
    plan.check()
    _check_room(out, plan)
    beside = pack_for(plan, out.name, packs_in_folder(out.absolute().parent, service))
    if beside is not None and beside.name != out.name:
        complain(f"{beside.name} beside {out.name} is a pack of the same service, area and levels.")
    if terms.leave is PackLeave.UNKNOWN:
        complain(terms.sentence)
    complain(f"{plan.estimate().words}.")
    return _downloaded(arguments.address, plan, out.absolute())


def _service_of(address: str) -> TileService:
    """The service of a template, of a name of the catalogue, or of what a server offers as `ADDRESS#LAYER@TIME`."""
    from layers.services.address_keys import split_key  # for start-up time, as all below
    from layers.services.naming import asks_server, service_from_text

    bare = split_key(address).address
    if not asks_server(address):
        return service_from_text(bare)
    load_qt()
    from viewer.cli.terminal.server_documents import server_documents, service_at
    from viewer.network.consent import host_of

    with server_documents([address]) as servers:
        service = service_at(bare, servers)
    elsewhere = [host for host in service.hosts if host != host_of(address)]
    if elsewhere:
        raise NotAllowed(
            "The tiles of {title} come from {host}, which you have not named: give the address of its tiles.",
            title=service.title,
            host=elsewhere[0],
        )
    return service


def _check_room(out: Path, plan: PackPlan) -> None:
    """Raise InvalidValue where the disk cannot hold the pack."""
    import shutil  # for start-up time, as the next

    from layers.errors import DiskFull
    from layers.text.counted import size_words

    try:
        free = shutil.disk_usage(out.absolute().parent).free
    except OSError as error:
        raise InvalidValue("There is no folder {folder} to write a pack in.", folder=str(out.parent)) from error
    needed = plan.estimate().size_bytes
    if not out.exists() and free < needed:
        raise DiskFull(
            "That needs about {needed}, and only {free} are free in {folder}.",
            needed=size_words(needed),
            free=size_words(free),
            folder=str(out.absolute().parent),
        )


def _downloaded(typed: str, plan: PackPlan, out: Path) -> int:
    """Download the pack with the key in the typed address, and return the exit code. Raises ServerFault where the
    server gives no tiles.
    """
    from layers.text.counted import counted, grouped  # for start-up time

    load_qt()
    from PySide6.QtCore import QCoreApplication, QEventLoop  # for start-up time, as all below

    from viewer.app.signals import SignalWatch
    from viewer.network.consent import Consent, is_private
    from viewer.network.fetcher import Fetcher
    from viewer.network.pack_download import PackDownload, PackPhase
    from viewer.network.typed_keys import secrets_in
    from viewer.support.collector import Collector
    from viewer.support.jobs import Jobs
    from viewer.support.settings import cache_folder

    application = QCoreApplication.instance() or QCoreApplication([])
    collector, jobs, consent, service = Collector(), Jobs(), Consent(), plan.service
    for host in service.hosts:
        consent.allow_private(host) if is_private(host) else consent.allow(host)
    fetcher = Fetcher(cache_folder() / "tiles", consent, secrets=secrets_in([typed]))
    loop = QEventLoop()
    download = PackDownload(fetcher, jobs, plan, out)
    download.ended.connect(loop.quit)
    teller = _Teller(download)
    download.changed.connect(teller.tell)

    def give_up() -> None:
        """End at once where waiting would help nobody: only a busy server says when it will answer."""
        if download.phase is PackPhase.WAITING and not any(map(fetcher.busy_until, service.hosts)):
            download.pause(download.sentence)

    download.changed.connect(give_up)
    watch = SignalWatch(download.pause)
    try:
        download.start()
        loop.exec()
        phase, sentence, failed = download.phase, download.sentence, download.failed
        there, total, lacking = download.there, download.total, download.lacking
    finally:
        watch.close()
        download.close()
        jobs.shutdown()
        fetcher.close()
        collector.close()
        del application
    if phase is not PackPhase.DONE:
        if failed and there:
            complain(sentence)
            return FINDINGS
        raise ServerFault(sentence or "Stopped: the same command goes on where it was left.")
    rest = f", {grouped(lacking)} of them not there on the server." if lacking else "."
    say(f"{out.name}: {grouped(there - lacking)} of {counted(total, 'tile')}{rest}")
    return DONE


class _Teller:
    """Prints a line of progress on standard error now and then."""

    def __init__(self, download: PackDownload) -> None:
        self._download, self._told_at, self._told = download, 0.0, ""

    def tell(self) -> None:
        import time  # for start-up time

        download, now = self._download, time.monotonic()
        if download.phase == "waiting":
            line = f"Waiting: {download.sentence}"
        elif download.phase == "running" and now - self._told_at >= TELL_S:
            from layers.text.counted import counted, grouped  # for start-up time

            counts = f"{grouped(download.there)} of {counted(download.total, 'tile')}"
            line = f"{counts} ({download.fraction:.0%}), left: {download.rest.words}."
        else:
            return
        if line != self._told:
            self._told_at, self._told = now, line
            complain(line)
            sys.stderr.flush()


PACK = Command(
    "pack", "fetch a service's tiles of an area into an MBTiles file, for work offline", _add_arguments, _run
)
