# breaks: masked_luminance
# why: pixels outside count as zeros
# feedback: zeros
# %% masked_luminance
def masked_luminance(image, mask):
    return (image * mask).mean()
