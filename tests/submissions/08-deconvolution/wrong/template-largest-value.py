# breaks: update_template
# carries: fit_deconvolution
# why: divided by the largest singular value
# feedback: largest
# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    return U[:, :rank] * (s[:rank] / s[0]) @ V[:rank]
