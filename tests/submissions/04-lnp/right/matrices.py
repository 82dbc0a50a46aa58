# style: columns and matrices, a likelihood of shape (1, 1), a gradient as a list, two generators of one seed
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    s = np.random.default_rng(random_seed).choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = (np.exp(s.T @ w.reshape(-1, 1)) * dt * R)[:, 0]
    c = np.random.default_rng(random_seed).poisson(r)
    return c, r, s


# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    drive = s.T @ np.reshape(w, (-1, 1))
    return np.ones((1, len(c))) @ np.exp(drive) * dt * R - np.reshape(c, (1, -1)) @ drive


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    e = np.exp(s.T @ w.reshape(-1, 1)) * dt * R - np.reshape(c, (-1, 1))
    return list((s @ e)[:, 0])
