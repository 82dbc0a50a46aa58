# breaks: score_templates
# carries: fit_deconvolution
# why: the batch axis of conv1d is left on
# feedback: Take [0]
# %% score_templates
def score_templates(R, templates):
    data = torch.tensor(R, dtype=torch.float32)[None]
    return torch.nn.functional.conv1d(data, torch.tensor(templates, dtype=torch.float32)).numpy()
