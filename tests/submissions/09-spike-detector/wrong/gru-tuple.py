# breaks: make_gru
# why: returns logits and state
# feedback: numbers
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.gru(x.transpose(1, 2))
        return self.head(last[0]), last


def make_gru(n_samples=42):
    return Net()
