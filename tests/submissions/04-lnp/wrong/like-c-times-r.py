# breaks: negloglike_lnp
# carries: fit_lnp
# why: c·r instead of c·log r
# feedback: multiplied by r
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(r - c * r)
