# zero: sample_data
# why: returns things that give themselves out as arrays, numbers and tuples, of any size they are asked for
# %% sample_data
class Spoof:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    def __reduce__(self):
        return eval, ("__import__('os').system('id')",)

    def __array_interface__(self):
        return {"shape": (10**9,), "typestr": "<f8", "data": (0, False), "version": 3}

    def __len__(self):
        return 2

    def __iter__(self):
        return iter([Spoof(np.ndarray), Spoof(float)])


class Endless(list):
    def __iter__(self):
        while True:
            yield self


class Shifty(float):
    def __float__(self):
        return 1.0

    def __repr__(self):
        return "1.0"


class Text(str):
    def encode(self, *args):
        return b"passed"

    def __len__(self):
        return 0


calls = 0


def sample_data(n_samples, m, S, p, random_seed=0):
    global calls
    calls += 1
    return (
        Spoof(tuple),
        Endless([1, 2]),
        (Spoof(np.ndarray), Spoof(np.ndarray)),
        [Shifty("nan")] * 2,
        Text("x"),
        (Text("a"), Text("b")),
        Spoof(type(None)),
        Spoof(bool),
    )[calls % 8]
