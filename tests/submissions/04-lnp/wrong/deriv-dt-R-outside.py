# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: dt·R multiplies the counts, too
# feedback: belongs to r alone
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return dt * R * s @ (np.exp(w @ s) - c)
