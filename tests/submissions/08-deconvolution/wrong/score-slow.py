# breaks: score_templates
# carries: fit_deconvolution
# why: three loops in Python
# feedback: s
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    scores = np.zeros((K, R.shape[1] - D + 1))
    for k in range(K):
        for t in range(scores.shape[1]):
            for n in range(N):
                for d in range(D):
                    scores[k, t] += R[n, t + d] * templates[k, n, d]
    return scores
