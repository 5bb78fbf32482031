"""Actions on a page before it is examined, in pa11y's words.

parse_action(text) -> Action          pure; raises BadAction that shows the forms there are
performing.perform(Stage, actions)    carries them out in the tab, one after the other
"""

from service.browser.actions.grammar import FORMS, Action, BadAction, CaptureScreen, parse_action

__all__ = ["FORMS", "Action", "BadAction", "CaptureScreen", "parse_action"]
