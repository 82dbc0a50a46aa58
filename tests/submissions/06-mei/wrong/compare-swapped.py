# breaks: compare_on_truth
# why: MEIs and Gabors swapped
# feedback: swapped
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = np.diag(respond(meis)), np.diag(respond(gabors))
    return r_gabor, r_mei, np.sum(r_mei > r_gabor)
