from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "Files"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from portal.files.domain import pictures  # also registers its job

        page_published.connect(pictures.prepare_page, dispatch_uid="files.prepare_page")
