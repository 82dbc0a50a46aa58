# breaks: masked_contrast
# why: the variance
# feedback: variance
# %% masked_contrast
def masked_contrast(image, mask):
    return image[mask].var()
