# breaks: compare_on_truth
# why: mean over all neurons
# feedback: means over all neurons
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = respond(meis).mean(axis=1), respond(gabors).mean(axis=1)
    return r_mei, r_gabor, np.sum(r_mei > r_gabor)
