# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: the gradient of the log-likelihood
# feedback: its negative is asked for
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return s @ (c - np.exp(w @ s) * dt * R)
