# breaks: score_templates
# why: the singular values are forgotten
# feedback: singular values are missing
# %% score_templates
def score_templates(R, templates):
    """Correlate templates (K, N, D) with the data R (N, T): scores (K, T − D + 1)."""
    templates = np.asarray(templates, float)
    U, s, V = np.linalg.svd(templates, full_matrices=False)  # W = U diag(s) V, for each template
    rank = max(1, (s > 1e-12 * s.max()).sum(axis=1).max())
    signals = np.swapaxes(U[:, :, :rank], 1, 2) @ R  # contacts added up: (K, rank, T)
    courses = V[:, :rank]  # (K, rank, D)
    signals = torch.tensor(signals.reshape(1, -1, signals.shape[-1]))
    scores = torch.nn.functional.conv1d(signals, torch.tensor(courses), groups=len(templates))
    return scores[0].numpy()  # each group: the signals of one template
