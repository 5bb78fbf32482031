"""What to do about the keys of pa11y-ci that have no counterpart here."""

_SITEMAP_AS_IT_IS = (
    "the addresses of a sitemap are asked for as they stand in it: name a sitemap of the site "
    "under test, or its pages in urls, with --base-url."
)
NO_COUNTERPART = {
    "browser": "the browser is Luiska's own.",
    "chromeLaunchConfig": "the browser is Luiska's own; LUISKA_CHROMIUM names another Chromium.",
    "concurrency": "say --lanes on the command line.",
    "debug": "LUISKA_LOG_LEVEL tells how much is logged.",
    "levelCapWhenNeedsReview": "what needs review is listed apart and never breaks the gate.",
    "log": "progress goes to stderr, results to --output.",
    "method": "pages are asked for with GET; bring a page into its state with actions.",
    "page": "the browser is Luiska's own.",
    "postData": "pages are asked for with GET; bring a page into its state with actions.",
    "reporters": "say --report FORMAT=FILE; gitlab-a11y is pa11y-ci's own JSON.",
    "rootElement": "the whole page is examined; suppress what is not yours with [[suppress]].",
    "rules": "axe-core runs every rule of the standard.",
    "screenCapture": "the HTML report has pictures of the elements.",
    "sitemapExclude": "name with [crawl] exclude or urls which pages count.",
    "sitemapFind": _SITEMAP_AS_IT_IS,
    "sitemapReplace": _SITEMAP_AS_IT_IS,
    "userAgent": "pages are asked for as Chromium asks.",
    "wait": "name in wait_for what must be on the page first; no fixed time is waited.",
}
HTMLCS = (
    "runners: HTML_CodeSniffer is not here. axe-core looks in its place, so it finds other things "
    "than before; begin with --baseline and --update-baseline."
)
IGNORED_HTMLCS = (
    "a code of HTML_CodeSniffer has no counterpart; what axe-core finds in its place can be "
    "suppressed with [[suppress]]."
)
INCLUDED = "what needs review is in every report and never breaks the gate."
INCOGNITO = "every page is visited without what others left behind."
LEVEL_A = "level AA is checked as well; suppress the rules that must wait."
LEVEL_AAA = "level AAA is not checked; WCAG 2.1 level AA is."
FILL_IN = "each [[suppress]] needs its owner instead of FILL IN, and ends after 90 days."
LONGEST = "a page may take 600 seconds here, no more."
NO_PAGES = "urls: there are none; name pages in the policy or on the command line."
NOT_HTTP = "is no web address: serve the file and name it as http://…."
ONE_FOR_ALL = "holds for all pages here; set it at the top of the policy if all may have it."
OTHER_STANDARD = "there is no such standard here; WCAG 2.1 level AA is written instead."
SECRET = "a secret belongs in no file: it was not copied; set {name} in the environment."
SECRET_IN_ADDRESS = (
    "a secret in the address belongs in no file: it was not copied; bring the page into its state "
    "with a header, a cookie or a login."
)
SIDES = "each side of a viewport is 200 to 8000 here."
SIZE_ONLY = "only width and height have a counterpart."
STEPS_TWICE = (
    "defaults.actions were not for this page, and are here for all: check which steps it needs."
)
THRESHOLD = (
    "no number of errors is let through as a whole; keep what is known with --baseline, or give "
    "a rule a number under [gate] budget."
)
UNKNOWN = "is no key that is known of pa11y-ci; nothing was done with it."
UNTOLD_SELECTOR = (
    "cannot be told of a finding, which knows itself and what is above it; write a [[suppress]] "
    "with another selector."
)
