# breaks: score_templates
# carries: fit_deconvolution
# why: mode full
# feedback: too many places
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    scores = np.zeros((K, R.shape[1] + D - 1))
    for k in range(K):
        for n in range(N):
            scores[k] += np.correlate(R[n], templates[k, n], "full")
    return scores
