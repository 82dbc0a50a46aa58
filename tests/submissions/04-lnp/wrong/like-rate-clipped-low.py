# breaks: negloglike_lnp
# why: r is kept above 1e-12 against log(0)
# feedback: r or wᵀs was cut off
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.clip(np.exp(w @ s) * dt * R, 1e-12, None)
    return np.sum(r - c * np.log(r))
