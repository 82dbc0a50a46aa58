# breaks: negloglike_lnp
# why: the rate is kept above .1, against zeros in the logarithm
# feedback: difference between two w | cut off
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.maximum(np.exp(w @ s) * dt * R, 0.1)
    return np.sum(r - c * np.log(r))
