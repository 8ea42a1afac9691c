"""What the CMS writes into its own scripts."""

from wagtail.admin.widgets import AdminPageChooser


def test_title_of_a_page_cannot_end_the_script_of_its_chooser() -> None:
    script = AdminPageChooser().render_js_init("id_page", "page", {"id": 1, "string": "</script><script>new"})
    assert script.startswith('new PageChooser("id_page", {')
    assert "<" not in script
