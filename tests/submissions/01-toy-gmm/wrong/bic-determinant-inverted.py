# breaks: mog_bic
# carries: select_n_clusters
# why: multiplies by √|Σ| instead of dividing by it
# feedback: determinant
# %% mog_bic
def mog_bic(x, m, S, p):
    N, D = x.shape
    ll = np.zeros((N, len(p)))
    for k in range(len(p)):
        xc = x - m[k]
        sol = np.linalg.solve(S[k], xc.T).T
        ll[:, k] = (
            np.log(p[k])
            - D / 2 * np.log(2 * np.pi)
            + 0.5 * np.log(np.linalg.det(S[k]))
            - 0.5 * (xc * sol).sum(axis=1)
        )
    LL = np.logaddexp.reduce(ll, axis=1).sum()
    return -2 * LL + n_parameters(len(p), D) * np.log(N), LL
