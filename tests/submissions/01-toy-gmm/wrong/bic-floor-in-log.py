# breaks: mog_bic
# why: adds 1e-10 inside the logarithm: harmless in 2-D, wrong in 12-D and for far points
# feedback: log
# %% mog_bic
def mog_bic(x, m, S, p):
    prob = np.zeros(x.shape[0])
    for k in range(len(p)):
        prob += p[k] * stats.multivariate_normal.pdf(x, m[k], S[k])
    LL = np.sum(np.log(prob + 1e-10))  # avoid log(0)
    bic = -2 * LL + np.log(x.shape[0]) * n_parameters(len(p), x.shape[1])
    return bic, LL
