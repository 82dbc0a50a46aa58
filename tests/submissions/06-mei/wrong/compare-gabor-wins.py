# breaks: compare_on_truth
# why: counts the Gabors
# feedback: Gabor's wins
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = np.diag(respond(meis)), np.diag(respond(gabors))
    return r_mei, r_gabor, np.sum(r_mei < r_gabor)
