"""Filters of system calls as programs of the kernel's packet filter, run for both machines; nothing is installed."""

from __future__ import annotations

import ctypes
import errno
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.readers.confinement import call_filter, system_calls
from layers.readers.confinement.call_filter import allowing, denying
from layers.readers.confinement.system_calls import MACHINES, Machine, numbers
from tests.support.packet_filter import verdict

PID, PARENT = 4711, 4710
TABLES = {name: table for name, table in vars(system_calls).items() if isinstance(table, str) and name.isupper()}
EVERY = range(700)
THREAD, FORK, VFORK = 0x3D0F00, 17, 0x4111
HEADERS = {
    "x86_64": [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm/unistd_64.h")],
    "aarch64": [Path("/usr/include/asm-generic/unistd.h")],
}

pytestmark = pytest.mark.parametrize("name", MACHINES)
type Judge = dict[str, int]


@pytest.fixture
def machine(name: str) -> Machine:
    return MACHINES[name]


def named(machine: Machine) -> dict[str, int]:
    return {call: number for table in TABLES.values() for call, number in numbers(table, machine).items()}


class Judged:
    """A program, asked by the names of calls."""

    def __init__(self, machine: Machine, *, sockets: bool = False, writes: bool = False) -> None:
        self.program = allowing(machine, PID, sockets=sockets, writes=writes)
        self._machine, self._numbers = machine, named(machine)

    def __call__(self, call: str, *arguments: int) -> str:
        found = verdict(self.program, self._machine.audit, self._numbers[call], *arguments)
        return errno.errorcode[found] if found else ""

    def has(self, *calls: str) -> list[str]:
        return [call for call in calls if call in self._numbers]


def test_numbers_are_those_of_the_kernels_headers(name: str, machine: Machine) -> None:
    headers = [path for path in HEADERS[name] if path.is_file()]
    if not headers:
        pytest.skip("this machine has no headers of the kernel")
    text = headers[0].read_text()
    there = {call: int(number) for call, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text)}
    ours = named(machine)
    same = {"newfstatat": "fstatat"}  # as the header of all machines has it
    known = {call: there.get(call, there.get(same.get(call, ""))) for call in ours}
    assert {call: (ours[call], number) for call, number in known.items() if number not in (None, ours[call])} == {}
    assert sum(number is not None for number in known.values()) > len(ours) - 16, "but for those of newer kernels"


def test_no_number_means_two_calls(machine: Machine) -> None:
    ours = named(machine)
    assert len(set(ours.values())) == len(ours)
    assert set(numbers(system_calls.SOCKETS, machine)) == {"socket", "socketpair", "io_uring_setup"}


def test_what_a_reader_needs_is_allowed_whatever_its_arguments(machine: Machine) -> None:
    judge = Judged(machine)
    for table in ("FILES", "MEMORY", "WAITING", "OWN_PROCESS"):
        for call in numbers(TABLES[table], machine):
            assert judge(call) == judge(call, PARENT, 2**64 - 1, 2**64 - 1) == "", call


def test_older_and_newer_names_of_one_thing_go_together(machine: Machine) -> None:
    """Each version of the C library, and each of them on an old kernel, takes another one."""
    judge = Judged(machine)
    sisters = ("stat fstat lstat newfstatat statx", "open openat", "poll ppoll select pselect6", "dup dup2 dup3")
    sisters += "epoll_wait epoll_pwait epoll_pwait2", "futex futex_wait futex_wake futex_waitv", "eventfd eventfd2"
    sisters += "access faccessat faccessat2", "getdents getdents64", "readlink readlinkat", "pipe pipe2"
    sisters += "nanosleep clock_nanosleep", "epoll_create epoll_create1"
    for calls in sisters:
        present = judge.has(*calls.split())
        assert present
        assert {call: judge(call) for call in present} == dict.fromkeys(present, "")


