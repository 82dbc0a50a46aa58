# breaks: make_autoencoder
# why: tanh at the end of the code
# feedback: of the code are near | at the very end
# %% make_autoencoder
class Net(nn.Module):
    def __init__(self, n_samples, code):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_samples, 32), nn.ELU(), nn.Linear(32, code), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(code, 32), nn.ELU(), nn.Linear(32, n_samples))

    def encode(self, x):
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.encode(x))


def make_autoencoder(n_samples=42, code=3):
    return Net(n_samples, code)
