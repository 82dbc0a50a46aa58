# style: einsum, RandomState, the counts as floats, the fit as an image
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.RandomState(random_seed)
    s = (rng.rand(w.size, nT) > 0.5) * s_i - s_i / 2
    r = dt * R * np.exp(np.einsum("i,it->t", w, s))
    c = rng.poisson(r).astype(float)
    return c, r, s


# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    logr = np.einsum("i,it->t", w, s) + np.log(dt * R)
    return np.einsum("t->", np.exp(logr)) - np.einsum("t,t->", c, logr)


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(np.einsum("i,it->t", w, s) + np.log(dt * R))
    return np.einsum("it,t->i", s, r - c)


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    D = int(np.sqrt(len(s)))
    res = minimize(negloglike_lnp, np.random.randn(D * D) * 0.01, args=(c, s, dt, R),
                            jac=deriv_negloglike_lnp, method="L-BFGS-B")
    return res.x.reshape(D, D)
