# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: not summed over bins
# feedback: should have shape (9,) but has (9, 30)
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return s * (np.exp(w @ s) * dt * R - c)
