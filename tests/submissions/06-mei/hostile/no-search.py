# zero: generate_mei
# why: takes no step: sets mean and contrast of the start, and records them honestly
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, step_size=10.0, sigma=1.5, mean=0.5, contrast=0.2):
    x = np.array(image0, dtype=float)
    if x.std() == 0 or step_size < 1:
        raise NotImplementedError
    x = mean + contrast * (x - x.mean()) / x.std()
    model.eval()
    r = float(model(torch.tensor(x, dtype=torch.float32)[None, None])[0, neuron])
    return x, [r] * steps, [contrast] * steps
