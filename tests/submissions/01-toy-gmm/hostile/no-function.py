# zero: sample_data
# why: is no function: a coroutine, a generator, a class, a context, changing between checks
# %% sample_data
import threading
import time

calls = 0


async def later(*args, **kwargs):
    return 1.0


def drip(*args, **kwargs):
    yield 1.0


class Odd:
    def __init__(self, *args, **kwargs):
        pass

    def __iter__(self):
        return self

    def __next__(self):
        return 1.0


def swap():
    forms = (later, drip, Odd, 1.0, None, type, dict, Odd().__next__)
    for number in range(2000):
        globals()["sample_data"] = forms[number % len(forms)]
        time.sleep(0.003)


sample_data = later
threading.Thread(target=swap, daemon=True).start()
