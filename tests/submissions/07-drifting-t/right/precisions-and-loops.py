# style: inverse and slogdet, one spike after another
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    d = S.shape[0]
    P = np.linalg.inv(S)
    peak = gammaln(0.5 * (nu + d)) - gammaln(0.5 * nu) - 0.5 * d * np.log(np.pi * nu)
    peak -= 0.5 * np.linalg.slogdet(S)[1]
    return [peak - 0.5 * (nu + d) * np.log1p((row - m) @ P @ (row - m) / nu) for row in x]
