# breaks: deriv_negloglike_lnp
# carries: fit_lnp
# why: dt and R of the text are written into the function
# feedback: whatever is passed
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return s @ (np.exp(w @ s) * 5 - c)
