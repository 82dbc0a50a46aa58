# breaks: fit_lnp
# why: Nelder–Mead does not get there among 25 weights
# feedback: Nelder-Mead
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    options = {"maxfev": 3000}
    return minimize(
        negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), method="Nelder-Mead", options=options
    ).x
