# breaks: score_templates
# why: the array is made anew for each template
# feedback: last template
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    for k in range(K):
        s = sum(np.correlate(R[n], templates[k, n], "valid") for n in range(N))
    return np.tile(s, (K, 1))
