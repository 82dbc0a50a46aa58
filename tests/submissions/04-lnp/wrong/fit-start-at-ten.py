# breaks: fit_lnp
# why: all weights start at 10, where exp overflows for 225 pixels
# feedback: start from zeros
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w0 = np.full(len(s), 10.0)
    return minimize(negloglike_lnp, w0, args=(c, s, dt, R), jac=deriv_negloglike_lnp, method="L-BFGS-B").x
