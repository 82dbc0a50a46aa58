# breaks: make_autoencoder
# why: hidden layers in a plain list
# feedback: nn.ModuleList
# %% make_autoencoder
class Net(nn.Module):
    def __init__(self, n_samples, code):
        super().__init__()
        self.layers = [nn.Linear(n_samples, 32), nn.ELU(), nn.Linear(32, code)]
        self.decoder = nn.Sequential(nn.Linear(code, 32), nn.ELU(), nn.Linear(32, n_samples))

    def encode(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def forward(self, x):
        return self.decoder(self.encode(x))


def make_autoencoder(n_samples=42, code=3):
    return Net(n_samples, code)
