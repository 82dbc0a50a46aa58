# breaks: fit_lnp
# why: the sign of the weights was turned as if a maximum had been looked for
# feedback: minus the best weights
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return -minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
