"""Cases are read in the test's own process here, but for the tests of the other one."""

from tests.support.reading_inline import cases_inline

__all__ = ["cases_inline"]
