# breaks: negloglike_lnp
# carries: fit_lnp
# why: a ridge penalty that nobody asked for
# feedback: difference between two w
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s) + 50 * np.sum(w**2)
