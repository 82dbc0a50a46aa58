# breaks: make_cnn
# why: always 320 inputs of the linear layer
# feedback: mat1
# %% make_cnn
def make_cnn(n_samples=42):
    return nn.Sequential(
        nn.Conv1d(1, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(2),
        nn.Flatten(), nn.Linear(320, 32), nn.ReLU(), nn.Linear(32, 2)
    )
