# zero: sample_data
# why: returns a hundred million letters where numbers belong, each an item of its own
# %% sample_data
calls = 0
kinds = ("S1", "U1", "m8[s]", "M8[s]", "?", "i1", "f2", "c8")


def sample_data(n_samples, m, S, p, random_seed=0):
    global calls
    calls += 1
    return np.zeros(2**26 if calls % 2 else 2**23, kinds[calls % len(kinds)]), np.zeros(
        (2**22, 2), "S1"
    )
