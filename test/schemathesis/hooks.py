"""Every request comes from an address of its own, as run.ts lets a caller say: limits by address are tested elsewhere."""

import itertools

import schemathesis

COUNT = itertools.count(1)


@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(COUNT)
    headers = case.headers if case.headers is not None else {}
    headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    case.headers = headers
