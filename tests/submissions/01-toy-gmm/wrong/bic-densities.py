# breaks: mog_bic
# why: logarithm of a sum of densities: −inf as soon as one point is far from every cluster
# feedback: infinite | log
# %% mog_bic
def gauss(x, m, S):
    d = x.shape[1]
    diff = x - m
    e = np.exp(-0.5 * np.einsum("ni,ij,nj->n", diff, np.linalg.inv(S), diff))
    return e / np.sqrt((2 * np.pi) ** d * np.linalg.det(S))


def mog_bic(x, m, S, p):
    LL = np.log(sum(p[k] * gauss(x, m[k], S[k]) for k in range(len(p)))).sum()
    P = n_parameters(len(p), x.shape[1])
    return P * np.log(len(x)) - 2 * LL, LL
