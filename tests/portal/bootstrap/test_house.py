"""Which way the arrows run between tables: import-linter sees imports, not foreign keys named by a string."""

from __future__ import annotations

import tomllib

from django.apps import apps

from portal.bootstrap import places


def layers() -> dict[str, int]:
    """Return package: height, the lowest layer being 0, from the contract that import-linter holds."""
    linter = tomllib.loads((places.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = (contract for contract in linter["contracts"] if contract["name"] == "Arrows run down")
    return {
        package.strip(): height
        for height, layer in enumerate(reversed(contract["layers"]))
        for package in layer.split("|")
    }


def test_every_app_of_ours_has_its_layer() -> None:
    ours = {
        config.name
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in {"portal", "library", "exchanges", "events"}
    }
    assert ours == set(layers())


def test_foreign_keys_run_down() -> None:
    height = layers()
    upward, seen = [], 0
    for model in apps.get_models(include_auto_created=True):
        start = model._meta.app_config.name
        for field in model._meta.get_fields():
            if start not in height or not field.is_relation or field.auto_created or field.related_model is None:
                continue
            end = field.related_model._meta.app_config.name
            # Everybody may point at the user, by AUTH_USER_MODEL (docs/architecture.md).
            if end in height and field.related_model._meta.label != "accounts.User":
                seen += 1
                if start != end and height[end] >= height[start]:
                    upward.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")
    assert seen > 20
    assert upward == []
