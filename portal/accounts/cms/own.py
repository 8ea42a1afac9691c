"""The CMS's page of the own account: how the CMS looks and what it reports, and nothing that others rely on."""

from __future__ import annotations

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import (
    AccountView,
    AvatarSettingsPanel,
    ChangePasswordPanel,
    NameEmailSettingsPanel,
)

#: Name, address and password are changed under /account/. A picture would be kept as it is uploaded, unchecked and
#: public; the portal shows none.
ELSEWHERE = (NameEmailSettingsPanel, AvatarSettingsPanel, ChangePasswordPanel)


class OwnAccountView(AccountView):
    """Wagtail's page without the panels that go past the portal's own."""

    def get_panels(self) -> list[Any]:
        """Return what is left."""
        return [panel for panel in super().get_panels() if not isinstance(panel, ELSEWHERE)]


own_account = require_admin_access(OwnAccountView.as_view())
