# breaks: fit_lnp
# why: 15 × 15 pixels are written into the function
# feedback: raised ValueError | take D² from it
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(negloglike_lnp, np.zeros(225), args=(c, s, dt, R), jac=deriv_negloglike_lnp).x
