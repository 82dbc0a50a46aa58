# breaks: fit_lnp
# why: minimises the log-likelihood, whose weights run away
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: -negloglike_lnp(w, c, s, dt, R)
    return minimize(f, np.zeros(len(s)), options={"maxiter": 3}).x
