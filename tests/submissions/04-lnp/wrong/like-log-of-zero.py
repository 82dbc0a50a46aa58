# breaks: negloglike_lnp
# why: 0·log(0) where the rate underflows
# feedback: 0·log(r) is NaN
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return np.sum(r - c * np.log(r))
