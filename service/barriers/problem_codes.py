"""Which observations say that somebody met a barrier."""

from service.research.grammar import Code

PROBLEM_CODES = frozenset(
    {
        Code.PROBLEM,
        Code.SAME_PROBLEM,
        Code.NEGATIVE,
        Code.CONFUSION,
        Code.BUG,
        Code.HELP,
        Code.ASSISTED,
        Code.GIVES_UP,
    }
)
