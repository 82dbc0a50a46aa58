# breaks: t_logpdf
# why: computes the density with gamma functions, then takes the logarithm
# feedback: Stay in logarithms
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    from scipy.special import gamma

    d = len(m)
    r = x - m
    delta = np.sum(r @ np.linalg.inv(S) * r, axis=1)
    front = gamma((nu + d) / 2) / gamma(nu / 2) / np.sqrt((nu * np.pi) ** d * np.linalg.det(S))
    return np.log(front * (1 + delta / nu) ** (-(nu + d) / 2))
