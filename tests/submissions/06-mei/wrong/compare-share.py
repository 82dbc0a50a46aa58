# breaks: compare_on_truth
# why: a share instead of a number
# feedback: share
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = np.diag(respond(meis)), np.diag(respond(gabors))
    return r_mei, r_gabor, np.mean(r_mei > r_gabor)
