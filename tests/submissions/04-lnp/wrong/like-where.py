# breaks: negloglike_lnp
# why: np.where hides the NaN of empty bins, but a spike where r underflows costs infinitely much
# feedback: log(0) is −∞
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(r) - np.sum(np.where(c > 0, c * np.log(r), 0))
