# breaks: update_template
# carries: fit_deconvolution
# why: all pieces weigh the same
# feedback: same weight
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    W = U[:, :rank] @ V[:rank]
    return W / np.linalg.norm(W)
