# breaks: negloglike_lnp
# why: math.factorial gives a number that no float can hold
# feedback: gammaln | raised
# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    import math
    r = np.exp(w @ s) * dt * R
    total = 0
    for ct, rt, ut in zip(c, r, w @ s):
        total += rt - ct * ut + np.log(float(math.factorial(int(ct))))
    return total
