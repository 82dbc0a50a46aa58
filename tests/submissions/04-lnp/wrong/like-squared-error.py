# breaks: negloglike_lnp
# carries: fit_lnp
# why: Gaussian noise
# feedback: squared error
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum((c - np.exp(w @ s) * dt * R) ** 2)
