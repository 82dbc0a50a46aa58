# breaks: score_templates
# why: divided by the norm of the template
# feedback: norm of the template
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    scores = np.zeros((K, R.shape[1] - D + 1))
    for k in range(K):
        for n in range(N):
            scores[k] += np.correlate(R[n], templates[k, n], "valid")
    return scores / np.linalg.norm(templates, axis=(1, 2))[:, None]
