# breaks: deriv_negloglike_lnp
# why: shape (1, D²), which minimize happens to forgive
# feedback: (1, 9) | .ravel()
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(w.reshape(1, -1) @ s) * dt * R
    return (r - c) @ s.T

# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
