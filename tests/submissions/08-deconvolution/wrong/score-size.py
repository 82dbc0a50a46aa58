# breaks: score_templates
# why: the size of the score
# feedback: leave its sign
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    scores = np.zeros((K, R.shape[1] - D + 1))
    for k in range(K):
        for n in range(N):
            scores[k] += np.correlate(R[n], templates[k, n], "valid")
    return np.abs(scores)
