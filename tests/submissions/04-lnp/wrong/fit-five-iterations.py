# breaks: fit_lnp
# why: five iterations are enough for 25 weights, not for 225
# feedback: maxiter
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    options = {"maxiter": 5}
    return minimize(
        negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp, method="L-BFGS-B", options=options
    ).x
