# breaks: fit_lnp
# why: the gradient of a mean beside the value of a sum, cut short by minimize
# feedback: jac
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    jac = lambda w, *args: -deriv_negloglike_lnp(w, *args)
    return minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=jac).x
