# style: iteratively reweighted least squares, and signs by rng.integers
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = (2 * rng.integers(0, 2, size=(w.shape[0], nT)) - 1) * s_i / 2
    r = np.exp(s.T @ w) * dt * R
    c = rng.poisson(lam=r, size=nT)
    return c, r, s


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    X, w = s.T, np.zeros(len(s))
    for _ in range(30):
        r = np.exp(X @ w) * dt * R
        z = X @ w + (c - r) / r
        w = np.linalg.solve(X.T @ (r[:, None] * X), X.T @ (r * z))
    return w
