# breaks: fit_lnp
# why: brought to norm 1
# feedback: norm 1
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
    return w / np.linalg.norm(w)
