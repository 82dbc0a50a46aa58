# breaks: make_cnn
# why: features are detached
# feedback: depend on
# %% make_cnn
class Net(nn.Module):
    def __init__(self, n_samples):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 5, padding=2)
        self.head = nn.Linear(8 * n_samples, 2)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).detach().flatten(1))


def make_cnn(n_samples=42):
    return Net(n_samples)
