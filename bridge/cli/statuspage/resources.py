"""The resources of `bridge statuspage`, each loaded when it is named: no other command pays for them.

A resource's module holds its verbs in `application`. A command that is no resource is added by a function that takes the application, named in `COMMANDS`; the imports of its module must be as
light as those of `bridge.cli.main`, for it is read for the list of commands too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

RESOURCES: Final[Mapping[str, str]] = {
    "pages": "Pages that the token may see.",
    "incidents": "Incidents, maintenances and what is past: list, open, update, resolve, schedule, delete.",
    "updates": "What was told of an incident: list, correct.",
    "components": "Components and their statuses.",
    "groups": "Groups of components.",
    "subscribers": "Who is told: list, count, add, remove, reactivate, ask again.",
    "metrics": "Metrics: list, push points.",
    "templates": "Templates of incidents.",
    "postmortem": "The postmortem of an incident: draft, publish, revert, delete.",
}
"""Each is a module of this package, by its help."""

COMMANDS: Final[tuple[str, ...]] = ("bridge.cli.statuspage.conformance",)
"""Full names of modules whose `register(application)` adds commands beside the resources."""


class Resource(TyperGroup):
    """One resource, whose verbs are read when they are asked for."""

    def __init__(self, name: str, help_: str) -> None:
        self._verbs: MutableMapping[str, Any] | None = None
        super().__init__(name=name, help=help_, no_args_is_help=True, rich_markup_mode=None)

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """The verbs by name."""
        if self._verbs is None:
            module = import_module(f"bridge.cli.statuspage.{self.name}")
            self._verbs = get_group(module.application).commands
        return self._verbs

    @commands.setter
    def commands(self, _: MutableMapping[str, Any]) -> None:
        """Refuse what typer has found: nothing."""


class Resources(TyperGroup):
    """All of them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands.update({name: Resource(name, help_) for name, help_ in RESOURCES.items()})
        for module in COMMANDS:
            application = typer.Typer(rich_markup_mode=None)
            import_module(module).register(application)
            self.commands.update(get_group(application).commands)


statuspage = typer.Typer(
    name="statuspage",
    cls=Resources,
    help="Read and change a Statuspage by hand: incidents, components, subscribers and the rest.",
    no_args_is_help=True,
)
