# breaks: update_template
# carries: fit_deconvolution
# why: the rank is not cut
# feedback: rank is as it was
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    return target / np.linalg.norm(target)
