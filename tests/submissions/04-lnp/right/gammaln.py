# style: the full log-likelihood with gammaln, an array of one element, Newton's method by hand
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy.special import gammaln
    lograte = w.reshape(1, -1) @ s + np.log(dt * R)
    L = (c * lograte).sum(axis=1) - np.exp(lograte).sum(axis=1) - gammaln(np.asarray(c) + 1).sum()
    return -L


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return -(s * c).sum(axis=1) + (s * r).sum(axis=1)


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = np.zeros(s.shape[0])
    for _ in range(50):
        r = np.exp(w @ s) * dt * R
        step = np.linalg.solve((s * r) @ s.T, s @ (r - c))
        if np.abs(step).max() < 1e-10:
            break
        while negloglike_lnp(w - step, c, s, dt, R)[0] > negloglike_lnp(w, c, s, dt, R)[0] + 1e-9:
            step = step / 2
        w = w - step
    return w
