# style: DataLoader with a torch.Generator, weights in the loss module, a deep copy of the model
# %% train
from torch.utils.data import DataLoader, TensorDataset


def train(model, x, y, x_val, y_val, n_epochs=20, random_seed=0):
    g = torch.Generator()
    g.manual_seed(random_seed)
    data = TensorDataset(torch.tensor(x).float(), torch.tensor(y).long())
    loader = DataLoader(data, batch_size=64, shuffle=True, generator=g)
    criterion = nn.CrossEntropyLoss(weight=torch.tensor(np.array(class_weights(y))).float())
    opt = torch.optim.Adam(model.parameters(), lr=0.001)
    hist = {"loss": [], "val_f1": [], "val_accuracy": []}
    best_f1, best_model = -1.0, None
    for epoch in range(n_epochs):
        model.train()
        running = 0.0
        for xb, yb in loader:
            out = model(xb)
            loss = criterion(out, yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            running += loss.item()
        model.eval()
        with torch.no_grad():
            pred = torch.max(model(torch.tensor(x_val).float()), 1)[1].numpy()
        scores = macro_scores(np.asarray(y_val), pred)
        hist["loss"].append(running / len(loader))
        hist["val_f1"].append(float(scores["f1"]))
        hist["val_accuracy"].append(float(scores["accuracy"]))
        if scores["f1"] > best_f1:
            best_f1, best_model = scores["f1"], copy.deepcopy(model)
    best_model.eval()
    return best_model, hist


# %% make_cnn
def make_cnn(n_samples=42):
    def block(a, b):
        return [nn.Conv1d(a, b, kernel_size=3, padding=1), nn.BatchNorm1d(b), nn.LeakyReLU(), nn.AvgPool1d(2)]

    with torch.no_grad():
        body = nn.Sequential(*block(1, 8), *block(8, 16), nn.Flatten(), nn.Dropout(0.2))
        width = body.eval()(torch.zeros(1, 1, n_samples)).shape[1]
    return nn.Sequential(body, nn.Linear(width, 2)).train()


# %% make_gru
class GruNet(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.rnn = nn.GRU(input_size=1, hidden_size=hidden)
        self.fc1 = nn.Linear(hidden, 16)
        self.fc2 = nn.Linear(16, 2)

    def forward(self, x):
        out, h = self.rnn(x.permute(2, 0, 1))
        return self.fc2(torch.relu(self.fc1(out[-1])))


def make_gru(n_samples=42):
    return GruNet()


# %% make_autoencoder
class AE(nn.Module):
    def __init__(self, n, k):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(n, 64), nn.Tanh(), nn.Linear(64, k))
        self.decode = nn.Sequential(nn.Linear(k, 64), nn.Tanh(), nn.Linear(64, n))

    def forward(self, x):
        return self.decode(self.encode(x))


def make_autoencoder(n_samples=42, code=3):
    return AE(n_samples, code)


# %% class_weights
def class_weights(y):
    y = torch.as_tensor(y)
    n = torch.stack([(y == 0).sum(), (y == 1).sum()]).double()
    return 1 / n / (1 / n)[y].mean()
