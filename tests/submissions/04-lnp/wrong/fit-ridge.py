# breaks: fit_lnp
# why: a penalty on large weights
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: negloglike_lnp(w, c, s, dt, R) + 200 * w @ w
    g = lambda w: deriv_negloglike_lnp(w, c, s, dt, R) + 400 * w
    return minimize(f, np.zeros(len(s)), jac=g).x
