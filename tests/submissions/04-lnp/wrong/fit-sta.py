# breaks: fit_lnp
# why: the spike-triggered average
# feedback: average stimulus before a spike
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return s @ c / c.sum()
