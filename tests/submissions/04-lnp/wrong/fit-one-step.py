# breaks: fit_lnp
# why: one step of Newton's method from 0
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    r = dt * R
    return -np.linalg.solve(r * s @ s.T, s @ (r - c))
