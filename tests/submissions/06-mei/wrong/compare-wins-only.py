# breaks: compare_on_truth
# why: returns the wins alone
# feedback: 3 results
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = np.diag(respond(meis)), np.diag(respond(gabors))
    return np.sum(r_mei > r_gabor)
