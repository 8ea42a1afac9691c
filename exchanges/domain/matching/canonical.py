"""One way to write a value as JSON, so that equal inputs have equal digests."""

import hashlib
import json


def canonical_json(value: object) -> str:
    """Return `value` as JSON with sorted keys, no spaces and ASCII only.

    In: dicts with string keys, lists or tuples, strings, integers, booleans, None.
    Errors: TypeError for anything else, ValueError for a float that JSON does not know.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: object) -> str:
    """Return the SHA-256 of `canonical_json(value)` as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode("ascii")).hexdigest()
