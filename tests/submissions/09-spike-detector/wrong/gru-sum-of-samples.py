# breaks: make_gru
# why: reads the mean voltage alone
# feedback: order
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.gru(torch.sort(x).values.transpose(1, 2))
        return self.head(last[0])


def make_gru(n_samples=42):
    return Net()
