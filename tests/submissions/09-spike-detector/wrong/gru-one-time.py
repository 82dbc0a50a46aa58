# breaks: make_gru
# why: one time with 42 features
# feedback: 60 samples | transpose
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(42, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.gru(x)
        return self.head(last[0])


def make_gru(n_samples=42):
    return Net()
