# breaks: make_cnn
# why: ends with ReLU
# feedback: ReLU
# %% make_cnn
def make_cnn(n_samples=42):
    return nn.Sequential(
        nn.Conv1d(1, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(2),
        nn.Flatten(), nn.Linear(32 * (n_samples // 2 // 2), 32), nn.ReLU(), nn.Linear(32, 2), nn.ReLU()
    )
