# breaks: fit_lnp
# why: brought to sum 1, as the true receptive field is
# feedback: add up to 1
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
    return w / w.sum()
