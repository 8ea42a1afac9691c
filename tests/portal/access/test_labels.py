"""The label × audience matrix of docs: access, word for word."""

import pytest

from portal.access.labels import RuleRefused, principals_for

YES, NO = True, False
#                        public members group country organisation named
MATRIX = {
    "TLP:CLEAR":        (YES,   YES,    YES,  YES,    YES,         YES),
    "TLP:GREEN":        (NO,    YES,    YES,  YES,    YES,         YES),
    "TLP:AMBER":        (NO,    NO,     YES,  YES,    YES,         YES),
    "TLP:AMBER+STRICT": (NO,    NO,     NO,   NO,     YES,         YES),
    "TLP:RED":          (NO,    NO,     NO,   NO,     NO,          YES),
}  # fmt: skip
AUDIENCES = ("public", "members", "group", "country", "organisation", "named")
CELLS = [
    (tlp, audience, allowed) for tlp, row in MATRIX.items() for audience, allowed in zip(AUDIENCES, row, strict=True)
]


@pytest.mark.parametrize(("tlp", "audience", "allowed"), CELLS)
def test_label_and_audience(tlp: str, audience: str, allowed: bool) -> None:
    keys = () if audience in ("public", "members") else ("7",)
    wanted = {audience} if not keys else {f"{audience}:7"}
    if allowed:
        assert principals_for(tlp=tlp, audience=audience, keys=keys) == wanted
    else:
        with pytest.raises(RuleRefused, match="may not have the audience"):
            principals_for(tlp=tlp, audience=audience, keys=keys)


@pytest.mark.parametrize(
    ("tlp", "audience", "keys", "words"),
    [
        ("TLP:WHITE", "public", (), "unknown TLP label 'TLP:WHITE'"),
        ("tlp:clear", "public", (), "unknown TLP label 'tlp:clear'"),
        ("TLP:CLEAR", "everybody", (), "unknown audience 'everybody'"),
        ("TLP:RED", "named", (), "the audience 'named' needs at least one name"),
        ("TLP:CLEAR", "public", ("1",), "the audience 'public' takes no names"),
        ("TLP:AMBER", "group", ("3 public",), "'3 public' cannot name a group"),
        ("TLP:AMBER", "group", ("",), "'' cannot name a group"),
        ("TLP:AMBER", "country", "PL", "keys are a collection of names, not one string"),
    ],
)
def test_principals_refused_loudly(tlp: str, audience: str, keys: object, words: str) -> None:
    with pytest.raises(RuleRefused) as refusal:
        principals_for(tlp=tlp, audience=audience, keys=keys)
    assert str(refusal.value) == words


def test_principals_of_several_keys() -> None:
    assert principals_for(tlp="TLP:AMBER", audience="country", keys=["PL", "FI"]) == {"country:PL", "country:FI"}
