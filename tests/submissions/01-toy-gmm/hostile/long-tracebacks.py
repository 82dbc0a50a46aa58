# zero: sample_data
# why: raises errors that are long, deep, circular or groups of others, with texts that upset who shows them
# %% sample_data
calls = 0


class Loud(Exception):
    def __init__(self, *args):
        super().__init__(*args)
        self.__cause__ = self.__context__ = None

    def __str__(self):
        return (
            "\u202e<b onmouseover=alert(1)>`[x](javascript:alert(1))`\x1b]0;x\x07\x1b[31m\r\n"
            + "\ud800" * 600
        )


Loud.__name__ = Loud.__qualname__ = "</td><script>alert(1)</script>" * 9


def deep(n):
    return deep(n - 1) if n else 1 / 0


def circle():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    raise first


def group():
    error = ValueError("x" * 10**6)
    for _ in range(200):
        error = ExceptionGroup("g" * 1000, [error])
    raise error


def sample_data(n_samples, m, S, p, random_seed=0):
    global calls
    calls += 1
    if calls % 4 == 0:
        raise Loud
    return (lambda: deep(900), circle, group)[calls % 4 - 1]()
