# breaks: update_template
# carries: fit_deconvolution
# why: the norm is left as it is
# feedback: norm was not made 1
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    return U[:, :rank] * s[:rank] @ V[:rank]