@pytest.mark.parametrize("who", [0, PID, PARENT, 1, 2**32 + PARENT, -1])
def test_limits_and_priority_are_its_own_alone(machine: Machine, who: int) -> None:
    judge = Judged(machine)
    expected = "" if who in (0, PID) else "EPERM"
    for call in ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"):
        assert judge(call, who, 7, 1) == expected, call
    assert judge("setpriority", 0, who, 19) == expected
    assert judge("setpriority", 1, who, 19) == judge("setpriority", 2, who, 19) == "EPERM", "of groups, of users"
    assert judge("kill", who, 9) == judge("tgkill", who, who, 9) == ("" if who == PID else "EPERM"), "0 is the group"
    assert judge("rt_sigqueueinfo", who, 9) == judge("rt_tgsigqueueinfo", who, who, 9) == judge("kill", who, 9)


def test_the_kernel_takes_no_more_than_half_of_an_argument_and_neither_do_we(machine: Machine) -> None:
    judge = Judged(machine)
    assert judge("kill", 2**32 + PID, 9) == "", "to the kernel this is our own id"
    assert judge("clone", 2**32 + FORK) == "EPERM"


def test_threads_are_the_only_children(machine: Machine) -> None:
    judge = Judged(machine)
    assert judge("clone", THREAD) == judge("clone", 0x7D0F00) == "", "as glibc and musl ask for them"
    namespaces = [THREAD | flag for flag in (0x20000, 0x10000000, 0x20000000, 0x40000000, 0x2000000, 0x80)]
    parts = [THREAD & ~flag for flag in (0x100, 0x200, 0x400, 0x800, 0x10000)]
    for flags in (0, FORK, VFORK, 0x1200011, *namespaces, *parts, THREAD | 17, THREAD | 0x2000, THREAD | 0x8000):
        assert judge("clone", flags) == "EPERM", hex(flags)
    assert all(judge(call) == "EPERM" for call in judge.has("fork", "vfork"))
    assert verdict(judge.program, machine.audit, 435, THREAD) == errno.ENOSYS, "clone3, whose flags cannot be seen"


def test_what_is_unknown_answers_as_an_older_kernel_does(machine: Machine) -> None:
    program = Judged(machine).program
    known = set(named(machine).values())
    unknown = [number for number in EVERY if number not in known]
    assert len(unknown) > 300
    assert {verdict(program, machine.audit, number) for number in (*unknown, 1000, 2**30 - 1)} == {errno.ENOSYS}


def test_the_rest_of_the_machine_is_out_of_reach(machine: Machine) -> None:
    judge = Judged(machine)
    for call in numbers(system_calls.REFUSED, machine):
        assert judge(call) == judge(call, PID) == "EPERM", call
    for call in numbers(system_calls.NEVER, machine):
        assert judge(call) == "EACCES", call
    named_in_full = {"ptrace", "process_vm_readv", "keyctl", "add_key", "request_key", "shmget", "semget", "msgget"}
    assert named_in_full <= set(numbers(system_calls.REFUSED, machine))


def test_a_file_sends_no_signals_and_no_terminal_is_typed_into(machine: Machine) -> None:
    judge = Judged(machine)
    assert judge("fcntl", 3, 6) == judge("fcntl", 3, 1030) == judge("ioctl", 0, 0x5401) == ""
    assert {judge("fcntl", 3, command, PARENT) for command in (8, 10, 15, 1024, 1026)} == {"EPERM"}
    assert {judge("ioctl", 0, command) for command in (0x5412, 0x541C, 0x8901, 0x8902, 0x5410)} == {"ENOTTY"}


def test_a_reader_cannot_outlive_the_window(machine: Machine) -> None:
    judge = Judged(machine)
    assert judge("prctl", 15) == judge("prctl", 0x53564D41) == "", "names of threads and of memory"
    assert {judge("prctl", option) for option in (1, 4, 8, 22, 24, 36, 0x59616D61)} == {"EPERM"}


