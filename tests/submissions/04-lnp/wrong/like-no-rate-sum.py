# breaks: negloglike_lnp
# carries: fit_lnp
# why: the sum of r was taken for a constant
# feedback: the sum of r is missing
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return -np.sum(c * (w @ s + np.log(dt * R)))
