# breaks: fit_lnp
# why: an image with rows and columns swapped
# feedback: Rows and columns of the weights are swapped
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    w = minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
    D = int(np.sqrt(len(w)))
    return w.reshape(D, D, order="F")
