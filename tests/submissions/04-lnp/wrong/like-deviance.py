# breaks: negloglike_lnp
# why: twice the negative log-likelihood
# feedback: twice what is asked for
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return 2 * (np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s))

# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
