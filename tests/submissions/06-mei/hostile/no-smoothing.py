# zero: smooth_gradient
# why: gives the gradient back as it came: all waves are scaled alike, it is linear, tensors stay tensors
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    return grad
