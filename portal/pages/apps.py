from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from portal.community.domain import samples
        from portal.outbox.kinds import MailGroup, add_group, add_kinds
        from portal.pages import (
            metadata,  # noqa: F401 - hands in the feed of news
            rights,
            search,  # noqa: F401 - registers the search types
            signals,  # noqa: F401 - keeps the glossary in step
        )
        from portal.pages.domain import own_data, translations
        from portal.pages.domain.contact import set_form
        from portal.pages.forms import ContactForm
        from portal.web import languages
        from portal.web.registries import NavEntry, navigation

        set_form(ContactForm)
        own_data.hand_in()
        add_group(
            MailGroup(
                "messages",
                "Messages from the contact form",
                "For those who answer them. They always come at once: somebody waits for the answer.",
                40,
                always=True,
            )
        )
        add_kinds("messages", ["contact_message", "contact_receipt"])

        samples.register(20, "Pages", _load_pages)
        samples.register(90, "Translations", _load_translations)
        post_migrate.connect(_languages, sender=self)
        post_migrate.connect(rights.grant, sender=self)
        languages.set_source(translations.translated_pages)
        translations.follow()
        navigation.add(NavEntry(label=gettext_lazy("Groups"), url="/groups/", order=40, section="groups"))
        navigation.add(NavEntry(label=gettext_lazy("News"), url="/news/", order=45, section="news"))
        navigation.add(NavEntry(label=gettext_lazy("About"), url="/about/", order=50, section="about"))


def _load_pages(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from portal.pages.domain.sample_pages import load_pages

    load_pages(progress)


def _load_translations(progress: Progress) -> None:
    from portal.pages.domain.sample_translations import load_translations  # late: needed by one command

    load_translations(progress)


def _languages(**_: Any) -> None:
    # Late: models are ready only now.
    from portal.pages.domain.translations import ensure_locales, let_translate
    from portal.pages.rights import GROUPS

    ensure_locales()
    let_translate(groups=GROUPS)
