# breaks: negloglike_lnp
# why: bins without a spike were left out
# feedback: bins without a spike are left out
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    some = np.asarray(c) > 0
    drive = w @ s[:, some]
    return np.sum(np.exp(drive) * dt * R) - c[some] @ drive


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), jac=lambda w: s @ (np.exp(w @ s) * dt * R - c), method="L-BFGS-B").x
