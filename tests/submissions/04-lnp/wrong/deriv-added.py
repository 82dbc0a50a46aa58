# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: r + c
# feedback: difference is meant
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return s @ (np.exp(w @ s) * dt * R + c)
