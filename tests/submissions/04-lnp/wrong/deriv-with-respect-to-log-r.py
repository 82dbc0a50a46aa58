# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: 1 − c/r: the derivative with respect to r, without the inner one
# feedback: the gradient
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return s @ (1 - c / r)
