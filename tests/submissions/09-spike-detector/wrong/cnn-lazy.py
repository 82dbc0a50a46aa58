# breaks: make_cnn
# why: a layer without a size
# feedback: Lazy
# %% make_cnn
def make_cnn(n_samples=42):
    return nn.Sequential(nn.Conv1d(1, 8, 5, padding=2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
