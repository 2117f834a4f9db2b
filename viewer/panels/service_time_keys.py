"""Keys of a dated service's time, and the name of its field: menus need them before the form is made."""

from __future__ import annotations

EARLIER_KEY, LATER_KEY = "Ctrl+,", "Ctrl+."
"""Keys of the menu entries that step as the arrows do."""
TIME_FIELD = "service_time"
"""The name by which others lead to the field."""
STATED_DATE = "acquired_at"
"""The field in which the date of an image without other dates is stated."""
