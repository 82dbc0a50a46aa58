# breaks: deriv_negloglike_lnp
# why: the right formula before c/r·r was cancelled
# feedback: do not divide by r
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return -((c / r - 1) * r * s).sum(axis=1)
