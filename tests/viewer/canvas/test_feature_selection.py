"""The selection of features, by layer."""

from __future__ import annotations

from viewer.canvas.feature_selection import FeatureSelection


def test_sets_adds_toggles_and_tells_only_of_differences(qapp) -> None:
    selection, heard = FeatureSelection(), []
    selection.changed.connect(heard.append)
    selection.set("a", [3, 1, 3])
    selection.set("a", [1, 3])
    assert heard == ["a"]
    assert selection.of("a").tolist() == [1, 3]
    selection.set("a", [2], "add")
    selection.set("a", [3, 4], "toggle")
    assert selection.of("a").tolist() == [1, 2, 4]
    selection.set("a", [1, 9], "remove")
    assert selection.of("a").tolist() == [2, 4]
    selection.set("b", [7])
    assert len(selection) == 3
    selection.clear("b")
    assert selection.layers == ("b",)
    selection.keep_only(["a"])
    assert not len(selection)
    assert selection.of("b").tolist() == []
