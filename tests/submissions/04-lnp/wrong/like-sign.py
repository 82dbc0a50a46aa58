# breaks: negloglike_lnp
# carries: fit_lnp
# why: the log-likelihood instead of its negative
# feedback: its negative is asked for
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(c * (w @ s) - r)
