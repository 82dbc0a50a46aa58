# breaks: negloglike_lnp
# carries: fit_lnp
# why: the logarithm of base 10
# feedback: base 10
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(r - c * np.log10(np.maximum(r, 1e-300)))
