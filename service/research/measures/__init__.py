"""Statistics of small samples. Pure; every figure says what it counts, leaves out and rests on.

This module and the figures load nothing heavy, so that the command line may import them. The
modules that compute (`completion`, `sus`, `change` …) load SciPy, and are imported where needed.
"""

from service.research.measures.adjusted_wald import adjusted_wald
from service.research.measures.figures import Interval

__all__ = ["Interval", "adjusted_wald"]
