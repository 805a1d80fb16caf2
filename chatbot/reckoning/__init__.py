"""Simple sums for a citizen's own case: the arithmetic that people ask for, shown with what it assumes.

A version of a topic opts in with `compute: <name>`; its figures and series.yaml give the numbers, so a new rule needs
no code. Nothing is reckoned from unclear input, nor by a rule that is not certain: then the answer is the general rule.
"""

from chatbot.reckoning.calculators import CALCULATORS, NEEDS, reckon
from chatbot.reckoning.case import Case, Line

__all__ = ["CALCULATORS", "NEEDS", "Case", "Line", "reckon"]
