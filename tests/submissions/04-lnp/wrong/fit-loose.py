# breaks: fit_lnp
# why: a tolerance so large that it stops at once
# feedback: did not move
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(
        negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp, tol=1e5
    ).x
