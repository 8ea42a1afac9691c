"""Tags of the head of a page."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from portal.web.metadata import Head, head_of

register = template.Library()


class KeepNode(template.Node):
    """Draws what stands in it once and keeps it under a name."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> str:
        """Keep, and print nothing."""
        words = " ".join(self.nodelist.render(context).split())
        context[self.name] = mark_safe(words)  # noqa: S308 - it is what the template has escaped
        return ""


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """Keep what stands between ``{% keep name %}`` and ``{% endkeep %}``: a block's words that are needed twice."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, nodelist)


@register.simple_tag(takes_context=True)
def page_head(context: Context, *, title: SafeString, description: SafeString) -> Head:
    """Return what the page says of itself to machines (`portal.web.metadata.Head`)."""
    return head_of(context=context, title=title, description=description)
