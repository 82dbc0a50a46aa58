# zero: select_n_clusters
# why: returns more than anybody can take: a gigabyte, a million items, an endless nesting
# %% select_n_clusters
calls = 0


def nested(depth):
    result = []
    for _ in range(depth):
        result = [result]
    return result


def select_n_clusters(x, K, n_seeds):
    global calls
    calls += 1
    circle = []
    circle.append(circle)
    wide = [[0] * 1000] * 1000
    answers = (
        lambda: (2, np.zeros(2**27)),
        lambda: (2, [0.0] * 1_000_000),
        lambda: (2, nested(100_000)),
        lambda: (circle, circle),
        lambda: (2, [wide] * 1000),
        lambda: (2, {i: i for i in range(100_000)}),
        lambda: (2, ["x" * 50_000_000, *"abc" * 100]),
        lambda: np.zeros((0, 2**40)),
    )
    return answers[calls % len(answers)]()
