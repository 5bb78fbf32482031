"""All of the corpus, and the site that serves it."""

import frame_cases
import leftover_cases
import protocol_cases
import resource_cases
import script_cases
import size_cases

CASES = (
    *protocol_cases.CASES,
    *script_cases.CASES,
    *size_cases.CASES,
    *resource_cases.CASES,
    *frame_cases.CASES,
    *leftover_cases.CASES,
)

SERVED = {
    **{case.path: case.answer for case in CASES},
    **script_cases.TWINS,
    **size_cases.SERVED,
    **resource_cases.SERVED,
    **frame_cases.SERVED,
    **leftover_cases.SERVED,
}

GOOD_PAGES = ("/good", "/shadow", "/framed")
