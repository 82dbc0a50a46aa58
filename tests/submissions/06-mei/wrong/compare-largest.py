# breaks: compare_on_truth
# why: largest response of each neuron
# feedback: largest
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = respond(meis).max(axis=0), respond(gabors).max(axis=0)
    return r_mei, r_gabor, np.sum(r_mei > r_gabor)
