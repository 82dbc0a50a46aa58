# style: scipy.stats for drawing, np.random.seed; the likelihood by masked bins; a fit without a gradient
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    from scipy import stats
    np.random.seed(random_seed)
    s = s_i * (stats.bernoulli.rvs(0.5, size=(len(w), nT)) - 0.5)
    r = np.exp(w.T @ s) * dt * R
    c = stats.poisson.rvs(r)
    return c, r, s


# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = w @ s + np.log(dt * R)
    some = c > 0
    return np.sum(np.exp(u)) - np.sum(c[some] * u[some])


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    u0 = np.zeros(len(s))
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, u0).x
