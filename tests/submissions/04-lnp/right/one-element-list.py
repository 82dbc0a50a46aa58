# style: the likelihood as a list of one element, the logarithm of r before r, a fit as a (D, D) image
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    logr = w @ s + np.log(dt) + np.log(R)
    return [sum(np.exp(logr)) - sum(c * logr)]


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    D = int(round(np.sqrt(len(s))))
    found = minimize(negloglike_lnp, np.zeros(D * D), (c, s, dt, R), jac=deriv_negloglike_lnp, method="L-BFGS-B")
    return found.x.reshape(D, D)
