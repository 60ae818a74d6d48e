"""Which sums of squares whole numbers can have, given how many there are and what they add up to.

Numbers x with the sum T = n m + r (0 <= r < n) are shifted by m, so that they add up to r; the sum of their squares is
then r + 2 j with a whole j >= 0. Without limits on the numbers:

- n >= 5: every j. (For n = 5 take one number y of the other parity than r; 4 (Q - y^2) - (r - y)^2 is 3 modulo 8,
  a sum of three odd squares, and Cauchy's lemma gives the other four. A sixth number may be 0 or 1.)
- n = 4: just where 4 Q - T^2 is a sum of three squares (Legendre: not 4^a (8 b + 7)).
- n = 3: just where (3 Q - T^2) / 2 is u^2 + u v + v^2 (every prime 2 modulo 3 divides it an even number of times).
- n = 2: just where 2 Q - T^2 is a square.

Between limits 0..W, write E = W T - Q, the sum of x (W - x): who is at a limit adds nothing to it. Gaps remain only
where E is small, and there few numbers are away from the limits, so that all combinations of those can be listed.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import isqrt

LISTED = 40
"""Widest scale of which every combination near the largest sum of squares is listed."""
WIDEST = 120
"""Beyond this width nothing is listed."""
FEW = 8
"""Of scales in between, combinations of so many numbers away from the limits are listed."""
_STEPS = 5_000
_FACTORED = 10**12


def reached_free(n: int, rest: int, least: int, most: int) -> bool:
    """Whether n whole numbers with the sum ``rest`` (0 <= rest < n) can have squares that sum to rest + 2 j, for a j in least..most.

    >>> reached_free(2, 0, 2, 3), reached_free(2, 0, 2, 4), reached_free(7, 3, 5, 5)
    (False, True, True)
    """
    least = max(least, 0)
    if least > most:
        return False
    match n:
        case 1:
            return least == 0
        case 2:
            root = isqrt(most) if rest == 0 else (isqrt(4 * most + 1) - 1) // 2
            return root * (root + rest) >= least
        case 3 | 4:
            if most - least >= _STEPS:
                return True
            fits = _three if n == 3 else _four
            return any(fits(rest, j) for j in range(least, most + 1))
        case _:
            return True


def _four(rest: int, j: int) -> bool:
    number = 8 * j + 4 * rest - rest * rest
    while number and number % 4 == 0:
        number //= 4
    return number % 8 != 7


def _three(rest: int, j: int) -> bool:
    return _hexagonal(3 * j + (1 if rest else 0))


@lru_cache(maxsize=1 << 16)
def _hexagonal(number: int) -> bool:
    """Whether the number is u^2 + u v + v^2; taken to be so where it is too large to factor."""
    if number > _FACTORED:
        return True
    factor = 2
    while factor * factor <= number:
        times = 0
        while number % factor == 0:
            number //= factor
            times += 1
        if times % 2 and factor % 3 == 2:
            return False
        factor += 1
    return number % 3 != 2


def listed_up_to(width: int) -> int:
    """Up to which E = W T - Q the combinations are listed. Beyond it no gap was found for n >= 5 (all n <= 60, W <= 28)."""
    return width * width if width <= LISTED else FEW * (width - 1) if width <= WIDEST else -1


def reached_between(n: int, total: int, width: int, least: int, most: int) -> bool:
    """Whether n whole numbers from 0 to ``width`` with this total can have W T - Q = E for an E in least..most (not above listed_up_to).

    >>> [E for E in range(0, 10) if reached_between(3, 4, 3, E, E)]
    [2, 6]
    """
    least = max(least, 0)
    if least > most:
        return False
    found = _reached(width, *_reduced(n, total, width))
    return bool((found >> least) & ((1 << (most - least + 1)) - 1))


def _reduced(n: int, total: int, width: int) -> tuple[int, int]:
    """Fewer numbers with the same answer: no more at each limit than could ever have to move away from it."""
    if width < 2:
        return n, total
    enough = listed_up_to(width) // (width - 1) + 2
    top, rest = divmod(total, width)
    bottom = n - top - (rest > 0)
    kept = min(top, enough)
    return kept + min(bottom, enough) + (rest > 0), kept * width + rest


@lru_cache(maxsize=1 << 14)
def _reached(width: int, n: int, total: int) -> int:
    """The values of E that are reached, as the bits of one number."""
    if width < 2:
        return 1
    found = 0
    for moved, sums in enumerate(_inner(width)):
        if moved > n:
            break
        for part in range(total % width, min(total, moved * (width - 1)) + 1, width):
            if (total - part) // width <= n - moved and part in sums:
                found |= sums[part]
    return found


@cache
def _inner(width: int) -> list[dict[int, int]]:
    """By how many numbers lie strictly between the limits: their sum -> the values of E they reach, as bits."""
    limit = listed_up_to(width)
    mask = (1 << (limit + 1)) - 1
    steps = [(value, value * (width - value)) for value in range(1, width)]
    layers = [{0: 1}]
    while layers[-1]:
        grown: dict[int, int] = {}
        for part, bits in layers[-1].items():
            for value, weight in steps:
                more = (bits << weight) & mask
                if more:
                    grown[part + value] = grown.get(part + value, 0) | more
        layers.append(grown)
    return layers
