# breaks: negloglike_lnp
# why: the product of probabilities, which underflows, and only then the logarithm
# feedback: add up their logarithms
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy import stats
    return -np.log(np.prod(stats.poisson.pmf(c, np.exp(w @ s) * dt * R)))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
