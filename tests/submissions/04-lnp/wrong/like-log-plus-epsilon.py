# breaks: negloglike_lnp
# why: a small number is added against log(0)
# feedback: something added to r
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(r - c * np.log(r + 1e-10))
