"""How long an answer that was asked for again may be gone by."""

import pytest

from service.browser.asking import fresh_for_s


@pytest.mark.parametrize(
    ("headers", "fresh_s"),
    [
        ({"cache-control": "public, max-age=60"}, 60),
        ({"cache-control": "max-age=60", "age": "20"}, 40),
        ({"cache-control": "max-age=60, no-cache"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=many"}, 0),
        ({}, 0),
        (
            {
                "date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "expires": "Sun, 22 Nov 2026 10:01:00 GMT",
            },
            60,
        ),
        ({"expires": "0"}, 0),
        (
            {
                "date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "last-modified": "Sun, 22 Nov 2026 09:00:00 GMT",
            },
            360,
        ),
    ],
)
def test_an_answer_is_kept_as_long_as_browsers_keep_it(headers, fresh_s):
    assert fresh_for_s(headers) == fresh_s
