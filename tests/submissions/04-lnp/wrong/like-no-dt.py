# breaks: negloglike_lnp
# carries: fit_lnp
# why: r per second
# feedback: dt is missing
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum(np.exp(w @ s) * R) - c @ (w @ s)
