# style: accepts w as an image or flat everywhere
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    u = np.ravel(w) @ s
    return np.sum(np.exp(u) * dt * R - np.where(c > 0, c * u, 0))


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    r = np.exp(np.ravel(w) @ s) * dt * R
    return np.squeeze(s @ (r - c)[:, None], axis=1)


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    D = round(len(s) ** 0.5)
    res = minimize(negloglike_lnp, np.zeros((D, D)).ravel(), args=(c, s, dt, R),
                            jac=deriv_negloglike_lnp, method="Newton-CG")
    return res.x.reshape(D, D).tolist()
