# breaks: negloglike_lnp
# carries: fit_lnp
# why: one sign lost when the negative was taken
# feedback: other sign
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum(np.exp(w @ s) * dt * R + c * (w @ s))
