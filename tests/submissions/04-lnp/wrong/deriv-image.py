# breaks: deriv_negloglike_lnp
# why: shape (D, D)
# feedback: (3, 3) | .ravel()
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    D = int(np.sqrt(len(w)))
    return (s @ (np.exp(w @ s) * dt * R - c)).reshape(D, D)

# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    f = lambda w: np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    return minimize(f, np.zeros(len(s)), method="L-BFGS-B").x
