"""What shuts one kernel in, from inside: its own namespaces, a scratch folder of bounded size, no rights.

It runs in the warm interpreter, ahead of `kernel_main`, and so imports nothing of the course. A kernel is
two processes: the *keeper*, which holds the rights to its mounts, runs no student's code and cannot be
seen from inside, and the kernel itself, number 1 of its own world, which has given up every right.
"""

import ctypes
import fcntl
import os
import platform
import resource
import signal
import socket
import struct
import sys

CLONE = {"mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}  # fmt: skip
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18  # fmt: skip
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
MIB = 2**20
WORK, TEMPORARY = "/scratch/work", "/scratch/tmp"
SCRATCH = 256 * MIB  # of files in its working and its temporary folder
SHARED = 64 * MIB  # of shared memory
LIMITS = {
    resource.RLIMIT_AS: 16 * 2**30,  # libraries reserve much address space and use little
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_CPU: 1800,  # s
    resource.RLIMIT_FSIZE: SCRATCH,
    resource.RLIMIT_MEMLOCK: MIB,
    resource.RLIMIT_MSGQUEUE: MIB,
    resource.RLIMIT_NOFILE: 256,
    resource.RLIMIT_NPROC: 100,
}
FIRST_USER = 40_000  # a grader with all rights gives every kernel a user of its own from here on
LAST_USER = 2_000_000_000  # or up to where this machine's users end
_libc = ctypes.CDLL(None, use_errno=True)


def keep_kernel(order, run):
    """In a process just forked: become the keeper of a confined kernel, until that has ended.

    Parameters
    ----------
    order : dict
        `folder`: the kernel's own, whose parent holds nothing else it may see.
    run : callable
        Becomes the kernel: run(tell), where tell() is to be called when its sockets are in place.
    """
    users = range(FIRST_USER, min(_end_of_users(), LAST_USER))
    all_rights = os.getuid() == 0 and len(users) > 1000
    # By chance: the limit on processes is counted per user, over all graders of this machine.
    user = users[int.from_bytes(os.urandom(8), "big") % len(users)] if all_rights else os.getuid()
    _own_namespaces(all_rights)
    _own_folders(order["folder"], user)
    from_kernel, to_keeper = os.pipe()
    from_keeper, to_kernel = os.pipe()
    kernel = os.fork()
    if not kernel:
        _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
        _give_up_rights(user if all_rights else None)

        def tell():
            os.write(to_keeper, b".")
            os.read(from_keeper, 1)
            for descriptor in (from_kernel, to_keeper, from_keeper, to_kernel):
                os.close(descriptor)
            _forbid_calls()

        run(tell)
        os._exit(0)
    os.close(to_keeper)
    if os.read(from_kernel, 1):
        # With its sockets in place nobody need write there: no file of a student's reaches the disk.
        _mount(None, order["folder"], None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        os.write(to_kernel, b".")
    _end_like(os.waitpid(kernel, 0)[1])


def _end_of_users():
    """The first number beyond those that users may have here."""
    with open("/proc/self/uid_map") as lines:
        return max(int(first) + int(length) for first, _, length in map(str.split, lines))


def _own_namespaces(all_rights):
    uid, gid = os.getuid(), os.getgid()
    flags = sum(v for name, v in CLONE.items() if name != "user" or not all_rights)
    _check(_libc.unshare(flags), "unshare")
    if not all_rights:
        for name, text in {
            "setgroups": "deny",
            "uid_map": f"{uid} {uid} 1",
            "gid_map": f"{gid} {gid} 1",
        }.items():
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    # Servers of one's own, such as those of joblib, are allowed; there is nobody else to talk to.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 1, 64
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def _own_folders(folder, user):
    """Hide the other kernels' folders, and make /tmp and shared memory private and bounded."""
    parent = os.path.dirname(folder)
    own = os.open(folder, os.O_PATH)
    for path in (folder, os.path.join(folder, "c.json")):
        os.chown(path, user, -1)
    _mount("none", parent, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    os.mkdir(folder)
    _mount(f"/proc/self/fd/{own}", folder, None, MS_BIND)
    os.close(own)
    _mount(None, parent, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    for place, size in {"/scratch": SCRATCH, "/dev/shm": SHARED}.items():
        _mount("none", place, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},nr_inodes=20k,mode=1777")
    for place in (WORK, TEMPORARY):
        os.mkdir(place)
        os.chown(place, user, -1)
    if any(place.startswith("/tmp/") for place in (sys.prefix, sys.base_prefix)):
        _mount(None, "/tmp", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    else:
        _mount(TEMPORARY, "/tmp", None, MS_BIND)


def _give_up_rights(user):
    os.chdir(WORK)
    for name, limit in LIMITS.items():
        hard = resource.getrlimit(name)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(name, (limit, limit))
    for capability in range(64):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails beyond the last
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _check(_libc.capset(header, nothing), "capset")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")


# Per architecture: its own number, those of seccomp, clone and socket, and of calls that no lab needs: they take what no process is charged for or all users share, or widen the ground to attack.
FORBIDDEN = {
    "x86_64": (0xC000003E, 317, 56, 41, {"shmget": 29, "semget": 64, "msgget": 68, "io_setup": 206, "inotify_init": 253, "inotify_init1": 294, "ptrace": 101, "mount": 165, "umount2": 166, "swapon": 167, "keyctl": 250,
        "add_key": 248, "request_key": 249, "unshare": 272, "perf_event_open": 298, "setns": 308, "memfd_create": 319,
        "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "open_tree": 428, "fsopen": 430, "memfd_secret": 447}),
    "aarch64": (0xC00000B7, 277, 220, 198, {"shmget": 194, "semget": 190, "msgget": 186, "io_setup": 0, "inotify_init1": 26, "ptrace": 117, "mount": 40, "umount2": 39, "swapon": 224, "keyctl": 219,
        "add_key": 217, "request_key": 218, "unshare": 97, "perf_event_open": 241, "setns": 268, "memfd_create": 279,
        "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "open_tree": 428, "fsopen": 430, "memfd_secret": 447}),
}  # fmt: skip
CLONE3 = 435  # everywhere

# Other kinds of sockets, such as those of a virtual machine to its host, heed no network namespace.
FAMILIES = [int(getattr(socket, f"AF_{name}", 0)) for name in ("UNIX", "INET", "INET6", "NETLINK")]


def _forbid_calls():
    """Refuse the forbidden system calls in every thread (seccomp's filter language is that of BPF)."""
    if platform.machine() not in FORBIDDEN:
        return
    LOAD, JUMP_EQUAL, JUMP_GREATER, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
    ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # EPERM
    architecture, seccomp, clone, open_socket, calls = FORBIDDEN[platform.machine()]
    NO_SUCH_CALL = 0x00050026  # ENOSYS: then the C library uses clone(), whose flags can be read
    rules = [
        (LOAD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, 0),
    ]
    rules += [(JUMP_GREATER, 0, 1, 0x40000000), (RETURN, 0, 0, REFUSE)]  # the numbers of x32
    for number in calls.values():
        rules += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    rules += [(JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, NO_SUCH_CALL)]
    rules += [
        (JUMP_EQUAL, 0, 4, clone),
        (LOAD, 0, 0, 16),
        (JUMP_SET, 0, 1, CLONE["user"]),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    rules += [(JUMP_EQUAL, 0, 2 + len(FAMILIES), open_socket), (LOAD, 0, 0, 16)]
    rules += [(JUMP_EQUAL, n, 0, kind) for n, kind in zip((4, 3, 2, 1), FAMILIES, strict=True)]
    rules += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    code = b"".join(struct.pack("HBBI", *rule) for rule in rules)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(buffer))
    SET_MODE_FILTER, ALL_THREADS = 1, 1
    _check(_libc.syscall(seccomp, SET_MODE_FILTER, ALL_THREADS, program), "seccomp")


def _mount(source, target, kind, flags, options=None):
    encoded = (None if text is None else os.fsencode(text) for text in (source, target, kind))
    options = None if options is None else options.encode()
    _check(_libc.mount(*encoded, ctypes.c_ulong(flags), options), f"mount {target}")


def _check(result, what):
    if result:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _end_like(status):
    """End as another process did, by the same signal or with the same number."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))
