# breaks: make_cnn
# why: millions of weights
# feedback: 200,000
# %% make_cnn
def make_cnn(n_samples=42):
    return nn.Sequential(nn.Conv1d(1, 64, 5, padding=2), nn.ReLU(), nn.Flatten(), nn.Linear(64 * n_samples, 512), nn.ReLU(), nn.Linear(512, 2))
