"""Every mail belongs to a group for which its reader chooses, or to one that says why there is no choice."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from portal.outbox import kinds

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(ROOT.glob("*/**/templates/mail/*.txt"))


def areas(paths: list[Path]) -> list[Path]:
    return [path for path in paths if path.relative_to(ROOT).parts[0] in {"portal", "library", "exchanges", "events"}]


def test_every_mail_template_belongs_to_a_group() -> None:
    names = {path.stem for path in areas(TEMPLATES)}
    assert {"exchanges_receipt", "password_changed", "updates_letter", "contact_message"} <= names
    assert sorted(name for name in names if kinds.group_of(name) is None) == []


def test_no_kind_is_handed_in_that_has_no_template() -> None:
    names = {path.stem for path in areas(TEMPLATES)}
    assert sorted(set(kinds._kinds) - names) == []


def test_every_kind_of_a_mail_without_a_template_is_handed_in() -> None:
    written = re.compile(r'post_text\((?:[^()]|\([^()]*\))*?kind="(\w+)"')
    code = areas(sorted(ROOT.glob("*/**/*.py")))
    found = {kind for path in code for kind in written.findall(path.read_text(encoding="utf-8"))}
    assert sorted(kind for kind in found if kinds.group_of(kind) is None) == []


def test_mails_about_signing_in_come_always() -> None:
    for path in (ROOT / "portal" / "accounts" / "templates" / "mail").glob("*.txt"):
        group = kinds.group_of(path.stem)
        assert group is not None, path.stem
        assert group.always, path.stem


def test_groups_stand_in_their_order_and_lead_somewhere() -> None:
    groups = kinds.groups()
    assert [group.order for group in groups] == sorted(group.order for group in groups)
    assert [group.key for group in groups][:3] == ["security", "applications", "decisions"]
    for group in groups:
        assert group.label
        assert group.text.endswith(".")
        if group.url_name:
            assert reverse(group.url_name).startswith("/")


def test_the_daily_mail_itself_is_never_kept_for_a_daily_mail() -> None:
    assert kinds.group_of("daily_mail") == kinds.SECURITY
    assert get_template("mail/daily_mail.txt")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_groups", "_kinds"):
        monkeypatch.setattr(kinds, name, dict(getattr(kinds, name)))
    monkeypatch.setattr(kinds, "_urgent", set(kinds._urgent))


@pytest.mark.usefixtures("own")
def test_a_group_without_a_kind_is_not_shown() -> None:
    kinds.add_group(kinds.MailGroup("stars", "Stars", "What the sky holds.", 5))
    assert "stars" not in [group.key for group in kinds.groups()]
    kinds.add_kinds("stars", ["star_seen"], urgent=["star_falls"])
    assert [group.key for group in kinds.groups()][:2] == ["security", "stars"]
    assert (kinds.is_urgent("star_seen"), kinds.is_urgent("star_falls")) == (False, True)


@pytest.mark.usefixtures("own")
def test_a_kind_belongs_to_one_group() -> None:
    with pytest.raises(ValueError, match="belongs to 'security' already"):
        kinds.add_kinds("applications", ["password_changed"])
    with pytest.raises(KeyError):
        kinds.add_kinds("nowhere", ["anything"])
