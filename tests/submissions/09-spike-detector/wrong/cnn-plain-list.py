# breaks: make_cnn
# why: convolutions in a plain list
# feedback: nn.ModuleList
# %% make_cnn
class Net(nn.Module):
    def __init__(self, n_samples):
        super().__init__()
        self.convolutions = [nn.Conv1d(1, 8, 5, padding=2), nn.Conv1d(8, 8, 5, padding=2)]
        self.head = nn.Linear(8 * n_samples, 2)

    def forward(self, x):
        for convolution in self.convolutions:
            x = torch.relu(convolution(x))
        return self.head(x.flatten(1))


def make_cnn(n_samples=42):
    return Net(n_samples)
