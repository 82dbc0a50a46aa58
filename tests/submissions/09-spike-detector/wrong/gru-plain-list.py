# breaks: make_gru
# why: two layers in a plain list
# feedback: nn.ModuleList
# %% make_gru
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.GRU(1, 32, batch_first=True)]
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        outputs, last = self.layers[0](x.transpose(1, 2))
        return self.head(last[0])


def make_gru(n_samples=42):
    return Net()
