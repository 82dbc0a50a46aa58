# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: summed over pixels, too
# feedback: should have shape (9,)
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum(s * (np.exp(w @ s) * dt * R - c))
