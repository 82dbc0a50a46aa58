# breaks: update_template
# carries: fit_deconvolution
# why: normalised before the cut
# feedback: only those that are kept
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    s = s / np.linalg.norm(s)
    return U[:, :rank] * s[:rank] @ V[:rank]
