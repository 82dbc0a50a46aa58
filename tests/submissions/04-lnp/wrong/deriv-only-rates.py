# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: the counts were taken for a constant
# feedback: the part of c is missing
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return s @ (np.exp(w @ s) * dt * R)
