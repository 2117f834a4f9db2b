"""Grants of a pool's readers: what was opened, what does not answer, what is granted besides."""

from __future__ import annotations

from layers.pool.pool_grants import PoolGrants
from layers.readers.confinement.grants import NOTHING, Grants


def test_of_a_folder_that_does_not_answer_it_and_all_beneath_are_dropped() -> None:
    grants = PoolGrants()
    grants.add(Grants(opened=frozenset(("/far/a.tif", "/farther/b.tif")), read=frozenset(("/far", "/near"))))
    grants.drop_beneath("/far")
    assert grants.besides(NOTHING) == Grants(opened=frozenset(("/farther/b.tif",)), read=frozenset(("/near",)))


def test_what_a_request_needs_is_not_granted_besides() -> None:
    grants = PoolGrants(Grants(write=frozenset(("/scratch",))))
    grants.add(Grants(opened=frozenset(("/a.tif", "/b.tif"))))
    besides = grants.besides(Grants(opened=frozenset(("/a.tif",))))
    assert besides == Grants(opened=frozenset(("/b.tif",)), write=frozenset(("/scratch",)))
