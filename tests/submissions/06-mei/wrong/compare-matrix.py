# breaks: compare_on_truth
# why: all responses to all images
# feedback: row i, column i
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = respond(meis), respond(gabors)
    return r_mei, r_gabor, np.sum(r_mei > r_gabor)
