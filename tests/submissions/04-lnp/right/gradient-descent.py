# style: gradient descent with a step that halves where the likelihood does not improve
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = np.zeros(len(s))
    f, g = negloglike_lnp(w, c, s, dt, R), deriv_negloglike_lnp(w, c, s, dt, R)
    start, step = np.abs(g).max(), 1e-4
    for _ in range(5000):
        new = w - step * g
        f_new = negloglike_lnp(new, c, s, dt, R)
        if f_new < f:
            w, f, step = new, f_new, step * 1.5
            g = deriv_negloglike_lnp(w, c, s, dt, R)
        else:
            step = step / 2
        if np.abs(g).max() < 1e-4 * start:
            break
    return w
