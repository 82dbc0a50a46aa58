# breaks: negloglike_lnp
# carries: fit_lnp
# why: one number for each bin
# feedback: one number | Add up
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.exp(w @ s) * dt * R - c * (w @ s)
