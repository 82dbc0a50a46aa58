# breaks: update_template
# carries: fit_deconvolution
# why: the singular values sum to 1
# feedback: squares
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    s = s[:rank] / s[:rank].sum()
    return U[:, :rank] * s @ V[:rank]
