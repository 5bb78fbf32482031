"""A policy out of pa11y-ci's configuration: nothing of it is dropped without a word."""

from service.barriers.gate.pa11yci.reading import BadPa11yci
from service.barriers.gate.pa11yci.taking import Imported, policy_from_pa11yci

__all__ = ["BadPa11yci", "Imported", "policy_from_pa11yci"]
