# breaks: make_gru
# why: all states flattened
# feedback: 60 samples
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32, batch_first=True)
        self.head = nn.Linear(32 * 42, 2)

    def forward(self, x):
        outputs, last = self.gru(x.transpose(1, 2))
        return self.head(outputs.flatten(1))


def make_gru(n_samples=42):
    return Net()
