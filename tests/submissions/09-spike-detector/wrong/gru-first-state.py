# breaks: make_gru
# why: the first state, not the last
# feedback: first state | *last* state
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.gru(x.transpose(1, 2))
        return self.head(outputs[:, 0])


def make_gru(n_samples=42):
    return Net()
