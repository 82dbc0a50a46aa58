# breaks: masked_contrast
# why: the mask is turned round
# feedback: outside the mask
# %% masked_contrast
def masked_contrast(image, mask):
    return image[~mask].std()
