"""Hypothesis strategies and simulators: records and reviews that are true as printed, and ones that are broken.

``printed``, ``records``, ``diagrams``, ``reviews``, ``broken`` and ``slipped`` are strategies; ``simulate_records``,
``simulate_diagrams``, ``simulate_review`` and ``simulate_slips`` make the same data from a seed, by the thousand. Every row is a mapping
of field to text, as a person would type it.

>>> review = simulate_review(seed=1, studies=2)
>>> len(review["study"]), review["count"][0]["outcome"]
(2, 'r1-cr')
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for here, so that its absence is explained once
except ImportError as error:
    raise ImportError(
        "schemas.strategies needs Hypothesis; install it with: pip install 'curation[strategies]'"
    ) from error

from schemas.strategies.breakers import BREAKERS as BREAKERS
from schemas.strategies.cases import broken as broken
from schemas.strategies.cases import diagrams as diagrams
from schemas.strategies.cases import records as records
from schemas.strategies.cases import reviews as reviews
from schemas.strategies.printing import Printer as Printer
from schemas.strategies.printing import Style as Style
from schemas.strategies.printing import print_number as print_number
from schemas.strategies.review import simulate_review as simulate_review
from schemas.strategies.single import simulate_diagrams as simulate_diagrams
from schemas.strategies.single import simulate_records as simulate_records
from schemas.strategies.slips import SLIPS as SLIPS
from schemas.strategies.slips import simulate_slips as simulate_slips
from schemas.strategies.slips import slipped as slipped
from schemas.strategies.slips import slips_of as slips_of
from schemas.strategies.stack import arrow_tables as arrow_tables
from schemas.strategies.stack import stack as stack
from schemas.strategies.true_numbers import TrueNumber as TrueNumber
from schemas.strategies.true_numbers import printed as printed
from schemas.strategies.truths import TRUTHS as TRUTHS
