# style: five hundred random Gabors, the best of them changed again and again
# %% best_gabor
def best_gabor(respond, shape, mean, contrast):
    rng = np.random.default_rng(3)

    def random_params():
        return {
            "phase": rng.uniform(0, 360), "wavelength": rng.uniform(6, 18), "orientation": rng.uniform(0, 180),
            "sigma": rng.uniform(3, 8), "dy": rng.uniform(-0.25, 0.25), "dx": rng.uniform(-0.25, 0.25),
        }

    def normed(params):
        g = create_gabor(shape, **params)
        return mean + contrast * (g - g.mean()) / g.std()

    tries = [random_params() for _ in range(1500)]
    r = respond(np.stack([normed(p) for p in tries]))
    order = np.argsort(r)[::-1]
    pool = [(r[i], tries[i]) for i in order[:10]]
    sizes = {"phase": 60, "wavelength": 2, "orientation": 20, "sigma": 1, "dy": 0.08, "dx": 0.08}
    for turn in range(20):
        new = []
        for _, p in pool:
            for _ in range(10):
                q = {k: p[k] + rng.normal() * s * 0.8**turn for k, s in sizes.items()}
                q["wavelength"], q["sigma"] = max(q["wavelength"], 4), max(q["sigma"], 2)
                new.append(q)
        r = respond(np.stack([normed(q) for q in new]))
        pool = sorted([*pool, *zip(r, new)], key=lambda pair: -pair[0])[:10]
    response, params = pool[0]
    return params, normed(params), response
