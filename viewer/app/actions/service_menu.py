"""Actions on the current layer of a service: its date, a login, an offline pack, its features fetched again."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.services.template import needs_time
from viewer.app.actions.action_table import Action, ActionMenu
from viewer.app.imagery.feature_desk import FeatureDesk
from viewer.app.imagery.pack_desk import PackDesk
from viewer.panels.context import PanelContext
from viewer.panels.service_time_keys import EARLIER_KEY, LATER_KEY
from viewer.rendering.access import hosts_of
from viewer.support.language.text import one_line


class ServiceMenu(ActionMenu):
    """Actions on the current layer, where that came from a server. Refused edits go to the message line."""

    def __init__(self, panels: PanelContext, features: FeatureDesk, packs: PackDesk, window: QWidget) -> None:
        """`window` is the parent of dialogs."""
        super().__init__(window)
        self._panels, self._features, self._packs, self._window = panels, features, packs, window
        panels.layer_shown.connect(self.changed)

    def show_earlier(self) -> None:
        """Show the current layer at the date before."""
        self._step_date(-1)

    def show_later(self) -> None:
        """Show the current layer at the date after."""
        self._step_date(1)

    def _step_date(self, by: int) -> None:
        # For start-up time.
        from layers.services.times.time_steps import written_time
        from viewer.commands.imagery.service_times import dated_service, set_service_time, times_of

        layer, service = self._panels.layer, dated_service(self._panels.layer)
        if layer is None or service is None:
            return
        times = times_of(layer, service)
        time = times.stepped(service.time, by) if service.time else times.latest
        if time:
            self._panels.do(set_service_time, layer.uuid, time)
            return
        words = self.tr("“{0}” has no date before {1}.") if by < 0 else self.tr("“{0}” has no date after {1}.")
        shown = written_time(service.time) or service.time
        self._panels.messages.tell(words.format(one_line(layer.name, 60), shown))

    def is_dated_service(self) -> bool:
        """True while the current layer is a service that is asked for a date."""
        layer = self._panels.layer
        return layer is not None and layer.kind == "tiles" and needs_time(str(layer.source.get("template")))

    def make_pack(self) -> None:
        """Make an offline pack of the current layer of tiles, else of the topmost one."""
        self._packs.open(self._packs.layer_meant())

    def has_tiles(self) -> bool:
        """True while there is a layer of tiles, of which a pack can be made."""
        return bool(self._packs.layer_meant())

    def fetch_again(self) -> None:
        """Fetch the features of the current layer from their server again, those of the view."""
        self._features.fetch_again(self._panels.layer_uuid)

    def is_fetched(self) -> bool:
        """True while the current layer holds features that a server sent."""
        return self._features.can_fetch_again(self._panels.layer_uuid)

    def sign_in(self) -> None:
        """Sign in to the hosts of the current layer."""
        from viewer.panels.logins.sign_in import open_sign_in  # for start-up time

        layer = self._panels.layer
        if layer is not None:
            open_sign_in(self._panels, self._window, hosts_of(layer))

    def has_host(self) -> bool:
        """True while the current layer comes from a host, where there is a network."""
        layer = self._panels.layer
        return layer is not None and self.has_network() and bool(hosts_of(layer))

    def has_network(self) -> bool:
        """True where hosts can be asked at all."""
        return self._panels.case.fetcher is not None

    def show_logins(self) -> None:
        """Show all logins."""
        from viewer.panels.logins.kept_logins import open_logins  # for start-up time

        open_logins(self._panels, self._window)

    id = "service"
    actions = (
        Action(
            "previous_date",
            QT_TRANSLATE_NOOP("Actions", "&Previous Date"),
            show_earlier,
            EARLIER_KEY,
            offered=is_dated_service,
            tip=QT_TRANSLATE_NOOP("Actions", "Show the current dated layer at the date before"),
        ),
        Action(
            "next_date",
            QT_TRANSLATE_NOOP("Actions", "&Next Date"),
            show_later,
            LATER_KEY,
            offered=is_dated_service,
            tip=QT_TRANSLATE_NOOP("Actions", "Show the current dated layer at the date after"),
        ),
        Action(
            "make_pack",
            QT_TRANSLATE_NOOP("Actions", "Make Offline Pac&k…"),
            make_pack,
            offered=has_tiles,
            tip=QT_TRANSLATE_NOOP("Actions", "Fetch tiles of the current imagery ahead, for work without a network"),
        ),
        Action(
            "fetch_again",
            QT_TRANSLATE_NOOP("Actions", "Fet&ch Again for This View"),
            fetch_again,
            offered=is_fetched,
            tip=QT_TRANSLATE_NOOP("Actions", "Ask the server of the current layer for its features in this view"),
        ),
        Action(
            "sign_in",
            QT_TRANSLATE_NOOP("Actions", "&Sign In…"),
            sign_in,
            offered=has_host,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Sign in to the server of the current layer"),
        ),
        Action(
            "logins",
            QT_TRANSLATE_NOOP("Actions", "&Logins…"),
            show_logins,
            offered=has_network,
            tip=QT_TRANSLATE_NOOP("Actions", "Names, passwords and keys that are shown to servers; forget them here"),
        ),
    )
