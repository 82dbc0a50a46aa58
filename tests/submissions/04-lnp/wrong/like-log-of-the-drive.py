# breaks: negloglike_lnp
# why: the logarithm of wᵀs instead of wᵀs
# feedback: negative number | by hand
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = w @ s
    return np.sum(np.exp(u) * dt * R - c * np.log(u))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), jac=lambda w: s @ (np.exp(w @ s) * dt * R - c), method="L-BFGS-B").x
