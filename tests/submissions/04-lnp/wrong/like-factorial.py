# breaks: negloglike_lnp
# why: c! of a large count is infinite
# feedback: gammaln(c + 1)
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy.special import factorial
    return np.sum(np.exp(w @ s) * dt * R - c * (w @ s) + np.log(factorial(c)))
