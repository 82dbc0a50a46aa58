# breaks: update_template
# carries: fit_deconvolution
# why: always rank 1
# feedback: one piece too few
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    return np.outer(U[:, 0], V[0])
