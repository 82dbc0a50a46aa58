# breaks: update_template
# carries: fit_deconvolution
# why: the smallest singular values are kept
# feedback: W
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    W = U[:, -rank:] * s[-rank:] @ V[-rank:]
    return W / np.linalg.norm(W)
