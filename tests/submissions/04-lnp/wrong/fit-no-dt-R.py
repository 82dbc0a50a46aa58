# breaks: fit_lnp
# why: a likelihood of its own, without Δt·R
# feedback: without Δt·R in r
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s)) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), jac=lambda w: s @ (np.exp(w @ s) - c)).x
