# breaks: fit_lnp
# why: weights below 0 are cut off
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
    return np.maximum(w, 0)
