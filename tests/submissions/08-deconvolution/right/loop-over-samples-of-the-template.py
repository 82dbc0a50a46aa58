# style: one product for each sample of the template
# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    n = R.shape[1] - D + 1
    return sum(templates[:, :, d] @ R[:, d : d + n] for d in range(D))
