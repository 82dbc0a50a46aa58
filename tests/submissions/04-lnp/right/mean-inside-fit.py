# style: the fit minimises the mean over bins, which has the same minimum; it starts at the scaled STA
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    nT = len(c)
    f = lambda w: negloglike_lnp(w, c, s, dt, R) / nT
    g = lambda w: deriv_negloglike_lnp(w, c, s, dt, R) / nT
    sta = (s * c).sum(1) / c.sum()
    return minimize(f, 0.1 * sta, jac=g).x
