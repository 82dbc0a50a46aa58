# breaks: negloglike_lnp
# why: gammaln(c), where c + 1 is meant: infinite at c = 0
# feedback: gammaln(c + 1), not gammaln(c)
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy.special import gammaln
    u = w @ s + np.log(dt * R)
    return np.sum(np.exp(u) - c * u + gammaln(c))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), jac=lambda w: s @ (np.exp(w @ s) * dt * R - c), method="L-BFGS-B").x
