# zero: select_n_clusters
# why: returns whatever might upset who reads it: huge numbers, half characters, odd keys, things that are no data
# %% select_n_clusters
calls = 0


def endless():
    while True:
        yield 1


class Odd(dict):
    def items(self):
        raise RuntimeError("no items")


def select_n_clusters(x, K, n_seeds):
    global calls
    calls += 1
    import pandas

    frame = pandas.DataFrame({"a": [object(), None], "b": [[1], {}]})
    collide = {i * (2**61 - 1): i for i in range(900)}
    answers = (
        (endless(), endless()),
        (10**1_000_000, 10**1_000_000),
        ("\ud800", "\udfff"),
        ({(1, 2): 3, None: 4, frozenset(): 5}, {float("nan"): 1, float("inf"): 2}),
        (frame, frame.T),
        (Odd(a=1), Odd(b=2)),
        (np.array([object()]), np.array([None, {}], dtype=object)),
        (np.datetime64("2020"), np.array(["x"], dtype="S1")),
        (np.zeros(3, dtype=[("a", "f8"), ("b", "O")]), np.ma.masked),
        (collide, set(collide)),
        (type, select_n_clusters),
        (memoryview(b"x"), bytearray(b"x")),
        (1 + 2j, np.array([[np.inf, np.nan]])),
    )
    return answers[calls % len(answers)]
