# zero: select_n_clusters
# why: raises what might pass for success, end the grader, or flood the feedback
# %% select_n_clusters
from helpers.checks import CheckFailed, NotAnswered

calls = 0


class Silent(CheckFailed):
    def __str__(self):
        return ""


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no message")


class Loud(Exception):
    def __str__(self):
        return "<script>alert(1)</script>\x1b[2J" + "x" * 10_000_000


class NoText(Exception):
    def __str__(self):
        return 5


def deep():
    return deep()


def select_n_clusters(x, K, n_seeds):
    global calls
    calls += 1
    errors = (
        Silent,
        Mute,
        Loud,
        NoText,
        SystemExit,
        KeyboardInterrupt,
        GeneratorExit,
        StopIteration,
        NotAnswered,
        NotImplementedError,
        MemoryError,
        deep,
    )
    error = errors[calls % len(errors)]
    raise error()
