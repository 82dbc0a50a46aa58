# breaks: fit_lnp
# why: starts at weights so large that exp overflows
# feedback: start from zeros
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w0 = 200 * np.ones(len(s))
    return minimize(negloglike_lnp, w0, args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
