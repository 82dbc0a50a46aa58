# breaks: negloglike_lnp
# why: the mean over bins
# feedback: take the sum
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.mean(np.exp(w @ s) * dt * R - c * (w @ s))

# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
