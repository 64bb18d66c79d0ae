"""Dates as clients send them, judged by the standard library's calendar."""

from __future__ import annotations

import calendar

import pytest

from modpy_wsgi.validators import date_text, http_date


@pytest.mark.parametrize("first", range(1970, 2410, 40))
def test_every_day_and_none_that_is_not(first: int) -> None:
    for year in range(first, first + 40):
        for month in range(1, 13):
            for day in range(1, 32):
                text = f"Xxx, {day:02} {calendar.month_abbr[month]} {year} 23:59:58 GMT"
                is_day = day <= calendar.monthrange(year, month)[1]
                assert http_date(text) == (calendar.timegm((year, month, day, 23, 59, 58)) if is_day else None), text


@pytest.mark.parametrize("seconds", [1, 59, 86399, 951782399, 951782400, 4107542400, 253402300799])
def test_there_and_back(seconds: int) -> None:
    assert http_date(date_text(seconds)) == seconds


def test_the_epoch_itself_is_none() -> None:
    assert http_date(date_text(0)) is None
