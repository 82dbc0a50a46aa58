# style: SLSQP, whose tolerance is coarse; the likelihood as a dot product of whole arrays
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    c = np.asarray(c)
    drive = np.matmul(np.transpose(s), w)
    return float(np.ones(len(c)) @ (R * dt * np.exp(drive)) - np.dot(c, drive))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(negloglike_lnp, np.zeros(len(s)), (c, s, dt, R), "SLSQP", deriv_negloglike_lnp).x
