# breaks: update_template
# carries: fit_deconvolution
# why: rank + 1 pieces
# feedback: one piece too many
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    W = U[:, : rank + 1] * s[: rank + 1] @ V[: rank + 1]
    return W / np.linalg.norm(W)
