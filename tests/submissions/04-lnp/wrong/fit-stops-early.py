# breaks: fit_lnp
# why: three iterations
# feedback: maxiter
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(
        negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp, options={"maxiter": 3}
    ).x
