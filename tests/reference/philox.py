"""Random numbers of the package, from seeds: its stream of seeds, and uniform and normal numbers by Philox."""

import numpy as np

WORD = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
# TensorFlow scrambles seeds with it (stateless_random_ops.cc).
SCRAMBLE_KEY = (0x3EC8F720, 0x02461E29)


def philox(counter: list[np.ndarray], key: tuple[int, int]) -> list[np.ndarray]:
    """Returns the four words of Philox 4x32-10 for each counter of four words."""
    a, b, c, d = (np.asarray(word, np.uint64) for word in counter)
    for step in range(10):
        k0, k1 = ((key[i] + step * WEYL[i]) & WORD for i in (0, 1))
        first, second = a * np.uint64(MULTIPLIERS[0]), c * np.uint64(MULTIPLIERS[1])
        high0, high1 = first >> np.uint64(32), second >> np.uint64(32)
        a, b, c, d = high1 ^ b ^ np.uint64(k0), second & np.uint64(WORD), high0 ^ d ^ np.uint64(k1), first & np.uint64(WORD)
    return [a, b, c, d]


def uniform(size: int, seed: int) -> np.ndarray:
    """Returns what `StatelessRandomUniform` of TensorFlow gives for the 32-bit seed, taken with its sign, and 0."""
    sign = WORD if seed >= 2**31 else 0
    key0, key1, counter2, counter3 = (int(word) for word in philox([seed, sign, 0, 0], SCRAMBLE_KEY))
    groups = np.arange(-(-size // 4))
    fixed = [np.full_like(groups, word) for word in (0, counter2, counter3)]
    words = np.stack(philox([groups, *fixed], (key0, key1)), axis=1).reshape(-1)[:size]
    return (words & np.uint64(0x7FFFFF)) / 2.0**23


def normal(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Returns standard normal numbers by Box and Muller, from two uniform ones each: all the first, then all the second."""
    u, v = uniform(2 * int(np.prod(shape)), seed).reshape(2, *shape)
    return np.sqrt(-2 * np.log(1 - u)) * np.sin(2 * np.pi * v)


class RandomStream:
    """Seeds as a model draws them: the generator mulberry32."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next_integer(self) -> int:
        """Returns the next unsigned 32-bit integer."""
        self.state = (self.state + 0x6D2B79F5) & WORD
        mixed = ((self.state ^ (self.state >> 15)) * (self.state | 1)) & WORD
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & WORD)) & WORD
        return mixed ^ (mixed >> 14)
