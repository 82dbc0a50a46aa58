# breaks: deriv_negloglike_lnp
# why: shape (D², 1)
# feedback: (9, 1) | .ravel()
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w @ s) * dt * R
    return s @ (r - c).reshape(-1, 1)

# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
