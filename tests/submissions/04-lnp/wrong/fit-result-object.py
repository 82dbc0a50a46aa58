# breaks: fit_lnp
# why: everything the optimiser says
# feedback: result.x
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp)
