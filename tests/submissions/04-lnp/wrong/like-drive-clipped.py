# breaks: negloglike_lnp
# why: wᵀs is kept between ±20
# feedback: r or wᵀs was cut off
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = np.clip(w @ s, -20, 20)
    return np.sum(np.exp(u) * dt * R - c * u)