@pytest.mark.parametrize("sockets", [True, False])
@pytest.mark.parametrize("writes", [True, False])
def test_hosts_and_files_to_write_are_for_those_who_need_them(machine: Machine, sockets: bool, writes: bool) -> None:
    judge = Judged(machine, sockets=sockets, writes=writes)
    assert judge("socket") == judge("socketpair") == ("" if sockets else "EACCES")
    assert judge("connect") == ("" if sockets else "ENOSYS")
    assert judge("io_uring_setup") == "EACCES", "it opens sockets of which a filter sees nothing"
    of_files = [*numbers(system_calls.ATTRIBUTES, machine), *numbers(system_calls.NAMES, machine)]
    assert {judge(call) for call in of_files} == {"" if writes else "EACCES"}


def test_calls_by_the_ways_of_other_machines_are_refused(machine: Machine) -> None:
    others = {other.audit for other in MACHINES.values()} - {machine.audit} | {0x40000003, 0x40000028, 0}
    for program in (Judged(machine).program, denying(machine, [1, 2])):
        for other in others:
            assert {verdict(program, other, number) for number in (0, 1, 39, 63)} == {errno.EACCES}
        assert verdict(program, machine.audit, 0x40000000) == errno.EACCES, "x32, with numbers of its own"
        assert verdict(program, machine.audit, 2**32 - 1) == errno.EACCES


def test_a_program_is_small_enough_for_the_kernel(machine: Machine) -> None:
    for options in ({}, {"sockets": True, "writes": True}):
        assert len(Judged(machine, **options).program) // 8 <= 4096


class Kernel:
    """The C library, which is asked to install programs: it keeps them, and knows one way or the other."""

    def __init__(self, knows: str) -> None:
        self.given: list[bytes] = []
        self._knows = knows

    def syscall(self, number: ctypes.c_long, *arguments: object) -> int:
        return self._taken("seccomp", arguments[-1]) if number.value in (317, 277) else -1

    def prctl(self, option: int, mode: int, program: object, *_: int) -> int:
        return self._taken("prctl", program) if (option, mode) == (22, 2) else -1

    def _taken(self, way: str, program: object) -> int:
        if way not in self._knows:
            return -1
        inside = program._obj  # type: ignore[attr-defined]
        place = ctypes.c_void_p.from_buffer(inside, type(inside).instructions.offset).value
        assert place is not None
        self.given.append(ctypes.string_at(place, inside.length * 8))
        return 0


@pytest.fixture(params=["seccomp", "prctl", "neither"])
def kernel(request: pytest.FixtureRequest, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    found = Kernel(request.param)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: found)
    monkeypatch.setattr(call_filter.platform, "machine", lambda: name)
    monkeypatch.setattr(call_filter.sys, "platform", "linux")
    return found


def test_a_program_goes_to_the_kernel_by_the_way_that_it_knows(kernel: Kernel, machine: Machine) -> None:
    is_taken = kernel._knows != "neither"
    assert call_filter.allow_calls(sockets=False, writes=False) is is_taken
    assert call_filter.refuse_calls(sockets=True, attributes=True) is is_taken
    assert len(kernel.given) == (2 if is_taken else 0), "and where it knows none, nothing is in the way"
    for program in kernel.given:
        assert verdict(program, machine.audit, numbers(system_calls.SOCKETS, machine)["socket"]) == errno.EACCES


@pytest.mark.parametrize(("sockets", "attributes"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_first_filter_lets_all_else_pass(kernel: Kernel, machine: Machine, sockets: bool, attributes: bool) -> None:
    if not call_filter.refuse_calls(sockets=sockets, attributes=attributes):
        return
    (program,) = kernel.given
    refused = {number for number in EVERY if verdict(program, machine.audit, number) == errno.EACCES}
    allowed = {number for number in EVERY if verdict(program, machine.audit, number) == 0}
    expected = set(numbers(system_calls.SOCKETS, machine).values()) if sockets else set()
    expected |= set(numbers(system_calls.ATTRIBUTES, machine).values()) if attributes else set()
    assert (refused, allowed) == (expected, set(EVERY) - expected)


def test_an_unknown_machine_has_no_filter(kernel: Kernel, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_filter.platform, "machine", lambda: "riscv64")
    assert not call_filter.refuse_calls(sockets=True, attributes=True)
    assert not call_filter.allow_calls(sockets=True, writes=True)
    assert kernel.given == []
