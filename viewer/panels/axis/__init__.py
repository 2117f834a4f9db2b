"""The axis of time of the time strip and the timeline, and the view along it."""
