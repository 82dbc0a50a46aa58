# breaks: make_gru
# why: batch_first forgotten, last of the outputs per waveform
# feedback: batch_first
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.gru(x.transpose(1, 2))
        return self.head(outputs[:, -1])


def make_gru(n_samples=42):
    return Net()
