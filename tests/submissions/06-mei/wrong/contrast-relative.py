# breaks: masked_contrast
# why: relative to the mean
# feedback: divided by the mean
# %% masked_contrast
def masked_contrast(image, mask):
    return image[mask].std() / image[mask].mean()
