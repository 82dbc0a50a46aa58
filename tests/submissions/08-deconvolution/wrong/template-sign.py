# breaks: update_template
# carries: fit_deconvolution
# why: turned so that the largest element is positive
# feedback: sign is turned
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    W = U[:, :rank] * (s[:rank] / np.linalg.norm(s[:rank])) @ V[:rank]
    return W * np.sign(W.flat[np.abs(W).argmax()])
