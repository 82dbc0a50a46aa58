# breaks: score_templates
# carries: fit_deconvolution
# why: only the first singular triple
# feedback: only the largest singular value
# %% score_templates
def score_templates(R, templates):
    """Correlate templates (K, N, D) with the data R (N, T): scores (K, T − D + 1)."""
    n_places = R.shape[1] - templates.shape[2] + 1
    scores = []
    for W in templates:
        U, s, V = np.linalg.svd(W, full_matrices=False)
        kept = s == s[0]
        signals, courses = U[:, kept].T @ R, s[kept, None] * V[kept]  # contacts added up first
        pieces = (np.correlate(y, v, "valid") for y, v in zip(signals, courses))
        scores.append(sum(pieces, np.zeros(n_places)))
    return np.array(scores)
