# breaks: score_templates
# why: only the first singular triple
# feedback: only the largest singular value
# %% score_templates
def score_templates(R, templates):
    """Correlate templates (K, N, D) with the data R (N, T): scores (K, T − D + 1)."""
    templates = np.asarray(templates, float)
    U, s, V = np.linalg.svd(templates, full_matrices=False)  # W = U diag(s) V, for each template
    rank = 1
    signals = np.swapaxes(U[:, :, :rank], 1, 2) @ R  # contacts added up: (K, rank, T)
    courses = s[:, :rank, None] * V[:, :rank]  # (K, rank, D)
    signals = torch.tensor(signals.reshape(1, -1, signals.shape[-1]))
    scores = torch.nn.functional.conv1d(signals, torch.tensor(courses), groups=len(templates))
    return scores[0].numpy()  # each group: the signals of one template
