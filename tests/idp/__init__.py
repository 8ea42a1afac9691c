"""A small real identity provider, made with `allauth.idp`: an application of its own, never part of the portal."""
