# style: minimize with its defaults and no gradient, from small random weights
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    rng = np.random.default_rng(1)
    w0 = rng.normal(scale=0.01, size=s.shape[0])
    result = minimize(negloglike_lnp, w0, args=(c, s, dt, R))
    return result["x"]
