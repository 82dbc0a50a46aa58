# style: conv1d on everything, single precision
# %% update_waveform
def update_waveform(R, a):
    w = torch.tensor(R, dtype=torch.float32) @ torch.tensor(a, dtype=torch.float32)
    return (w / w.norm()).numpy()


# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    x = torch.tensor(R.T, dtype=torch.float32) @ torch.tensor(w, dtype=torch.float32)
    return torch.relu(x - lam * sigma**2).numpy()


# %% log_joint
def log_joint(X, W, A, lam, sigma):
    normal = torch.distributions.Normal(torch.tensor(W @ A.T), sigma)
    exponential = torch.distributions.Exponential(torch.tensor(float(lam)))
    return (
        normal.log_prob(torch.tensor(X)).sum() + exponential.log_prob(torch.tensor(A)).sum()
    ).item()


# %% score_templates
def score_templates(R, templates):
    data = torch.tensor(R, dtype=torch.float32)[None]
    w = torch.tensor(templates, dtype=torch.float32)
    return torch.nn.functional.conv1d(data, w)[0].numpy()


# %% update_template
def update_template(target, rank):
    U, s, V = torch.linalg.svd(torch.tensor(target), full_matrices=False)
    s = s[:rank] / s[:rank].norm()
    return (U[:, :rank] @ torch.diag(s) @ V[:rank]).numpy()
