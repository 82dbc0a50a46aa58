# breaks: negloglike_lnp
# carries: fit_lnp
# why: no return
# feedback: `return`
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    L = np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
