# breaks: negloglike_lnp
# why: xlogy hides the NaN of empty bins, but a spike where r underflows costs infinitely much
# feedback: log(0) is −∞
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    from scipy.special import xlogy
    r = np.exp(w @ s) * dt * R
    return np.sum(r - xlogy(c, r))
