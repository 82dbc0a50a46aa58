# breaks: negloglike_lnp
# carries: fit_lnp
# why: dt and R of the text are written into the function
# feedback: whatever is passed
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum(np.exp(w @ s) * 0.1 * 50) - c @ (w @ s)
