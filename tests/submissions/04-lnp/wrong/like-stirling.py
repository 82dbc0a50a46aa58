# breaks: negloglike_lnp
# why: Stirling's formula for ln c!, NaN at c = 0
# feedback: gammaln(c + 1)
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = w @ s + np.log(dt * R)
    return np.sum(np.exp(u) - c * u + c * np.log(c) - c + 0.5 * np.log(2 * np.pi * c))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), jac=lambda w: s @ (np.exp(w @ s) * dt * R - c), method="L-BFGS-B").x
