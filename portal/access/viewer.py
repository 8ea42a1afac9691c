"""The viewer: who is asking, as a small frozen value that every rule is written against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

PUBLIC = "public"
MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Standing:
    """What `portal.community` knows of a user: profile and roles in force at this moment.

    `roles` are (role, scope) pairs such as ("ncp", "country:PL") or ("office", ""). `principals` are what the person
    belongs to: `country:PL`, `organisation:7`, `group:3`.
    """

    person_id: int | None = None
    name: str = ""
    country: str = ""
    organisation_id: int | None = None
    active: bool = False
    roles: frozenset[tuple[str, str]] = frozenset()
    principals: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. Roles and principals beyond `public` exist only in a session with a second factor."""

    user_id: int | None = None
    verified: bool = False
    system: bool = False
    person_id: int | None = None
    name: str = ""
    country: str = ""
    organisation_id: int | None = None
    roles: frozenset[tuple[str, str]] = frozenset()
    principals: frozenset[str] = field(default=frozenset({PUBLIC}))

    @property
    def signed_in(self) -> bool:
        """Whether a user stands behind the viewer, verified or not."""
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """Whether this is an active member who gave a second factor in this session."""
        return MEMBERS in self.principals

    def holds(self, role: str, scope: str | None = None) -> bool:
        """Return whether the viewer has `role` now; with `scope`, for exactly that scope or for everything."""
        if scope is None:
            return any(held == role for held, _ in self.roles)
        return (role, scope) in self.roles or (role, "") in self.roles

    def scopes(self, role: str, kind: str) -> frozenset[str]:
        """Return the keys for which `role` is held in scopes of `kind`: scopes("ncp", "country") -> {"PL"}."""
        prefix = f"{kind}:"
        return frozenset(
            scope.removeprefix(prefix) for held, scope in self.roles if held == role and scope.startswith(prefix)
        )


#: A visitor.
ANONYMOUS = Viewer()
#: The clock, a job or the sample loader: may do what no person decides.
SYSTEM = Viewer(system=True, name="The portal")

_provider: list[Callable[[int], Standing]] = []


def set_standing_provider(provider: Callable[[int], Standing]) -> None:
    """Let `portal.community` say who a user id is; called once from its AppConfig."""
    _provider[:] = [provider]


def viewer_for(*, user: Any, verified: bool) -> Viewer:
    """Return the viewer behind a Django user; `verified` says whether a second factor was given in this session."""
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return ANONYMOUS
    standing = _provider[0](user.pk) if _provider else Standing()
    if not verified or not standing.active:
        return Viewer(user_id=user.pk, verified=verified, person_id=standing.person_id, name=standing.name)
    return Viewer(
        user_id=user.pk,
        verified=True,
        person_id=standing.person_id,
        name=standing.name,
        country=standing.country,
        organisation_id=standing.organisation_id,
        roles=standing.roles,
        principals=frozenset({PUBLIC, MEMBERS, f"named:{user.pk}", *standing.principals}),
    )


def overlap(viewer: Viewer, principals: Iterable[str]) -> bool:
    """Return whether the viewer is one of `principals`: the whole rule, for one thing."""
    return not viewer.principals.isdisjoint(principals)
