"""System calls of Linux that matter to a reader process: their numbers on x86-64 and ARM64, by what they do.

They are written out because no library of Python knows them. The kernel never gives a number to another call.
"""

from __future__ import annotations

from typing import NamedTuple


class Machine(NamedTuple):
    """A kind of processor, as a filter of system calls sees it."""

    audit: int
    """Number that identifies it to the kernel."""
    column: int
    """Its column in the tables below."""


MACHINES = {"x86_64": Machine(0xC000003E, 0), "aarch64": Machine(0xC00000B7, 1)}

FILES = """
    read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, preadv 295 69, pwritev 296 70,
    preadv2 327 286, pwritev2 328 287, lseek 8 62, open 2 -, openat 257 56, close 3 57, close_range 436 436,
    stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79, statx 332 291, statfs 137 43, fstatfs 138 44, access 21 -,
    faccessat 269 48, faccessat2 439 439, readlink 89 -, readlinkat 267 78, getdents 78 -, getdents64 217 61,
    getcwd 79 17, chdir 80 49, fchdir 81 50, dup 32 23, dup2 33 -, dup3 292 24, pipe 22 -, pipe2 293 59,
    flock 73 32, fsync 74 82, fdatasync 75 83, ftruncate 77 46, fallocate 285 47, fadvise64 221 223,
    readahead 187 213, sendfile 40 71, copy_file_range 326 285, getxattr 191 8, lgetxattr 192 9, fgetxattr 193 10,
    listxattr 194 11, llistxattr 195 12, flistxattr 196 13, umask 95 166, sync_file_range 277 84
"""
"""Opening and reading files, and writing into those that are open."""
MEMORY = """
    brk 12 214, mmap 9 222, munmap 11 215, mprotect 10 226, mremap 25 216, madvise 28 233, msync 26 227,
    mincore 27 232, membarrier 324 283, mseal 462 462, map_shadow_stack 453 453, mlock 149 228, munlock 150 229,
    mbind 237 235, get_mempolicy 239 236
"""
"""The memory of the process itself."""
WAITING = """
    poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72, epoll_create 213 -, epoll_create1 291 20,
    epoll_ctl 233 21, epoll_wait 232 -, epoll_pwait 281 22, epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19,
    futex 202 98, futex_wait 455 455, futex_wake 454 454, futex_requeue 456 456, futex_waitv 449 449,
    set_robust_list 273 99, rseq 334 293, set_tid_address 218 96, arch_prctl 158 -
"""
"""Waiting for pipes, events and other threads."""
OWN_PROCESS = """
    rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136, rt_sigtimedwait 128 137,
    rt_sigsuspend 130 133, sigaltstack 131 132, pause 34 -, restart_syscall 219 128, uretprobe 335 -,
    clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115, nanosleep 35 101, gettimeofday 96 169,
    time 201 -, times 100 153, alarm 37 -, getitimer 36 102, setitimer 38 103, getpid 39 172, getppid 110 173,
    gettid 186 178, getpgid 121 155, getpgrp 111 -, getsid 124 156, getuid 102 174, geteuid 107 175, getgid 104 176,
    getegid 108 177, getresuid 118 148, getresgid 120 150, getgroups 115 158, capget 125 90, getpriority 140 141,
    getrlimit 97 163, setrlimit 160 164, getrusage 98 165, uname 63 160, sysinfo 99 179, getcpu 309 168,
    getrandom 318 278, sched_yield 24 124, sched_getaffinity 204 123, sched_getparam 143 121,
    sched_getscheduler 145 120, sched_get_priority_max 146 125, sched_get_priority_min 147 126, wait4 61 260,
    waitid 247 95, exit 60 93, exit_group 231 94, landlock_create_ruleset 444 444, landlock_add_rule 445 445,
    landlock_restrict_self 446 446
"""
"""Signals, clocks, questions about the process itself, and walls that it builds about itself."""
CHECKED = """
    clone 56 220, kill 62 129, tkill 200 130, tgkill 234 131, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240,
    prlimit64 302 261, setpriority 141 140, sched_setaffinity 203 122, sched_setattr 314 274,
    sched_setparam 142 118, sched_setscheduler 144 119, fcntl 72 25, ioctl 16 29, prctl 157 167
"""
"""Calls that are judged by their arguments."""
SOCKETS = """
    socket 41 198, socketpair 53 199, io_uring_setup 425 425
"""
"""Ways to a socket; io_uring opens them past a filter."""
ON_SOCKETS = """
    connect 42 203, bind 49 200, shutdown 48 210, sendto 44 206, recvfrom 45 207, sendmsg 46 211, recvmsg 47 212,
    sendmmsg 307 269, recvmmsg 299 243, getsockname 51 204, getpeername 52 205, setsockopt 54 208, getsockopt 55 209
"""
"""Uses of an open socket."""
ATTRIBUTES = """
    chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -, fchown 93 55, lchown 94 -,
    fchownat 260 54, utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88, setxattr 188 5, lsetxattr 189 6,
    fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, setxattrat 463 463,
    removexattrat 466 466, truncate 76 45
"""
"""Modes, owners, times and attributes of files, and truncation by a path."""
NAMES = """
    creat 85 -, unlink 87 -, unlinkat 263 35, rename 82 -, renameat 264 38, renameat2 316 276, mkdir 83 -,
    mkdirat 258 34, rmdir 84 -, link 86 -, linkat 265 37
"""
"""Making, renaming and removing files and folders."""
NEVER = """
    symlink 88 -, symlinkat 266 36, mknod 133 -, mknodat 259 33, execve 59 221, execveat 322 281
"""
"""Links and devices, which no reader makes, and other programs, which none starts."""
REFUSED = """
    fork 57 -, vfork 58 -, ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271,
    process_madvise 440 440, process_mrelease 448 448, kcmp 312 272, pidfd_open 434 434, pidfd_getfd 438 438,
    pidfd_send_signal 424 424, add_key 248 217, request_key 249 218, keyctl 250 219, shmget 29 194, shmat 30 196,
    shmctl 31 195, shmdt 67 197, semget 64 190, semop 65 193, semtimedop 220 192, semctl 66 191, msgget 68 186,
    msgsnd 69 189, msgrcv 70 188, msgctl 71 187, mq_open 240 180, mq_unlink 241 181, unshare 272 97, setns 308 268,
    mount 165 40, umount2 166 39, move_mount 429 429, open_tree 428 428, fsopen 430 430, fsmount 432 432,
    fspick 433 433, mount_setattr 442 442, pivot_root 155 41, chroot 161 51, setuid 105 146, setgid 106 144,
    setreuid 113 145, setregid 114 143, setresuid 117 147, setresgid 119 149, setfsuid 122 151, setfsgid 123 152,
    setgroups 116 159, capset 126 91, setsid 112 157, setpgid 109 154, personality 135 92, ioprio_set 251 30,
    seccomp 317 277, bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, open_by_handle_at 304 265,
    migrate_pages 256 238, move_pages 279 239, init_module 175 105, finit_module 313 273, delete_module 176 106,
    kexec_load 246 104, kexec_file_load 320 294, reboot 169 142, swapon 167 224, swapoff 168 225,
    sethostname 170 161, setdomainname 171 162, settimeofday 164 170, clock_settime 227 112, clock_adjtime 305 266,
    adjtimex 159 171, acct 163 89, quotactl 179 60, quotactl_fd 443 443, syslog 103 116, vhangup 153 58, iopl 172 -,
    ioperm 173 -
"""
"""Other processes; memory, keys and queues shared with them; rights of this process; settings of the system."""


def numbers(table: str, machine: Machine) -> dict[str, int]:
    """Numbers of a table's calls by name, without those that the machine does not have."""
    rows = (row.split() for row in table.split(","))
    return {row[0]: int(row[1 + machine.column]) for row in rows if row[1 + machine.column] != "-"}
