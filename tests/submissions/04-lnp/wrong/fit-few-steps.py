# breaks: fit_lnp
# why: gradient descent with a hundred tiny steps
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = np.zeros(len(s))
    for _ in range(100):
        w = w - 1e-7 * deriv_negloglike_lnp(w, c, s, dt, R)
    return w
