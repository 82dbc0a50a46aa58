# breaks: fit_lnp
# why: linear regression of log(1 + c)
# feedback: no minimum
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return np.linalg.lstsq(s.T, np.log(1 + c) - np.log(dt * R), rcond=None)[0]
