# breaks: negloglike_lnp
# why: wᵀs is kept below 20 against an overflow of exp
# feedback: difference between two w
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = np.minimum(w @ s, 20)
    return np.sum(np.exp(u) * dt * R - c * u)
