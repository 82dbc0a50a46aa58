# breaks: train
# why: copy.copy of the state_dict
# feedback: deepcopy
# %% train
def train(model, x, y, x_val, y_val, n_epochs=20, random_seed=0):
    x, x_val, y = torch.as_tensor(x), torch.as_tensor(x_val), torch.as_tensor(y)
    weight = torch.as_tensor(class_weights(y.numpy()), dtype=torch.float32)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    rng = np.random.default_rng(random_seed)
    history, best = {"loss": [], "val_f1": []}, None
    for _ in range(n_epochs):
        model.train()
        losses = []
        for rows in np.array_split(rng.permutation(len(x)), -(-len(x) // 128)):
            optimiser.zero_grad()
            loss = F.cross_entropy(model(x[rows]), y[rows], weight)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            predicted = model(x_val).argmax(dim=1).numpy()
        f1 = macro_scores(y_val, predicted)["f1"]
        if f1 > max(history["val_f1"], default=-1):
            best = copy.copy(model.state_dict())
        history["loss"].append(np.mean(losses))
        history["val_f1"].append(f1)
    model.load_state_dict(best)
    return model.eval(), history
