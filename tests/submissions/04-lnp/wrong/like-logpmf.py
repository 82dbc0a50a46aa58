# breaks: negloglike_lnp
# why: scipy's logpmf is handed r, which underflows in bins with a spike
# feedback: log(0) is −∞
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy import stats
    return -stats.poisson.logpmf(c, np.exp(w @ s) * dt * R).sum()
