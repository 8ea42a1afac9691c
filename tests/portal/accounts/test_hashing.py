"""How passwords are hashed outside the tests, which use a quick way."""

from __future__ import annotations

from argon2 import Type, extract_parameters

from portal.accounts.hashing import Argon2
from portal.settings import base


def test_hash_of_a_password_is_argon2id_above_what_asvs_asks_for() -> None:
    assert base.PASSWORD_HASHERS == ["portal.accounts.hashing.Argon2"]
    kept = Argon2().encode("twenty minutes between alarms", "a salt of 22 characters")
    parameters = extract_parameters(kept.removeprefix("argon2"))
    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (47_104, 2, 1)
    assert parameters.hash_len >= 16
    assert Argon2().verify("twenty minutes between alarms", kept)
    assert not Argon2().verify("twenty minutes between alarm", kept)
