# breaks: score_templates
# carries: fit_deconvolution
# why: conv1d with padding
# feedback: too many places
# %% score_templates
def score_templates(R, templates):
    D = templates.shape[2]
    data = torch.tensor(R, dtype=torch.float32)[None]
    w = torch.tensor(templates, dtype=torch.float32)
    return torch.nn.functional.conv1d(data, w, padding=D // 2)[0].numpy()
